/*
 * keys.c - lane names and digests of delivery ids: the only place where outside text becomes part of a key.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/keys.h"

#include "base/crypto.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

#define NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"

enum { CLUSTER_SLOTS = 16384, CRC16_XMODEM = 0x1021 };

void key_tag_of(unsigned shard, char tag[KEY_TAG_SIZE])
{
    snprintf(tag, KEY_TAG_SIZE, "{q%u}:", shard % KEY_SHARDS_MAX);
}

static uint16_t crc16(const char *text, size_t size)
{
    uint16_t crc = 0;

    for (size_t i = 0; i < size; i++) {
        crc ^= (uint16_t)((unsigned char)text[i] << 8);
        for (int bit = 0; bit < 8; bit++)
            crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ CRC16_XMODEM : crc << 1);
    }
    return crc;
}

unsigned key_slot_of(unsigned shard)
{
    char tag[KEY_TAG_SIZE];

    key_tag_of(shard, tag);
    return crc16(tag + 1, strcspn(tag, "}") - 1) % CLUSTER_SLOTS;
}

unsigned key_shard_of(const char *account, unsigned count)
{
    const struct bytes name = {account, strlen(account)};
    uint8_t hash[SHA256_SIZE];

    if (count <= 1)
        return 0;
    crypto_sha256(&name, 1, hash);
    return (((unsigned)hash[0] << 24) + ((unsigned)hash[1] << 16) + ((unsigned)hash[2] << 8) + hash[3]) % count;
}

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
size_t seen_digest_of(const struct event *event, char digest[SEEN_DIGEST_SIZE])
{
    const struct bytes parts[] = {
        {event->account, strlen(event->account) + 1},
        {event->source, strlen(event->source) + 1},
        {event->delivery_id, strlen(event->delivery_id)},
    };
    uint8_t hash[SHA256_SIZE];

    if (event->delivery_id[0] == '\0')
        return 0;
    crypto_sha256(parts, COUNT_OF(parts), hash);
    /* 12 bits for the bucket and 80 within it: no two deliveries meet by chance. */
    snprintf(digest, SEEN_DIGEST_SIZE, "%03x", (hash[0] << 8 | hash[1]) >> 4);
    memcpy(digest + SEEN_BUCKET_SIZE, hash + 2, SEEN_DIGEST_SIZE - SEEN_BUCKET_SIZE);
    return SEEN_DIGEST_SIZE;
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
