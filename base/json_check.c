/*
 * json_check.c - the grammar of RFC 8259, held strictly.
 *
 * Called by json_parse before cJSON sees a text, as cJSON takes several things that are no JSON. Open arrays and
 * objects are bits of one word: no recursion, no allocation.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_check.h"

#include "base/json.h"
#include "base/json_number.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FRACTION_MAX_BYTES = 63 }; /* cJSON reads a number through a buffer of 64 */

enum expect { EXPECT_VALUE, EXPECT_ITEM_OR_END, EXPECT_NAME, EXPECT_NAME_OR_END, EXPECT_COMMA_OR_END, EXPECT_NOTHING };

struct scan {
    const char *start;
    const char *at;
    const char *end;
    enum expect expect;
    unsigned depth;
    uint64_t objects; /* bit n is set when level n is an object, not an array */
    struct json_facts *facts;
    struct error *err;
};

_Static_assert(JSON_DEPTH_MAX <= 64, "a level is a bit of scan.objects");

static bool refuse(struct scan *scan, const char *why)
{
    scan->facts->mistake_at = (size_t)(scan->at - scan->start);
    return error_set(scan->err, ERROR_INVALID, "not JSON: %s at byte %zu", why, scan->facts->mistake_at);
}

static size_t left(const struct scan *scan)
{
    return (size_t)(scan->end - scan->at);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Integers that are too big become strings later on, so only those with a fraction or an exponent matter here. */
static bool scan_number(struct scan *scan)
{
    char copy[FRACTION_MAX_BYTES + 1] = "";
    bool is_big;
    size_t length = json_number_length(scan->at, left(scan), &is_big);

    if (length == 0)
        return refuse(scan, "a malformed number");
    if (is_big) {
        scan->facts->big_integers++;
    } else if (length > FRACTION_MAX_BYTES) {
        return refuse(scan, "a number of more than 63 characters");
    } else {
        memcpy(copy, scan->at, length);
        if (strpbrk(copy, "eE") && isinf(strtod(copy, NULL)))
            return refuse(scan, "a number too large");
    }
    scan->at += length;
    return true;
}

/* The value of four hexadecimal digits, or -1. */
static int hex4(const char *text, size_t size)
{
    int value = 0;

    if (size < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = text[i];
        int digit = is_digit(c)            ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;

        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

static bool is_low_surrogate(int unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

/* At a "\u". */
static bool scan_unicode_escape(struct scan *scan)
{
    int unit = hex4(scan->at + 2, left(scan) - 2);
    size_t length = 6;

    if (unit < 0)
        return refuse(scan, "a malformed \\u escape");
    if (unit == 0)
        return refuse(scan, "\\u0000, which no text may hold,");
    if (is_low_surrogate(unit))
        return refuse(scan, "half of a surrogate pair");
    if (unit >= 0xd800 && unit < 0xdc00) {
        if (left(scan) < 12 || scan->at[6] != '\\' || scan->at[7] != 'u' || !is_low_surrogate(hex4(scan->at + 8, 4)))
            return refuse(scan, "half of a surrogate pair");
        length = 12;
    }
    scan->at += length;
    return true;
}

static bool scan_escape(struct scan *scan)
{
    char c = left(scan) > 1 ? scan->at[1] : '\0';

    if (c == 'u')
        return scan_unicode_escape(scan);
    if (c == '\0' || !strchr("\"\\/bfnrt", c))
        return refuse(scan, "an unknown escape");
    scan->at += 2;
    return true;
}

static bool scan_beyond_ascii(struct scan *scan)
{
    size_t length = utf8_length(scan->at, left(scan));

    if (length == 0)
        return refuse(scan, "invalid UTF-8");
    scan->at += length;
    return true;
}

/* Behind as many whole words of eight bytes as hold ASCII that means nothing in a string: most of most texts. In each
 * byte of found the highest bit says: below a blank, beyond ASCII, a quote or a backslash. (A borrow may set one too
 * many behind one that is right.) */
static const char *behind_plain_words(const char *at, const char *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;

    for (; end - at >= 8; at += 8) {
        uint64_t word;

        memcpy(&word, at, sizeof(word));
        uint64_t quote = word ^ (ones * '"'), backslash = word ^ (ones * '\\');
        uint64_t found = (word - ones * ' ') | word | (quote - ones) | (backslash - ones);
        if (found & high)
            break;
    }
    return at;
}

static bool scan_string(struct scan *scan)
{
    for (scan->at = behind_plain_words(scan->at + 1, scan->end); scan->at < scan->end;) {
        unsigned char c = (unsigned char)*scan->at;

        if (c == '"') {
            scan->at++;
            return true;
        }
        if (c < 0x20)
            return refuse(scan, "a control character in a string");
        if (c == '\\') {
            if (!scan_escape(scan))
                return false;
        } else if (c < 0x80) {
            scan->at++;
        } else if (!scan_beyond_ascii(scan)) {
            return false;
        }
    }
    return refuse(scan, "a string without an end");
}

static bool scan_word(struct scan *scan)
{
    static const char *const words[] = {"true", "false", "null"};

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t length = strlen(words[i]);

        if (left(scan) >= length && memcmp(scan->at, words[i], length) == 0) {
            scan->at += length;
            return true;
        }
    }
    return refuse(scan, "no value");
}

static bool open_level(struct scan *scan, bool is_object)
{
    uint64_t bit;

    if (scan->depth == JSON_DEPTH_MAX)
        return refuse(scan, "too many arrays and objects inside each other");
    bit = UINT64_C(1) << scan->depth++;
    scan->objects = is_object ? scan->objects | bit : scan->objects & ~bit;
    scan->expect = is_object ? EXPECT_NAME_OR_END : EXPECT_ITEM_OR_END;
    scan->at++;
    return true;
}

static bool is_in_object(const struct scan *scan)
{
    return (scan->objects >> (scan->depth - 1) & 1) != 0;
}

static void value_ends(struct scan *scan)
{
    scan->expect = scan->depth > 0 ? EXPECT_COMMA_OR_END : EXPECT_NOTHING;
}

static bool close_level(struct scan *scan)
{
    scan->depth--;
    scan->at++;
    value_ends(scan);
    return true;
}

static bool scan_value(struct scan *scan)
{
    char c = *scan->at;
    bool is_fine;

    if (c == '{' || c == '[')
        return open_level(scan, c == '{');
    if (c == '"')
        is_fine = scan_string(scan);
    else if (c == '-' || is_digit(c))
        is_fine = scan_number(scan);
    else
        is_fine = scan_word(scan);
    if (is_fine)
        value_ends(scan);
    return is_fine;
}

static void skip_space(struct scan *scan)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\t' || *scan->at == '\r'))
        scan->at++;
}

/* A name and its colon. */
static bool scan_name(struct scan *scan)
{
    if (*scan->at != '"')
        return refuse(scan, "a member without a name in quotes");
    if (!scan_string(scan))
        return false;
    skip_space(scan);
    if (scan->at == scan->end || *scan->at != ':')
        return refuse(scan, "a name without a colon");
    scan->at++;
    scan->expect = EXPECT_VALUE;
    return true;
}

static bool scan_comma_or_end(struct scan *scan)
{
    bool is_object = is_in_object(scan);

    if (*scan->at == (is_object ? '}' : ']'))
        return close_level(scan);
    if (*scan->at != ',')
        return refuse(scan, is_object ? "no comma or } behind a member" : "no comma or ] behind an item");
    scan->at++;
    scan->expect = is_object ? EXPECT_NAME : EXPECT_VALUE;
    return true;
}

/* At a character that is no white space. */
static bool scan_token(struct scan *scan)
{
    switch (scan->expect) {
    case EXPECT_VALUE:
        return scan_value(scan);
    case EXPECT_ITEM_OR_END:
        return *scan->at == ']' ? close_level(scan) : scan_value(scan);
    case EXPECT_NAME:
        return scan_name(scan);
    case EXPECT_NAME_OR_END:
        return *scan->at == '}' ? close_level(scan) : scan_name(scan);
    case EXPECT_COMMA_OR_END:
        return scan_comma_or_end(scan);
    case EXPECT_NOTHING:
        break;
    }
    return refuse(scan, "something behind the value");
}

static bool is_marked(const struct scan *scan)
{
    return left(scan) >= 3 && memcmp(scan->at, "\xef\xbb\xbf", 3) == 0;
}

bool json_check(const char *text, size_t size, struct json_facts *facts, struct error *err)
{
    struct scan scan = {.start = text, .at = text, .end = text + size, .facts = facts, .err = err};

    *facts = (struct json_facts){0};
    if (is_marked(&scan))
        return refuse(&scan, "a byte order mark (save the text as UTF-8 without one)");
    skip_space(&scan);
    if (left(&scan) == 0)
        return refuse(&scan, "empty text");
    while (left(&scan) > 0) {
        if (!scan_token(&scan))
            return false;
        skip_space(&scan);
    }
    return scan.expect == EXPECT_NOTHING || refuse(&scan, "the text ends too early");
}
