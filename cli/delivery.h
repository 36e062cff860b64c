/*
 * delivery.h - one webhook on its way to a receiver, signed as its source signs. For send and demo.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "cli/fetch.h"
#include "config/config.h"

#include <stddef.h>

/* All borrowed. */
struct delivery {
    const char *base_url; /* of the receiver */
    const struct source *source;
    const char *account; /* NULL when the source has one of its own */
    const char *id;
    const char *body;
    size_t body_size;
};

/* Where it goes: base_url/in/{source}[/{account}]. Owned (mem_free). */
char *delivery_url(const struct delivery *delivery);

/* Posts it, signed with the source's first secret, and waits for the answer. */
void delivery_send(const struct delivery *delivery, struct loop *loop, struct http_client *client,
                   struct fetched *answer);
