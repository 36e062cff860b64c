/*
 * answer.h - an answer of the API, sent at once or held back as latency and faults will have it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/parts.h"

struct answer {
    struct answer *next, **link;
    struct sandbox *sandbox;
    struct http_exchange *exchange;
    struct timer *timer; /* while held back */
    int status;
    const char *content_type;
    char *body;        /* owned; NULL for none */
    char *retry_after; /* owned; NULL for none */
    uint64_t write;    /* its number in the ledger; 0: nothing was written */
    int64_t delay_ms;
    bool is_dropped; /* close the connection instead */
};

/* The request counts as in flight until the answer is sent. */
struct answer *answer_new(struct sandbox *sandbox, struct http_exchange *exchange);

/* Sends it after its delay, and frees it. */
void answer_send(struct answer *answer);

/* Frees it without touching the exchange, which is gone. */
void answer_free(struct answer *answer);
