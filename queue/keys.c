/*
 * keys.c - lane names and digests of delivery ids: the only place where outside text becomes part of a key.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/keys.h"

#include "base/crypto.h"
#include "base/mem.h"

#include <string.h>

#define NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"

enum { DIGEST_BYTES = 15 }; /* 120 bits: no two ids meet by chance, and base64 needs no padding */

bool key_name_is(const char *name)
{
    size_t size = strlen(name);

    return size > 0 && size <= EVENT_NAME_MAX && strspn(name, NAME_BYTES) == size;
}

char *lane_name_of(const struct event *event)
{
    if (event->order_key[0] == '\0')
        return mem_printf("%s:%s", event->account, event->id);
    return mem_printf("%s/%s", event->account, event->order_key);
}

/* The NUL behind each name keeps ("a", "bc") and ("ab", "c") apart. */
void seen_digest_of(const struct event *event, char digest[SEEN_DIGEST_SIZE])
{
    const struct bytes parts[] = {
        {event->account, strlen(event->account) + 1},
        {event->source, strlen(event->source) + 1},
        {event->delivery_id, strlen(event->delivery_id)},
    };
    uint8_t hash[SHA256_SIZE];
    struct buf text;

    digest[0] = '\0';
    if (event->delivery_id[0] == '\0')
        return;
    buf_init(&text, SEEN_DIGEST_SIZE - 1);
    crypto_sha256(parts, COUNT_OF(parts), hash);
    crypto_base64_encode(hash, DIGEST_BYTES, &text);
    memcpy(digest, text.data, text.size + 1);
    buf_clear(&text);
}

bool event_check(const struct event *event, struct error *err)
{
    const char *const keys[] = {event->type, event->order_key, event->delivery_id};

    if (!ulid_is(event->id))
        return error_set(err, ERROR_INVALID, "an event needs an id");
    if (!key_name_is(event->account) || !key_name_is(event->source))
        return error_set(err, ERROR_INVALID,
                         "account and source of an event must be names: 1 to %d of A-Z a-z 0-9 _ . -", EVENT_NAME_MAX);
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (strlen(keys[i]) > EVENT_KEY_MAX)
            return error_set(err, ERROR_INVALID, "type, order key or delivery id of an event is over %d bytes",
                             EVENT_KEY_MAX);
    if (strlen(event->headers) > EVENT_HEADERS_MAX || event->payload_size > EVENT_PAYLOAD_MAX)
        return error_set(err, ERROR_INVALID, "headers or payload of an event are too large");
    return true;
}
