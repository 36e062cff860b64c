/*
 * words.h - text from outside inside our own messages: short, on one line, cut between characters.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"

#include <cjson/cJSON.h>
#include <stddef.h>

#define WORDS_RAW_MAX 65536 /* bytes worth collecting before words_add shortens them */

/* Adds text with control characters and line ends as spaces; at most max bytes of it, ended by "…" when cut. */
void words_add(const char *text, size_t max, struct buf *out);

#define WORDS_VALUE_SIZE 100

/* value as JSON, shortened, for "got …". Returns text. */
char *words_value(const cJSON *value, char text[WORDS_VALUE_SIZE]);

/* How many characters text has: code points, which is what Pinpoint's limits count. */
size_t words_length(const char *text);

/* How names are listed in a message: "Score, Report link, …". */
struct word_list {
    struct buf *out;
    size_t max;  /* bytes that are left */
    bool is_cut; /* the rest is "…" */
    bool has_any;
};

void word_list_init(struct word_list *list, struct buf *out, size_t max);
void word_list_add(struct word_list *list, const char *word);
