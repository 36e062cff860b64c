/*
 * fields.c - paths followed, values made text and bounded.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/fields.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TIME_TEXT_MAX      40
#define FIRST_MILLISECONDS 1e11 /* as seconds the year 5138, as milliseconds 1973: larger numbers are milliseconds */
#define LAST_MILLISECONDS  253402300800000.0 /* the year 10000 */

void fields_init(struct fields *fields)
{
    *fields = (struct fields){0};
    buf_init(&fields->type, EVENT_KEY_MAX);
    buf_init(&fields->order_key, EVENT_KEY_MAX);
    buf_init(&fields->delivery_id, EVENT_KEY_MAX);
}

void fields_clear(struct fields *fields)
{
    buf_clear(&fields->type);
    buf_clear(&fields->order_key);
    buf_clear(&fields->delivery_id);
}

static bool check_length(const struct buf *value, const char *where, struct error *err)
{
    if (!value->overflow)
        return true;
    return error_set_at(err, ERROR_INVALID, where, "%s is longer than %d bytes", where, EVENT_KEY_MAX);
}

static bool is_null(struct json_span span)
{
    return span.size == strlen("null") && memcmp(span.text, "null", span.size) == 0;
}

/* The plain value at path in value; empty when path is "", or there is nothing or null. */
static bool read_key(const char *body, const char *path, struct buf *value, struct error *err)
{
    struct json_span item = json_path_find_text(body, path);

    buf_reset(value);
    if (item.size == 0 || is_null(item))
        return true;
    if (!json_span_add_scalar(item, value))
        return error_set_at(err, ERROR_INVALID, path, "%s is not a string or a number", path);
    return check_length(value, path, err);
}

static bool read_type(struct fields *fields, const struct source *source, const char *body, struct error *err)
{
    if (!read_key(body, source->type_path, &fields->type, err))
        return false;
    if (fields->type.size > 0)
        return true;
    return error_set_at(err, ERROR_INVALID, source->type_path, "%s is missing", source->type_path);
}

static void add_digest(const char *body, size_t size, struct buf *out)
{
    uint8_t digest[SHA256_SIZE];

    crypto_sha256(&(struct bytes){body, size}, 1, digest);
    crypto_hex_encode(digest, sizeof(digest), out);
}

static bool read_delivery_id(struct fields *fields, const struct source *source, const struct delivery *delivery,
                             struct error *err)
{
    struct buf *id = &fields->delivery_id;

    if (delivery->id_header) {
        buf_reset(id);
        buf_add_string(id, delivery->id_header);
        if (!check_length(id, signature_id_header(source->scheme), err))
            return false;
    } else if (!read_key(delivery->body, source->delivery_id_path, id, err)) {
        return false;
    }
    if (id->size == 0)
        add_digest(delivery->body, delivery->body_size, id);
    return true;
}

/* Seconds or milliseconds since 1970, told apart by their size. */
static int64_t time_from_number(const char *text)
{
    char *end;
    double number = strtod(text, &end);

    if (*end || end == text || !isfinite(number) || number <= 0 || number >= LAST_MILLISECONDS)
        return 0;
    return (int64_t)(number < FIRST_MILLISECONDS ? number * 1000 : number);
}

/* A time nobody can read is no reason to refuse a signed delivery: it only informs. */
static int64_t read_time(const char *body, const char *path)
{
    int64_t at_ms = 0;
    struct buf text;

    if (!*path)
        return 0;
    buf_init(&text, TIME_TEXT_MAX);
    if (json_span_add_scalar(json_path_find_text(body, path), &text) && !text.overflow &&
        !clock_parse(text.data, &at_ms))
        at_ms = time_from_number(text.data);
    buf_clear(&text);
    return at_ms > 0 ? at_ms : 0;
}

bool fields_read(struct fields *fields, const struct source *source, const struct delivery *delivery, struct error *err)
{
    fields->occurred_ms = read_time(delivery->body, source->occurred_at_path);
    return read_type(fields, source, delivery->body, err) &&
           read_key(delivery->body, source->order_by_path, &fields->order_key, err) &&
           read_delivery_id(fields, source, delivery, err);
}
