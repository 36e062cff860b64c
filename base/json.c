/*
 * json.c - parsing, and looking things up in what was parsed.
 *
 * Called wherever JSON comes in. Checking is json_check.c, writing json_print.c, paths json_path.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "base/json_check.h"
#include "base/json_number.h"

#include <stdarg.h>
#include <string.h>

static cJSON *parse_checked(const char *text, size_t size, struct error *err)
{
    cJSON *value = cJSON_ParseWithLength(text, size);

    if (!value)
        error_set(err, ERROR_SYSTEM, "cannot read JSON: out of memory");
    return value;
}

cJSON *json_parse(const char *text, size_t size, struct error *err)
{
    struct json_facts facts;
    struct buf quoted;
    cJSON *value;

    if (!json_check(text, size, &facts, err))
        return NULL;
    if (facts.big_integers == 0)
        return parse_checked(text, size, err);
    buf_init(&quoted, size + 2 * facts.big_integers);
    json_quote_big_integers(text, size, &quoted);
    value = parse_checked(quoted.data, quoted.size, err);
    buf_clear(&quoted);
    return value;
}

bool json_is_object(const char *text, size_t size)
{
    struct json_facts facts;
    struct error err;
    size_t at = 0;

    while (at < size && strchr(" \t\r\n", text[at]) && text[at] != '\0')
        at++;
    return at < size && text[at] == '{' && json_check(text, size, &facts, &err);
}

/* The length of the string that text begins with, its quotes included. */
static size_t string_length(const char *text, size_t size)
{
    size_t at = 1;

    while (at < size && text[at] != '"')
        at += text[at] == '\\' ? 2 : 1;
    return at < size ? at + 1 : size;
}

/* The length of the string, number or other character that text begins with. */
static size_t token_length(const char *text, size_t size, bool *is_big)
{
    size_t length = 0;

    *is_big = false;
    if (text[0] == '"')
        length = string_length(text, size);
    else if (text[0] == '-' || (text[0] >= '0' && text[0] <= '9'))
        length = json_number_length(text, size, is_big);
    return length > 0 ? length : 1;
}

void json_quote_big_integers(const char *text, size_t size, struct buf *out)
{
    size_t copied = 0;

    for (size_t at = 0; at < size;) {
        bool is_big;
        size_t length = token_length(text + at, size - at, &is_big);

        if (is_big) {
            buf_add(out, text + copied, at - copied);
            buf_add_char(out, '"');
            buf_add(out, text + at, length);
            buf_add_char(out, '"');
            copied = at + length;
        }
        at += length;
    }
    buf_add(out, text + copied, size - copied);
}

cJSON *json_get(const cJSON *object, const char *name)
{
    return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}

const char *json_get_string(const cJSON *object, const char *name, const char *fallback)
{
    const cJSON *value = json_get(object, name);

    return cJSON_IsString(value) ? value->valuestring : fallback;
}

/* Not valueint, which is an int and saturates. The comparison is also false for a NaN. */
int64_t json_get_integer(const cJSON *object, const char *name, int64_t fallback)
{
    const cJSON *value = json_get(object, name);
    const double limit = 9223372036854775808.0; /* 2^63 */

    if (!cJSON_IsNumber(value) || !(value->valuedouble >= -limit && value->valuedouble < limit))
        return fallback;
    return (int64_t)value->valuedouble;
}

cJSON *json_find(const cJSON *object, ...)
{
    cJSON *found = (cJSON *)object; /* only given back unchanged when there is no name at all */
    const char *name;
    va_list names;

    va_start(names, object);
    while (found && (name = va_arg(names, const char *)) != NULL)
        found = json_get(found, name);
    va_end(names);
    return found;
}
