/*
 * html_text.c - between plain text and the HTML of a summary, and whether a summary already shows a text.
 *
 * Knows no parser: it reads only HTML that html_write.c has written.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "handlers/html.h"
#include "handlers/html_write.h"

#include <string.h>

#define LINES_MAX_BYTES (8UL * HTML_MAX_BYTES)

bool html_from_text(const char *text, struct buf *out, struct error *err)
{
    struct html_writer writer;
    size_t size = strlen(text);

    if (size > HTML_MAX_BYTES)
        return error_set(err, ERROR_LIMIT, "has %zu bytes: %d is the most", size, HTML_MAX_BYTES);
    html_write_begin(&writer, out);
    while (*text) {
        size_t length = strcspn(text, "\n");
        char *line = mem_copy(text, length);

        html_write_text(&writer, line);
        mem_free(line);
        text += length;
        if (*text == '\n') {
            if (writer.has_text && text[strspn(text, " \t\r\n")])
                html_write_break(&writer);
            text++;
        }
    }
    html_write_end(&writer);
    return writer.has_text || error_set(err, ERROR_INVALID, "holds no text");
}

/* What html_write.c writes for a character. */
static const struct {
    const char *entity;
    char character;
} entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}};

/* Adds the character that text begins with; returns its bytes in text. */
static size_t add_character(const char *text, struct buf *out)
{
    for (size_t i = 0; i < COUNT_OF(entities); i++) {
        size_t size = strlen(entities[i].entity);

        if (strncmp(text, entities[i].entity, size) == 0) {
            buf_add_char(out, entities[i].character);
            return size;
        }
    }
    buf_add_char(out, *text);
    return 1;
}

static bool is_inline(const char *tag)
{
    static const char *const names[] = {"<strong>", "</strong>", "<em>", "</em>", "<a ", "</a>"};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strncmp(tag, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

void html_to_lines(const char *reduced, struct buf *out)
{
    while (*reduced) {
        if (*reduced != '<') {
            reduced += add_character(reduced, out);
            continue;
        }
        if (!is_inline(reduced) && out->size > 0 && out->data[out->size - 1] != '\n')
            buf_add_char(out, '\n');
        reduced += strcspn(reduced, ">");
        reduced += *reduced == '>';
    }
}

/* Whole lines: "Score 8" does not stand in "Score 85". */
static bool has_lines(const char *lines, const char *part)
{
    size_t size = strlen(part);

    while (strlen(lines) >= size) {
        if (strncmp(lines, part, size) == 0)
            return true;
        lines += strcspn(lines, "\n");
        lines += *lines == '\n';
        if (*lines == '\0')
            return false;
    }
    return false;
}

bool html_shows(const char *html, const char *reduced)
{
    struct buf tidy, lines, part;
    bool is_there = strstr(html, reduced) != NULL;

    buf_init(&tidy, LINES_MAX_BYTES);
    buf_init(&lines, LINES_MAX_BYTES);
    buf_init(&part, LINES_MAX_BYTES);
    if (!is_there && html_reduce(html, &tidy, &(struct error){0})) {
        html_to_lines(tidy.data, &lines);
        html_to_lines(reduced, &part);
        is_there = has_lines(lines.data, part.data);
    }
    buf_clear(&tidy);
    buf_clear(&lines);
    buf_clear(&part);
    return is_there;
}
