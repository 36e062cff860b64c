/*
 * event.c - an event to bytes and back.
 *
 * Version (1 byte), packed id (16), received and occurred, then account, source, type, order key, delivery id, headers
 * and payload, each with its length before and a NUL behind it. Numbers take as many bytes as they need: 7 bits a byte,
 * the lowest first, the high bit says that more come; times are folded first, so that a time before 1970 is a small
 * number too. What a listing needs stands in front, so that it need not read the payload.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/event.h"

#include "base/mem.h"

#include <string.h>

enum { EVENT_VERSION = 2, BITS_A_BYTE = 7, MORE = 1 << BITS_A_BYTE, NUMBER_BITS = 64 };

enum { HEAD_BYTES = 96 }; /* more than the version, id, times and lengths of a record take */

/* What is left to read. */
struct reader {
    const char *at;
    size_t left;
};

static void add_number(struct buf *out, uint64_t number)
{
    for (; number >= MORE; number >>= BITS_A_BYTE)
        buf_add_char(out, (char)(number | MORE));
    buf_add_char(out, (char)number);
}

/* 0, -1, 1, -2, … become 0, 1, 2, 3, … */
static void add_time(struct buf *out, int64_t ms)
{
    add_number(out, ms < 0 ? ~((uint64_t)ms << 1) : (uint64_t)ms << 1);
}

static void add_string(struct buf *out, const char *text, size_t size)
{
    add_number(out, size);
    buf_add(out, text, size);
    buf_add_char(out, '\0');
}

void event_encode(const struct event *event, struct buf *out)
{
    const char *const strings[] = {event->account,   event->source,      event->type,
                                   event->order_key, event->delivery_id, event->headers};
    size_t sizes[COUNT_OF(strings)], size = HEAD_BYTES + event->payload_size;
    uint8_t id[ULID_BYTES];

    for (size_t i = 0; i < COUNT_OF(strings); i++)
        size += sizes[i] = strlen(strings[i]);
    buf_reserve(out, size);
    ulid_pack(event->id, id);
    buf_add_char(out, EVENT_VERSION);
    buf_add(out, id, sizeof(id));
    add_time(out, event->received_ms);
    add_time(out, event->occurred_ms);
    for (size_t i = 0; i < COUNT_OF(strings); i++)
        add_string(out, strings[i], sizes[i]);
    add_string(out, event->payload, event->payload_size);
}

/* One that could be shorter, or does not fit, is none of ours. */
static bool read_number(struct reader *reader, uint64_t *number)
{
    unsigned char byte = MORE;

    *number = 0;
    for (unsigned bits = 0; byte & MORE; bits += BITS_A_BYTE) {
        if (reader->left == 0 || bits >= NUMBER_BITS)
            return false;
        byte = (unsigned char)*reader->at++;
        reader->left--;
        if ((bits > 0 && byte == 0) || (bits + BITS_A_BYTE > NUMBER_BITS && byte > 1))
            return false;
        *number |= (uint64_t)(byte & ~MORE) << bits;
    }
    return true;
}

static bool read_time(struct reader *reader, int64_t *ms)
{
    uint64_t folded;

    if (!read_number(reader, &folded))
        return false;
    *ms = (int64_t)(folded & 1 ? ~(folded >> 1) : folded >> 1);
    return true;
}

/* Points text at the next string; one that holds a NUL is none of ours. */
static bool read_string(struct reader *reader, const char **text, size_t *size)
{
    uint64_t length;

    if (!read_number(reader, &length) || length >= reader->left)
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
    if (reader->left < ULID_BYTES)
        return false;
    ulid_unpack((const uint8_t *)reader->at, event->id);
    reader->at += ULID_BYTES;
    reader->left -= ULID_BYTES;
    return read_time(reader, &event->received_ms) && read_time(reader, &event->occurred_ms);
}

static bool read_strings(struct reader *reader, const char **const *strings, size_t count)
{
    size_t size;

    for (size_t i = 0; i < count; i++)
        if (!read_string(reader, strings[i], &size))
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

    return read_strings(reader, strings, 1) && read_string(reader, &event->payload, &event->payload_size) &&
           reader->left == 0;
}

/* A later one waits for the program that knows it; there is none for an earlier one. */
static bool read_version(struct reader *reader, struct error *err)
{
    if (reader->left == 0)
        return error_set(err, ERROR_INVALID, "event record is empty");
    int version = (unsigned char)reader->at[0];
    if (version != EVENT_VERSION)
        return error_set(err, version > EVENT_VERSION ? ERROR_UNAVAILABLE : ERROR_INVALID,
                         "event record has version %d, this program reads %d", version, EVENT_VERSION);
    reader->at++;
    reader->left--;
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
