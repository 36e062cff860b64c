/*
 * exchange.h - one request and its answer, as reception.c and exchange.c share it.
 *
 * Part of http/server and used by it alone: everyone else knows exchanges by http/server.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "http/framing.h"
#include "http/peers.h"
#include "http/server.h"

#include <microhttpd.h>
#include <sys/queue.h>

/* An exchange goes from the top to the bottom; from EXCHANGE_HANDED_OUT to one of the two last. */
enum exchange_state {
    EXCHANGE_RECEIVING,  /* its head is there, its body is not complete */
    EXCHANGE_HANDED_OUT, /* the handler has it: it must not be freed, whatever becomes of its connection */
    EXCHANGE_ANSWERED,
    EXCHANGE_DROPPED,
};

struct reception;

struct http_exchange {
    LIST_ENTRY(http_exchange) entry; /* in one of the reception's lists */
    struct reception *reception;
    struct MHD_Connection *connection;
    struct peer *peer;
    enum exchange_state state;
    bool is_suspended;             /* libmicrohttpd leaves the connection alone until it is resumed */
    const struct refusal *refusal; /* why the server answers by itself; NULL when it does not */
    size_t discarded;              /* bytes of the body that were thrown away */
    const char *method;
    const char *path;
    struct buf body;
    struct http_header *asked; /* the request's headers, once somebody has asked for all of them; owned */
    size_t asked_count, asked_capacity;
    struct buf headers; /* of the answer to come: name NUL value NUL … */
};

LIST_HEAD(exchanges, http_exchange);

struct http_exchange *exchange_new(struct reception *reception, size_t max_body_bytes);
void exchange_free(struct http_exchange *exchange);

/* Ready for the next request. A body that was large gives its memory back. */
void exchange_reset(struct http_exchange *exchange);

/* Called by exchange.c when it was answered or dropped; the answer, if there is one, is with libmicrohttpd. */
void reception_take_back(struct http_exchange *exchange);
