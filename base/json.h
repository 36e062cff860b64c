/*
 * json.h - reading JSON from outside, and the few things cJSON leaves to its user.
 *
 * All JSON that comes from a peer or a file is parsed here, never by cJSON_Parse directly: the text is checked
 * for depth, encoding and trailing garbage first, and integers that a double cannot hold become strings, so a
 * 64-bit id keeps all its digits.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/error.h"

#include <cjson/cJSON.h>

#define JSON_DEPTH_MAX 64 /* arrays and objects inside each other; deeper text is refused */

/* One JSON value, owned (cJSON_Delete). Refuses: empty text, depth over JSON_DEPTH_MAX, invalid UTF-8, a NUL in
 * a string, anything but white space behind the value. err->text says what and at which byte. */
MUST_CHECK cJSON *json_parse(const char *text, size_t size, struct error *err);

/* Whether json_parse would give an object; nothing is made of it. */
bool json_is_object(const char *text, size_t size);

/* A copy of text in which every integer beyond +-(2^53-1) is a string, for parsers other than cJSON (jq 1.6 has
 * doubles only). Added to out; text must have passed json_parse. */
void json_quote_big_integers(const char *text, size_t size, struct buf *out);

/* The member of that exact name, or NULL (also when object is NULL or no object). */
cJSON *json_get(const cJSON *object, const char *name);

/* The string at name, borrowed, or fallback when there is none or it is not a string. */
const char *json_get_string(const cJSON *object, const char *name, const char *fallback);

/* The number at name, or fallback. Integers up to 2^53 are exact. */
int64_t json_get_integer(const cJSON *object, const char *name, int64_t fallback);

/* Follows names, ending in NULL, from object inwards: json_find(doc, "data", "attributes", NULL). */
cJSON *json_find(const cJSON *object, ...) __attribute__((sentinel));

/* A string as it is; a number as people write it (no exponent for integers, no trailing zeros); true or false.
 * Returns false, adding nothing, for null, arrays, objects and NULL. */
bool json_add_scalar(const cJSON *value, struct buf *out);

void json_add_integer(int64_t number, struct buf *out);

/* Compact JSON text of value, owned (mem_free). */
char *json_print(const cJSON *value);

/* Adds text as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void json_add_quoted(const char *text, size_t size, struct buf *out);

/* Plain jq paths, such as  .data.items[0].id  or  .["a b"]  - the subset that needs no jq.
 * json_path_check says whether text is one; json_path_find gives the value it names, borrowed, or NULL. */
MUST_CHECK bool json_path_check(const char *path, struct error *err);
const cJSON *json_path_find(const cJSON *root, const char *path);

/* The same in a text that json_check has taken and a NUL ends, where a few values are wanted and no tree: where the
 * value begins and how long it is; size 0 when there is none. */
struct json_span {
    const char *text;
    size_t size;
};
struct json_span json_path_find_text(const char *text, const char *path);

/* json_add_scalar of what stands in span. */
bool json_span_add_scalar(struct json_span span, struct buf *out);
