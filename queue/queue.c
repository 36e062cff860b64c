/*
 * queue.c - opening and closing a queue, waiting until it is ready, and its defaults. What it does is in the files
 * beside: enqueue.c, exchange.c, wait.c, rate.c, upkeep.c, inspect_*.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/queue.h"

#include "base/log.h"
#include "base/mem.h"
#include "queue/queue_state.h"

#include <assert.h>

#define SECOND_MS INT64_C(1000)
#define HOUR_MS   (3600 * SECOND_MS)

static void take_defaults(struct queue_options *options)
{
    static const struct queue_options defaults = {
        .lease_ms = 30 * SECOND_MS,
        .duplicate_window_ms = 72 * HOUR_MS,
        .done_keep_ms = 24 * HOUR_MS,
        .done_keep_count = 100000,
        .max_events = 1000000,
        .max_bytes = (size_t)1 << 30,
        .answer_ms = 5 * SECOND_MS,
        .max_crashes = 3,
    };

    options->lease_ms = options->lease_ms ? options->lease_ms : defaults.lease_ms;
    options->duplicate_window_ms =
        options->duplicate_window_ms ? options->duplicate_window_ms : defaults.duplicate_window_ms;
    options->done_keep_ms = options->done_keep_ms ? options->done_keep_ms : defaults.done_keep_ms;
    options->done_keep_count = options->done_keep_count ? options->done_keep_count : defaults.done_keep_count;
    options->max_events = options->max_events ? options->max_events : defaults.max_events;
    options->max_bytes = options->max_bytes ? options->max_bytes : defaults.max_bytes;
    options->answer_ms = options->answer_ms ? options->answer_ms : defaults.answer_ms;
    options->max_crashes = options->max_crashes ? options->max_crashes : defaults.max_crashes;
}

/* ---- being ready ---- */

static void unlink_waiter(struct waiter *waiter)
{
    struct waiter **link = &waiter->queue->waiters;

    while (*link != waiter)
        link = &(*link)->next;
    *link = waiter->next;
}

static void answer_waiter(struct waiter *waiter, const struct error *err)
{
    queue_done_fn *fn = waiter->fn;
    void *arg = waiter->arg;

    unlink_waiter(waiter);
    timer_free(waiter->timer);
    mem_free(waiter);
    fn(arg, err);
}

static void on_waiter_timer(void *arg)
{
    struct waiter *waiter = arg;
    const struct error *trouble = redis_trouble(waiter->queue->redis);
    struct error err;

    if (queue_is_ready(waiter->queue)) {
        answer_waiter(waiter, NULL);
        return;
    }
    if (trouble->text[0])
        err = *trouble;
    else
        error_set(&err, ERROR_UNAVAILABLE, "redis did not answer in time");
    answer_waiter(waiter, &err);
}

void queue_when_ready(struct queue *queue, int64_t timeout_ms, queue_done_fn *fn, void *arg)
{
    struct waiter *waiter = mem_new(sizeof(*waiter));

    waiter->queue = queue;
    waiter->fn = fn;
    waiter->arg = arg;
    waiter->timer = timer_new(queue->loop, on_waiter_timer, waiter);
    waiter->next = queue->waiters;
    queue->waiters = waiter;
    timer_start(waiter->timer, queue_is_ready(queue) ? 0 : timeout_ms);
}

/* Those who wait are told on their own turn, as one of them may close the queue. */
static void on_ready(void *arg)
{
    struct queue *queue = arg;

    queue_release_unseen(queue);
    queue_send_limits(queue);
    for (struct waiter *waiter = queue->waiters; waiter; waiter = waiter->next)
        timer_start(waiter->timer, 0);
}

bool queue_is_ready(const struct queue *queue)
{
    return redis_is_ready(queue->redis);
}

/* ---- life ---- */

struct queue *queue_open(struct loop *loop, const struct queue_options *options, struct error *err)
{
    struct queue *queue = mem_new(sizeof(*queue));
    struct redis_options connection;

    queue->loop = loop;
    queue->options = *options;
    queue->options.url = NULL; /* it may hold a password */
    take_defaults(&queue->options);
    connection = (struct redis_options){.url = options->url,
                                        .answer_ms = queue->options.answer_ms,
                                        .with_scripts = true,
                                        .on_ready = on_ready,
                                        .arg = queue};
    queue->redis = redis_open(loop, &connection, err);
    if (queue->redis)
        queue->wait = wait_open(queue, options->url, err);
    if (queue->wait)
        return queue;
    redis_close(queue->redis);
    mem_free(queue);
    return NULL;
}

static void free_limits(struct queue *queue)
{
    for (size_t i = 0; i < queue->limit_count; i++)
        mem_free(queue->limits[i].account);
    mem_free(queue->limits);
}

void queue_close(struct queue *queue)
{
    struct error err;

    if (!queue)
        return;
    error_set(&err, ERROR_UNAVAILABLE, "the queue is being closed");
    wait_close(queue->wait);
    queue->wait = NULL;
    queue_batch_close(queue);
    redis_close(queue->redis);
    while (queue->waiters)
        answer_waiter(queue->waiters, &err);
    free_limits(queue);
    mem_free(queue->unseen_worker);
    mem_free(queue);
}

/* ---- scripts that answer no more than that it went well ---- */

struct run {
    queue_done_fn *fn;
    void *arg;
};

static void on_run(void *arg, const redisReply *reply, const struct error *err)
{
    struct run run = *(struct run *)arg;

    (void)reply;
    mem_free(arg);
    run.fn(run.arg, err);
}

void queue_run(struct queue *queue, enum script script, const struct args *args, queue_done_fn *fn, void *arg)
{
    struct run *run = mem_new(sizeof(*run));

    run->fn = fn;
    run->arg = arg;
    redis_script(queue->redis, script, args, on_run, run);
}
