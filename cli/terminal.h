/*
 * terminal.h - what the terminal can do, and text made safe for it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* How a piece of text is meant; a terminal shows it as a colour. */
enum tone { TONE_PLAIN, TONE_GOOD, TONE_WARN, TONE_BAD, TONE_DIM, TONE_TITLE };

/* Columns of the terminal behind descriptor fd; 100 when it is none or does not say. At least 40. */
unsigned terminal_width(int fd);

bool terminal_is_one(int fd);

/* A terminal, NO_COLOR not set (no-color.org), TERM not "dumb". */
bool terminal_has_colour(int fd);

/* text with control characters, which could drive the terminal, as U+FFFD, and line ends and tabs as a space. Bytes
 * that are not UTF-8 become U+FFFD too. */
void terminal_add_safe(struct buf *out, const char *text);

/* Columns that text, which must come from terminal_add_safe, takes: one for each character. */
size_t terminal_columns(const char *text);

/* text in tone; as it is when colour is false. */
void terminal_add_toned(struct buf *out, enum tone tone, bool colour, const char *text);
