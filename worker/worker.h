/*
 * worker.h - a worker process: claims events, runs many at a time on one loop, settles them in batches.
 *
 * 1. It exchanges with the queue: what has ended goes in, what may run comes out, one round trip for both.
 * 2. It renews the leases of what it runs, and drops a run whose lease was lost.
 * 3. With nothing to claim it waits to be woken, without polling.
 * 4. Draining, it claims no more, finishes what is in flight within a deadline and gives the rest back.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "base/loop.h"
#include "config/config.h"

#include <stdbool.h>

struct worker;

struct worker_options {
    struct config *config; /* the worker takes it over, also when opening fails */
    const char *redis_url;
    const char *id;   /* of this process, unique among all that ever run; letters, digits, '.', '_', '-' */
    bool has_janitor; /* it does the janitor's work as well: for a worker that runs alone */
    bool is_idle;     /* it claims nothing: with has_janitor this is the janitor process */
};

MUST_CHECK struct worker *worker_open(struct loop *loop, const struct worker_options *options, struct error *err);

/* From the next claim on; takes over config. */
void worker_reload(struct worker *worker, struct config *config);

/* Calls fn when nothing is in flight any more, at the latest shortly after the configuration's drain time. */
void worker_drain(struct worker *worker, loop_fn *fn, void *arg);

/* Takes NULL. What is still in flight is left to the lease. */
void worker_close(struct worker *worker);
