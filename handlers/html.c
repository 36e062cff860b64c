/*
 * html.c - bounds, parsing, and the walk that writes allowed elements and text.
 *
 * The walk keeps its own stack: a document may be nested as deeply as it has elements.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers/html.h"

#include "base/mem.h"
#include "handlers/html_write.h"

#include <gumbo.h>
#include <string.h>
#include <strings.h>

#define OUT_MAX_BYTES (8UL * HTML_MAX_BYTES) /* an escaped character takes at most six bytes; elements are counted */

/* What becomes of an element that is not named here: its text stays. */
static const struct {
    GumboTag tag;
    const char *becomes; /* NULL: dropped with all it holds */
} mappings[] = {
    {GUMBO_TAG_DIV, "div"},
    {GUMBO_TAG_P, "div"},
    {GUMBO_TAG_BR, "br"},
    {GUMBO_TAG_STRONG, "strong"},
    {GUMBO_TAG_B, "strong"},
    {GUMBO_TAG_EM, "em"},
    {GUMBO_TAG_I, "em"},
    {GUMBO_TAG_UL, "ul"},
    {GUMBO_TAG_OL, "ol"},
    {GUMBO_TAG_LI, "li"},
    {GUMBO_TAG_A, "a"},
    {GUMBO_TAG_H1, "div"},
    {GUMBO_TAG_H2, "div"},
    {GUMBO_TAG_H3, "div"},
    {GUMBO_TAG_H4, "div"},
    {GUMBO_TAG_H5, "div"},
    {GUMBO_TAG_H6, "div"},
    {GUMBO_TAG_SECTION, "div"},
    {GUMBO_TAG_ARTICLE, "div"},
    {GUMBO_TAG_HEADER, "div"},
    {GUMBO_TAG_FOOTER, "div"},
    {GUMBO_TAG_MAIN, "div"},
    {GUMBO_TAG_ASIDE, "div"},
    {GUMBO_TAG_NAV, "div"},
    {GUMBO_TAG_ADDRESS, "div"},
    {GUMBO_TAG_BLOCKQUOTE, "div"},
    {GUMBO_TAG_PRE, "div"},
    {GUMBO_TAG_FIGURE, "div"},
    {GUMBO_TAG_FIGCAPTION, "div"},
    {GUMBO_TAG_DT, "div"},
    {GUMBO_TAG_DD, "div"},
    {GUMBO_TAG_TR, "div"},
    {GUMBO_TAG_CAPTION, "div"},
    {GUMBO_TAG_SCRIPT, NULL},
    {GUMBO_TAG_STYLE, NULL},
    {GUMBO_TAG_TITLE, NULL},
    {GUMBO_TAG_IFRAME, NULL},
    {GUMBO_TAG_NOEMBED, NULL},
    {GUMBO_TAG_NOFRAMES, NULL},
    {GUMBO_TAG_NOSCRIPT, NULL},
    {GUMBO_TAG_TEMPLATE, NULL},

    {GUMBO_TAG_OBJECT, NULL},
    {GUMBO_TAG_SELECT, NULL},
};

/* Elements that the parser opens again in every paragraph that follows when they are left open. Without attributes it
 * keeps at most three of each; a closes the a before it. */
static const char *const formatting[] = {"b", "big",   "code",   "em",     "font", "i", "nobr",
                                         "s", "small", "strike", "strong", "tt",   "u"};

static bool is_formatting(const char *name, size_t size)
{
    for (size_t i = 0; i < COUNT_OF(formatting); i++)
        if (strlen(formatting[i]) == size && strncasecmp(formatting[i], name, size) == 0)
            return true;
    return false;
}

/* Counts every place where the parser might see a tag, comments and scripts included: too many rather than too few. */
static bool check_bounds(const char *html, size_t size, struct error *err)
{
    unsigned long tags = 0, reopened = 0;

    if (size > HTML_MAX_BYTES)
        return error_set(err, ERROR_LIMIT, "has %zu bytes: %d is the most", size, HTML_MAX_BYTES);
    for (const char *at = strchr(html, '<'); at; at = strchr(at + 1, '<')) {
        size_t name = strcspn(at + 1, "\t\n\f\r />");
        bool is_start = (at[1] >= 'a' && at[1] <= 'z') || (at[1] >= 'A' && at[1] <= 'Z');

        tags += is_start || at[1] == '/';
        reopened += is_start && at[1 + name] != '>' && is_formatting(at + 1, name);
    }
    if (tags > HTML_MAX_TAGS)
        return error_set(err, ERROR_LIMIT, "has more than %d tags", HTML_MAX_TAGS);
    if (tags * reopened > HTML_MAX_WORK)
        return error_set(err, ERROR_LIMIT, "has %lu tags, %lu of them such as b or font with attributes: too many",
                         tags, reopened);
    return true;
}

