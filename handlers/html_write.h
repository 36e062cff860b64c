/*
 * html_write.h - writing the HTML of a summary: allowed elements, always closed, and escaped text.
 *
 * For html.c and html_text.c only. Blanks are brought down to one, and none is left at the edge of a line.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "handlers/html.h"

#include <stdbool.h>

struct html_writer {
    struct buf *out;
    const char *open[HTML_MAX_DEPTH]; /* literals: the elements that are open, the outermost first */
    unsigned depth;
    bool is_after_blank; /* or at the beginning of a line: another blank would be too many */
    bool has_space;      /* a blank is due before the next text of the line */
    bool is_wrapped;     /* open[0] is a div that no one asked for, around text that stood in none */
    bool has_text;
};

void html_write_begin(struct html_writer *writer, struct buf *out);
void html_write_end(struct html_writer *writer);

/* Opens name, one of the allowed elements but br (a literal). False, with nothing to close, when it is left out: too
 * deep, or a link within a link or to an address that is not allowed. */
bool html_write_open(struct html_writer *writer, const char *name, const char *href);
void html_write_close(struct html_writer *writer);
void html_write_break(struct html_writer *writer);
void html_write_text(struct html_writer *writer, const char *text);
