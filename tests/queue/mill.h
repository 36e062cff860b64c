/*
 * mill.h - grinds events through a queue whatever happens to Redis: stores them as a sender would, again until each is
 * acknowledged, and claims and settles them as a worker would. For tests of failovers, moves and restarts.
 *
 * Each event belongs to a lane, and the next of a lane is only stored when the one before was acknowledged, so that the
 * order in which they must run is known. Every event that was acknowledged must be settled; a run out of order, of what
 * was settled before, or beside another of its lane fails the test.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"
#include "queue/queue.h"

#include <stdbool.h>
#include <stddef.h>

enum { MILL_ACCOUNTS = 16, MILL_LANES = 4 }; /* lanes of each account */

struct mill;

struct mill_counts {
    size_t stored; /* acknowledged */
    size_t settled;
    size_t again;            /* runs of what had been run before, each of them told that it may have been */
    int64_t last_stored_ms;  /* monotonic */
    int64_t last_settled_ms; /* monotonic */
};

/* queue and loop are borrowed. It starts at once, and ends by itself when `events` have been stored and settled. */
struct mill *mill_open(struct loop *loop, struct queue *queue, size_t events);
void mill_close(struct mill *mill);

const struct mill_counts *mill_counts(const struct mill *mill);

/* Runs the loop until so many events are settled (0: all of them); fails the test after 30 s. */
void mill_run(struct mill *mill, size_t settled);
