/*
 * html_write.c - the one place where a "<" is written, and the one that decides which addresses may be linked to.
 *
 * Called by the walk over parsed HTML and by what turns plain text into HTML.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers/html_write.h"

#include "base/utf8.h"

#include <string.h>
#include <strings.h>

#define HREF_MAX_BYTES 2000

void html_write_begin(struct html_writer *writer, struct buf *out)
{
    *writer = (struct html_writer){.out = out, .is_after_blank = true};
}

static bool is_block(const char *name)
{
    return strcmp(name, "div") == 0 || strcmp(name, "ul") == 0 || strcmp(name, "ol") == 0 || strcmp(name, "li") == 0;
}

static bool is_open(const struct html_writer *writer, const char *name)
{
    for (unsigned i = 0; i < writer->depth; i++)
        if (strcmp(writer->open[i], name) == 0)
            return true;
    return false;
}

static void end_line(struct html_writer *writer)
{
    writer->is_after_blank = true;
    writer->has_space = false;
}

static void push(struct html_writer *writer, const char *name)
{
    writer->open[writer->depth++] = name;
    buf_addf(writer->out, "<%s", name);
}

static void pop(struct html_writer *writer)
{
    const char *name = writer->open[--writer->depth];

    if (is_block(name))
        end_line(writer);
    buf_addf(writer->out, "</%s>", name);
}

/* Text and inline elements stand in a div. */
static void begin_wrapper(struct html_writer *writer)
{
    if (writer->depth > 0)
        return;
    push(writer, "div");
    buf_add_char(writer->out, '>');
    writer->is_wrapped = true;
}

static void begin_inline(struct html_writer *writer)
{
    begin_wrapper(writer);
    if (writer->has_space && !writer->is_after_blank) {
        buf_add_char(writer->out, ' ');
        writer->is_after_blank = true;
    }
    writer->has_space = false;
}

static void end_wrapper(struct html_writer *writer)
{
    if (writer->is_wrapped && writer->depth == 1) {
        pop(writer);
        writer->is_wrapped = false;
    }
}

void html_write_end(struct html_writer *writer)
{
    end_wrapper(writer);
}

static void add_escaped(struct buf *out, const char *text, size_t size)
{
    if (size != 1) {
        buf_add(out, text, size);
        return;
    }
    switch (*text) {
    case '&':
        buf_add_string(out, "&amp;");
        break;
    case '<':
        buf_add_string(out, "&lt;");
        break;
    case '>':
        buf_add_string(out, "&gt;");
        break;
    case '"':
        buf_add_string(out, "&quot;");
        break;
    default:
        buf_add_char(out, *text);
        break;
    }
}

/* The bytes of white space that text begins with: control characters (U+0000 to U+001F, U+007F to U+009F), the blank
 * and the no-break space, which is U+00A0. */
static size_t space_length(const char *text)
{
    unsigned char first = (unsigned char)text[0], second = first ? (unsigned char)text[1] : 0;

    if (first == 0xc2 && second >= 0x80 && second <= 0xa0)
        return 2;
    return first != 0 && (first <= 0x20 || first == 0x7f);
}

void html_write_text(struct html_writer *writer, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        size_t size = space_length(text);

        if (size > 0) {
            writer->has_space = true;
        } else if ((size = utf8_length(text, left)) > 0) {
            begin_inline(writer);
            add_escaped(writer->out, text, size);
            writer->is_after_blank = false;
            writer->has_text = true;
        } else {
            size = 1; /* no character: left out */
        }
        text += size;
        left -= size;
    }
}

void html_write_break(struct html_writer *writer)
{
    begin_wrapper(writer);
    buf_add_string(writer->out, "<br>");
    end_line(writer);
}

/* The part of href behind "https://", with *size, when it may be linked to: a host, no password trick before it, and
 * no character that an address does not have. */
static const char *linkable(const char *href, size_t *size)
{
    static const char scheme[] = "https://";
    static const char never[] = "\"'<>\\^`{|}";
    const char *rest;

    href += strspn(href, " \t\r\n\f");
    if (strncasecmp(href, scheme, strlen(scheme)) != 0)
        return NULL;
    rest = href + strlen(scheme);
    *size = strcspn(rest, " \t\r\n\f");
    if (*size == 0 || *size > HREF_MAX_BYTES || rest[*size + strspn(rest + *size, " \t\r\n\f")] != '\0')
        return NULL;
    for (size_t i = 0; i < *size; i++)
        if ((unsigned char)rest[i] < 0x20 || rest[i] == 0x7f || strchr(never, rest[i]))
            return NULL;
    if (strcspn(rest, "/?#") == 0 || strcspn(rest, "@") < strcspn(rest, "/?#"))
        return NULL;
    return rest;
}

static bool open_link(struct html_writer *writer, const char *href)
{
    size_t size = 0;
    const char *rest = href ? linkable(href, &size) : NULL;

    if (!rest || is_open(writer, "a"))
        return false;
    begin_inline(writer);
    push(writer, "a");
    buf_add_string(writer->out, " href=\"https://");
    for (size_t i = 0; i < size; i++)
        add_escaped(writer->out, rest + i, 1);
    buf_add_string(writer->out, "\">");
    return true;
}

/* An item stands in a list. */
static const char *fitting(const struct html_writer *writer, const char *name)
{
    const char *outer = writer->depth > 0 ? writer->open[writer->depth - 1] : "";

    if (strcmp(name, "li") == 0 && strcmp(outer, "ul") != 0 && strcmp(outer, "ol") != 0)
        return "div";
    return name;
}

bool html_write_open(struct html_writer *writer, const char *name, const char *href)
{
    bool is_wide = is_block(name);

    if (is_wide)
        end_wrapper(writer);
    if (writer->depth + 1 >= HTML_MAX_DEPTH) { /* + 1: the wrapper, which may come first */
        if (is_wide)
            html_write_break(writer);
        return false;
    }
    if (strcmp(name, "a") == 0)
        return open_link(writer, href);
    if (!is_wide && is_open(writer, name))
        return false; /* strong within strong says nothing new */
    if (is_wide)
        end_line(writer);
    else
        begin_inline(writer);
    push(writer, fitting(writer, name));
    buf_add_char(writer->out, '>');
    return true;
}

void html_write_close(struct html_writer *writer)
{
    pop(writer);
}
