/*
 * words.c - shortening without tearing a character apart.
 *
 * Called wherever a message quotes what a peer or an event said.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pinpoint/words.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

#define ELLIPSIS "\xe2\x80\xa6"

/* The most bytes of text, up to max, that end between two characters. */
static size_t whole_characters(const char *text, size_t size, size_t max)
{
    size_t at = 0;

    while (at < size) {
        size_t length = utf8_length(text + at, size - at);

        length = length > 0 ? length : 1;
        if (at + length > max)
            break;
        at += length;
    }
    return at;
}

void words_add(const char *text, size_t max, struct buf *out)
{
    size_t size = strlen(text);
    bool is_cut = size > max;

    size = is_cut ? whole_characters(text, size, max - strlen(ELLIPSIS)) : size;
    for (size_t i = 0; i < size; i++)
        buf_add_char(out, (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? ' ' : text[i]);
    if (is_cut)
        buf_add_string(out, ELLIPSIS);
}

char *words_value(const cJSON *value, char text[WORDS_VALUE_SIZE])
{
    char *json = value ? json_print(value) : mem_string("nothing");
    struct buf words;

    buf_init(&words, WORDS_VALUE_SIZE - 1);
    words_add(json, WORDS_VALUE_SIZE - 1, &words);
    (void)snprintf(text, WORDS_VALUE_SIZE, "%s", words.data);
    buf_clear(&words);
    mem_free(json);
    return text;
}

size_t words_length(const char *text)
{
    size_t characters = 0;

    for (; *text; text++)
        characters += (*text & 0xc0) != 0x80; /* the bytes of UTF-8 that begin a character */
    return characters;
}

void word_list_init(struct word_list *list, struct buf *out, size_t max)
{
    *list = (struct word_list){.out = out, .max = max};
}

void word_list_add(struct word_list *list, const char *word)
{
    const char *comma = list->has_any ? ", " : "";
    size_t needed = strlen(comma) + strlen(word);

    if (list->is_cut)
        return;
    list->is_cut = needed + strlen(", " ELLIPSIS) > list->max; /* there is always room for one more ", …" */
    word = list->is_cut ? ELLIPSIS : word;
    buf_add_string(list->out, comma);
    words_add(word, SIZE_MAX, list->out);
    list->max -= list->is_cut ? list->max : needed;
    list->has_any = true;
}
