/*
 * event.h - the record of one accepted webhook delivery, and its bytes in Redis.
 *
 * The bytes are opaque to the scripts. They start with a version; a reader that does not know it says so with
 * ERROR_UNAVAILABLE, and the event waits for a newer program instead of dying.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "base/ulid.h"

#include <stddef.h>
#include <stdint.h>

#define EVENT_NAME_MAX    64          /* bytes in an account's, a source's or an action's name */
#define EVENT_KEY_MAX     200         /* bytes in an ordering key, a type or a delivery id */
#define EVENT_HEADERS_MAX 8192        /* bytes of kept headers */
#define EVENT_PAYLOAD_MAX (64u << 20) /* bytes of a payload */
#define EVENT_HEAD_MAX    1024        /* bytes that hold all but headers and payload */

/* All pointers are borrowed; strings end with a NUL. "" stands for what was not given. */
struct event {
    char id[ULID_SIZE];
    int64_t received_ms; /* when the receiver accepted it */
    int64_t occurred_ms; /* when the sender says it happened; 0 when it does not say */
    const char *account;
    const char *source;
    const char *type;        /* the event type rules match with "on" */
    const char *order_key;   /* events of one account with the same key run one after another; "" for none */
    const char *delivery_id; /* the sender's id of this delivery, or a digest of the body */
    const char *headers;     /* a JSON object of the request's headers, lower-case names, secrets left out */
    const char *payload;     /* the raw body, valid JSON, with a NUL behind it */
    size_t payload_size;
};

void event_encode(const struct event *event, struct buf *out);

/* Fills event with pointers into bytes, which must stay. */
MUST_CHECK bool event_decode(const char *bytes, size_t size, struct event *event, struct error *err);

/* The same from the first EVENT_HEAD_MAX bytes or more of a record; headers and payload are "". */
MUST_CHECK bool event_decode_head(const char *bytes, size_t size, struct event *event, struct error *err);
