/*
 * redis_place.h - which address to connect to next: the one there is, a sentinel to ask, or a node of a cluster.
 *
 * It keeps what the url says and what was learned: a cluster's nodes tell which of them has a slot, and those are
 * remembered, so that a queue outlives the nodes that its url names. It does no I/O.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/redis_url.h"

#define REDIS_PLACES_MAX (2 * REDIS_HOSTS_MAX)

struct redis_place {
    struct redis_address known[REDIS_PLACES_MAX]; /* those of the url first; owned */
    size_t count;
    size_t at;
};

/* Copies the hosts of url. */
void redis_place_init(struct redis_place *place, const struct redis_url *url);
void redis_place_clear(struct redis_place *place);

/* The address to try now; borrowed until the next call. Not for the url of a socket. */
const struct redis_address *redis_place_now(const struct redis_place *place);

/* It did not answer, or was not the right one: the next in turn. */
void redis_place_failed(struct redis_place *place);

/* "MOVED 3999 127.0.0.1:6381": that is the address now. False when the text is something else. */
MUST_CHECK bool redis_place_moved(struct redis_place *place, const char *text);
