/*
 * gateway.h - the way to one account's Pinpoint: its address and key, its share of the rate, what is known of it.
 *
 * Several runs that ask the same shared read at the same moment get the answer of one request. While the account
 * rests after a 429, nothing is sent.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"
#include "config/config.h"
#include "http/client.h"
#include "pinpoint/catalogue.h"
#include "pinpoint/request.h"
#include "pinpoint/response.h"
#include "queue/queue.h"

#include <stdbool.h>
#include <stdint.h>

struct gateway;
struct gateway_call;

/* What came of a request; borrowed, gone after the callback. */
struct answer {
    enum meaning meaning;
    bool is_late;             /* nothing was sent: the lease was over when its turn came */
    bool maybe_written;       /* a write that may have taken effect although nothing says so */
    struct response response; /* status 0 when there was none */
    int64_t delay_ms;         /* asked for by Retry-After (or drawn, for a 429 without one); 0 for none */
    int64_t duration_ms;
    const char *problem; /* for people, when meaning is not MEANING_OK: "503", "timed out after 30 s" */
};

typedef void gateway_fn(void *arg, const struct answer *answer);

/* account and the others are borrowed and must outlive the gateway. */
struct gateway *gateway_new(struct loop *loop, struct queue *queue, struct http_client *client,
                            const struct account *account);
void gateway_free(struct gateway *gateway); /* no call may be left; takes NULL */

struct catalogue *gateway_catalogue(struct gateway *gateway);

/* What stands behind a request. */
struct gateway_ticket {
    bool is_paid; /* the claim took a token of the rate for it: it need not wait */
    const int64_t
        *lease_until_ms; /* monotonic; no write is sent from then on. Looked at as late as can be. NULL: none */
};

/* Sends request (copied) when its turn comes. What ticket points to must stay until fn is called. */
struct gateway_call *gateway_send(struct gateway *gateway, const struct request *request, struct gateway_ticket ticket,
                                  gateway_fn *fn, void *arg);

/* Gives up; fn will not be called. Takes NULL. Returns whether a byte of it may have been sent. */
bool gateway_cancel(struct gateway_call *call);
