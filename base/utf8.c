/*
 * utf8.c - the table of well-formed byte sequences (Unicode, table 3-7).
 *
 * Called for every character beyond ASCII that comes from outside; knows nothing of JSON or logs.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include "base/mem.h"

/* The second byte's range rules out overlong forms, surrogates and everything beyond U+10FFFF. */
static const struct shape {
    unsigned char first_low, first_high;
    unsigned char second_low, second_high;
    size_t length;
} shapes[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static const struct shape *shape_of(unsigned char first)
{
    for (size_t i = 0; i < COUNT_OF(shapes); i++)
        if (first >= shapes[i].first_low && first <= shapes[i].first_high)
            return &shapes[i];
    return NULL;
}

size_t utf8_length(const char *text, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)text;
    const struct shape *shape;

    if (size == 0)
        return 0;
    if (bytes[0] < 0x80)
        return 1;
    shape = shape_of(bytes[0]);
    if (!shape || size < shape->length || bytes[1] < shape->second_low || bytes[1] > shape->second_high)
        return 0;
    for (size_t i = 2; i < shape->length; i++)
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
    return shape->length;
}
