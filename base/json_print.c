/*
 * json_print.c - writing JSON and its scalars.
 *
 * Not cJSON_Print: its doubles need only be nearly the same, so 9007199254740991 becomes 9.00719925474099e+15, which
 * is another id.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "base/json_number.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

bool json_add_scalar(const cJSON *value, struct buf *out)
{
    char number[JSON_NUMBER_SIZE];

    if (cJSON_IsString(value)) {
        buf_add_string(out, value->valuestring);
        return true;
    }
    if (cJSON_IsBool(value)) {
        buf_add_string(out, cJSON_IsTrue(value) ? "true" : "false");
        return true;
    }
    if (!cJSON_IsNumber(value) || !isfinite(value->valuedouble))
        return false;
    json_format_plain(value->valuedouble, number);
    buf_add_string(out, number);
    return true;
}

void json_add_integer(int64_t number, struct buf *out)
{
    char digits[JSON_NUMBER_SIZE];

    buf_add(out, digits, json_write_integer(number, digits));
}

/* A NUL is a character of UTF-8, but json_parse refuses it: what we write, we must be able to read. */
static void add_character(const char *at, size_t length, struct buf *out)
{
    static const char escaped[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *found = *at != '\0' ? strchr(escaped, *at) : NULL;

    if (length == 0 || *at == '\0')
        buf_add_string(out, "\xef\xbf\xbd");
    else if (found)
        buf_addf(out, "\\%c", letters[found - escaped]);
    else if ((unsigned char)*at < 0x20)
        buf_addf(out, "\\u%04x", (unsigned)*at);
    else
        buf_add(out, at, length);
}

static bool is_plain(char c)
{
    return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

void json_add_quoted(const char *text, size_t size, struct buf *out)
{
    buf_add_char(out, '"');
    for (size_t at = 0; at < size;) {
        size_t run = 0;

        while (at + run < size && is_plain(text[at + run]))
            run++;
        buf_add(out, text + at, run);
        at += run;
        if (at < size) {
            size_t length = utf8_length(text + at, size - at);

            add_character(text + at, length, out);
            at += length > 0 ? length : 1;
        }
    }
    buf_add_char(out, '"');
}

static void add_value(const cJSON *value, struct buf *out);

static void add_members(const cJSON *value, struct buf *out)
{
    const cJSON *child;
    bool is_object = cJSON_IsObject(value);

    buf_add_char(out, is_object ? '{' : '[');
    cJSON_ArrayForEach(child, value)
    {
        if (child != value->child)
            buf_add_char(out, ',');
        if (is_object) {
            json_add_quoted(child->string, strlen(child->string), out);
            buf_add_char(out, ':');
        }
        add_value(child, out);
    }
    buf_add_char(out, is_object ? '}' : ']');
}

static void add_number(double number, struct buf *out)
{
    char text[JSON_NUMBER_SIZE] = "null"; /* JSON has no word for infinity */

    if (isfinite(number))
        json_format_number(number, text);
    buf_add_string(out, text);
}

/* Recursion is as deep as the tree, which json_parse or our own code has made. */
static void add_value(const cJSON *value, struct buf *out)
{
    if (cJSON_IsObject(value) || cJSON_IsArray(value))
        add_members(value, out);
    else if (cJSON_IsString(value))
        json_add_quoted(value->valuestring, strlen(value->valuestring), out);
    else if (cJSON_IsNumber(value))
        add_number(value->valuedouble, out);
    else if (cJSON_IsRaw(value))
        buf_add_string(out, value->valuestring);
    else if (!json_add_scalar(value, out))
        buf_add_string(out, "null");
}

char *json_print(const cJSON *value)
{
    struct buf out;

    buf_init(&out, SIZE_MAX - 1);
    add_value(value, &out);
    return buf_take(&out);
}
