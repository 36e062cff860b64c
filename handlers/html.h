/*
 * html.h - HTML from outside, reduced to what the summary of an interview may hold; the only home of gumbo.
 *
 * What comes out is made anew: nothing of the input is copied but text, escaped, and addresses that begin with
 * https. Elements: div br strong em ul ol li, and a with an href.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/error.h"

/* Bounds of the input. What the parser needs grows with the product of tags and of elements that it opens again in
 * each paragraph (40 kB can take 3 GB and 16 s), so both are counted before it sees them. */
#define HTML_MAX_BYTES 32768
#define HTML_MAX_TAGS  3000
#define HTML_MAX_WORK  100000 /* tags times b, i, font and the like with attributes */
#define HTML_MAX_DEPTH 32     /* of elements in each other in what comes out; deeper ones leave their text only */

/* What html may stay of html is added to out. False with err->text for what is over a bound or holds no text. */
MUST_CHECK bool html_reduce(const char *html, struct buf *out, struct error *err);

/* Plain text as such HTML: one div, with br for line ends. False for what is over HTML_MAX_BYTES or empty. */
MUST_CHECK bool html_from_text(const char *text, struct buf *out, struct error *err);

/* The text of html that html_reduce or html_from_text has made: lines ended by "\n", none of them empty, one blank
 * between words. */
void html_to_lines(const char *reduced, struct buf *out);

/* Whether html, whoever wrote it, already shows the same lines one after another as reduced. False when html is
 * over a bound and reduced does not stand in it as it is. */
bool html_shows(const char *html, const char *reduced);