/* A node whose children are being walked. */
struct frame {
    const GumboNode *node;
    unsigned next;
    bool is_written; /* an element was opened for it */
};

struct walk {
    struct frame *frames; /* owned */
    size_t count, capacity;
    struct html_writer writer;
};

/* Foreign elements (svg, math) share names with ours and follow other rules: they go, whole. */
static bool is_dropped(const GumboElement *element)
{
    if (element->tag_namespace != GUMBO_NAMESPACE_HTML)
        return true;
    for (size_t i = 0; i < COUNT_OF(mappings); i++)
        if (mappings[i].tag == element->tag)
            return mappings[i].becomes == NULL;
    return false;
}

static const char *becomes(const GumboElement *element)
{
    for (size_t i = 0; i < COUNT_OF(mappings); i++)
        if (mappings[i].tag == element->tag)
            return mappings[i].becomes;
    return NULL;
}

static bool open_element(struct walk *walk, const GumboElement *element)
{
    const char *name = becomes(element);
    const GumboAttribute *href;

    if (!name)
        return false;
    if (strcmp(name, "br") == 0) {
        html_write_break(&walk->writer);
        return false;
    }
    href = strcmp(name, "a") == 0 ? gumbo_get_attribute(&element->attributes, "href") : NULL;
    return html_write_open(&walk->writer, name, href ? href->value : NULL);
}

static void push(struct walk *walk, const GumboNode *node, bool is_written)
{
    if (walk->count == walk->capacity) {
        walk->capacity = walk->capacity ? 2 * walk->capacity : 64;
        walk->frames = mem_resize(walk->frames, walk->capacity * sizeof(*walk->frames));
    }
    walk->frames[walk->count++] = (struct frame){node, 0, is_written};
}

static void enter(struct walk *walk, const GumboNode *node)
{
    switch (node->type) {
    case GUMBO_NODE_ELEMENT:
        if (!is_dropped(&node->v.element))
            push(walk, node, open_element(walk, &node->v.element));
        break;
    case GUMBO_NODE_TEXT:
    case GUMBO_NODE_WHITESPACE:
    case GUMBO_NODE_CDATA:
        html_write_text(&walk->writer, node->v.text.text);
        break;
    default: /* comments, templates */
        break;
    }
}

static void leave(struct walk *walk, const struct frame *frame)
{
    GumboTag tag = frame->node->v.element.tag;

    if (frame->is_written)
        html_write_close(&walk->writer);
    if (tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH)
        html_write_text(&walk->writer, " "); /* or the cells of a row would run together */
}

static void walk_below(struct walk *walk, const GumboNode *root)
{
    push(walk, root, false);
    while (walk->count > 0) {
        struct frame *frame = &walk->frames[walk->count - 1];
        const GumboVector *children = &frame->node->v.element.children;

        if (frame->next < children->length) {
            enter(walk, children->data[frame->next++]);
        } else {
            leave(walk, frame);
            walk->count--;
        }
    }
}

/* Parses html and writes what may stay; false when that is no text at all. */
static bool rewrite(const char *html, size_t size, struct buf *out)
{
    struct walk walk = {0};
    GumboOptions options = kGumboDefaultOptions;
    GumboOutput *parsed;

    options.fragment_context = GUMBO_TAG_DIV;
    options.max_errors = 0; /* they would be collected for nobody */
    parsed = gumbo_parse_with_options(&options, html, size);
    html_write_begin(&walk.writer, out);
    walk_below(&walk, parsed->root);
    html_write_end(&walk.writer);
    gumbo_destroy_output(&options, parsed);
    mem_free(walk.frames);
    return walk.writer.has_text;
}

bool html_reduce(const char *html, struct buf *out, struct error *err)
{
    size_t size = strlen(html);
    struct buf reduced;
    bool has_text;

    if (!check_bounds(html, size, err))
        return false;
    buf_init(&reduced, OUT_MAX_BYTES);
    has_text = rewrite(html, size, &reduced);
    if (!has_text)
        error_set(err, ERROR_INVALID, "holds no text");
    else if (reduced.overflow)
        has_text = error_set(err, ERROR_LIMIT, "is more than %lu bytes once it is tidied", OUT_MAX_BYTES);
    else
        buf_add(out, reduced.data, reduced.size);
    buf_clear(&reduced);
    return has_text;
}
