/*
 * heartbeat.h - says that a worker lives, and renews the leases of what it has in hand.
 *
 * Every third of a lease, and when Redis is there again. A run whose lease is lost is let go: it is somebody else's.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"
#include "queue/queue.h"
#include "worker/roster.h"

#include <stdint.h>

struct heartbeat;

/* All borrowed. changed is called after each answer: something may be lost, or Redis away. */
struct heartbeat_options {
    struct queue *queue;
    struct roster *roster;
    const char *worker;
    int64_t lease_ms;
    loop_fn *changed;
    void *arg;
};

struct heartbeat *heartbeat_new(struct loop *loop, const struct heartbeat_options *options);
void heartbeat_free(struct heartbeat *heartbeat); /* the queue must be closed; takes NULL */

void heartbeat_now(struct heartbeat *heartbeat);
