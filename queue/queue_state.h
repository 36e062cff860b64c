/*
 * queue_state.h - what queue.c and the queue_*.c files share: the shards that make one queue.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/shard.h"

/* One queue_when_ready. */
struct waiter {
    struct waiter *next;
    struct queue *queue;
    struct timer *timer;
    queue_done_fn *fn;
    void *arg;
};

/* A shard as the queue sees it. */
struct member {
    struct queue *queue;
    struct shard *shard;
    bool may_have;   /* there may be something to claim */
    bool is_waiting; /* a shard_wait is under way */
    int64_t due_ms;  /* monotonic: when something parked is due; -1 for never */
};

struct queue {
    struct loop *loop;
    struct queue_options options; /* with defaults, each shard's share of bounds; its url is NULL after opening */
    struct member *members;
    unsigned count;
    unsigned turn; /* the member that gets the next odd claim */
    bool is_closing;

    struct waiter *waiters;
    loop_fn *returned;
    void *returned_arg;

    queue_done_fn *woken; /* who waits for work; NULL for nobody */
    void *woken_arg;
};

/* The shard of an account, or of a lane, which starts with its account. */
struct shard *queue_shard_of(const struct queue *queue, const char *account);
unsigned queue_number_of_lane(const struct queue *queue, const char *lane);
