/*
 * queue_state.h - what the files of this folder share behind the struct queue.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/queue.h"
#include "queue/redis.h"

struct batch;
struct wait;

/* How fast an account may go, as its owner told us. */
struct limit {
    char *account;
    double requests_per_second;
    double burst;
    unsigned max_in_flight;
};

/* One queue_when_ready. */
struct waiter {
    struct waiter *next;
    struct queue *queue;
    struct timer *timer;
    queue_done_fn *fn;
    void *arg;
};

struct queue {
    struct loop *loop;
    struct queue_options options; /* with defaults; its url is NULL after opening */
    struct redis *redis;
    struct waiter *waiters;

    struct batch *batch; /* events stored in this turn, to be sent in the next; NULL for none */
    struct timer *batch_timer;

    struct wait *wait;

    struct limit *limits;
    size_t limit_count;
    bool are_limits_sent;

    uint64_t last_token; /* the newest claim this queue has seen */
    char *unseen_worker; /* whose exchange got no answer: it may own claims it does not know; NULL for none */
};

/* Sends the limits again, when the queue is ready. */
void queue_send_limits(struct queue *queue);

/* Gives back what unseen_worker was promised and never told. */
void queue_release_unseen(struct queue *queue);

/* Whether events are gathered for the next turn; answers them when queue is closed. */
void queue_batch_close(struct queue *queue);

MUST_CHECK struct wait *wait_open(struct queue *queue, const char *url, struct error *err);
void wait_close(struct wait *wait); /* takes NULL */

/* A script whose answer is no more than "it went well": answered through fn. */
void queue_run(struct queue *queue, enum script script, const struct args *args, queue_done_fn *fn, void *arg);
