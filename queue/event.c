/*
 * event.c - an event to bytes and back.
 *
 * Version (1 byte), id (26), received and occurred (8 each, big endian), then account, source, type, order key,
 * delivery id and headers, each with its length (2 bytes) before and a NUL behind it, then the payload with a length
 * of 4. What a listing needs stands in front, so that it need not read the payload.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/event.h"

#include "base/mem.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum { EVENT_VERSION = 1, ID_BYTES = ULID_SIZE - 1 };

/* What is left to read. */
struct reader {
    const char *at;
    size_t left;
};

static void add_number(struct buf *out, uint64_t number, unsigned bytes)
{
    for (unsigned i = bytes; i-- > 0;)
        buf_add_char(out, (char)(number >> (8 * i)));
}

static void add_string(struct buf *out, const char *text, size_t size, unsigned length_bytes)
{
    add_number(out, size, length_bytes);
    buf_add(out, text, size);
    buf_add_char(out, '\0');
}

void event_encode(const struct event *event, struct buf *out)
{
    const char *const strings[] = {event->account,   event->source,      event->type,
                                   event->order_key, event->delivery_id, event->headers};

    buf_add_char(out, EVENT_VERSION);
    buf_add(out, event->id, ID_BYTES);
    add_number(out, (uint64_t)event->received_ms, 8);
    add_number(out, (uint64_t)event->occurred_ms, 8);
    for (size_t i = 0; i < COUNT_OF(strings); i++) {
        assert(strlen(strings[i]) <= UINT16_MAX);
        add_string(out, strings[i], strlen(strings[i]), 2);
    }
    add_string(out, event->payload, event->payload_size, 4);
}

static bool read_number(struct reader *reader, unsigned bytes, uint64_t *number)
{
    *number = 0;
    if (reader->left < bytes)
        return false;
    for (unsigned i = 0; i < bytes; i++)
        *number = *number << 8 | (unsigned char)reader->at[i];
    reader->at += bytes;
    reader->left -= bytes;
    return true;
}

/* Points text at the next string; one that holds a NUL is none of ours. */
static bool read_string(struct reader *reader, unsigned length_bytes, const char **text, size_t *size)
{
    uint64_t length;

    if (!read_number(reader, length_bytes, &length) || length >= reader->left)
        return false;
    if (memchr(reader->at, '\0', length + 1) != reader->at + length)
        return false;
    *text = reader->at;
    *size = (size_t)length;
    reader->at += length + 1;
    reader->left -= (size_t)length + 1;
    return true;
}

static bool read_start(struct reader *reader, struct event *event)
{
    uint64_t received, occurred;

    if (reader->left < ID_BYTES)
        return false;
    memcpy(event->id, reader->at, ID_BYTES);
    event->id[ID_BYTES] = '\0';
    reader->at += ID_BYTES;
    reader->left -= ID_BYTES;
    if (!ulid_is(event->id) || !read_number(reader, 8, &received) || !read_number(reader, 8, &occurred))
        return false;
    event->received_ms = (int64_t)received;
    event->occurred_ms = (int64_t)occurred;
    return true;
}

static bool read_strings(struct reader *reader, const char **const *strings, size_t count)
{
    size_t size;

    for (size_t i = 0; i < count; i++)
        if (!read_string(reader, 2, strings[i], &size))
            return false;
    return true;
}

static bool read_head(struct reader *reader, struct event *event)
{
    const char **const strings[] = {&event->account, &event->source, &event->type, &event->order_key,
                                    &event->delivery_id};

    return read_start(reader, event) && read_strings(reader, strings, COUNT_OF(strings));
}

static bool read_tail(struct reader *reader, struct event *event)
{
    const char **const strings[] = {&event->headers};

    return read_strings(reader, strings, 1) && read_string(reader, 4, &event->payload, &event->payload_size) &&
           reader->left == 0;
}

static bool read_version(struct reader *reader, struct error *err)
{
    uint64_t version;

    if (!read_number(reader, 1, &version))
        return error_set(err, ERROR_INVALID, "event record is empty");
    if (version != EVENT_VERSION)
        return error_set(err, ERROR_UNAVAILABLE, "event record has version %" PRIu64 ", this program reads %d", version,
                         EVENT_VERSION);
    return true;
}

bool event_decode_head(const char *bytes, size_t size, struct event *event, struct error *err)
{
    struct reader reader = {bytes, size};

    memset(event, 0, sizeof(*event));
    if (!read_version(&reader, err))
        return false;
    if (!read_head(&reader, event))
        return error_set(err, ERROR_INVALID, "event record is damaged: %zu bytes", size);
    event->headers = event->payload = "";
    return true;
}

bool event_decode(const char *bytes, size_t size, struct event *event, struct error *err)
{
    struct reader reader = {bytes, size};

    memset(event, 0, sizeof(*event));
    if (!read_version(&reader, err))
        return false;
    if (!read_head(&reader, event) || !read_tail(&reader, event))
        return error_set(err, ERROR_INVALID, "event record is damaged: %zu bytes", size);
    return true;
}
