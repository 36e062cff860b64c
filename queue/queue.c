/*
 * queue.c - one queue made of shards: opening and closing, being ready, and all that concerns a single account.
 *
 * An account lives in one shard, by its name. What concerns many is in the queue_*.c files; what a shard does is in
 * shard.c and the files that it names.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/queue.h"

#include "base/mem.h"
#include "queue/queue_state.h"
#include "queue/redis_url.h"

#include <string.h>

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
        .replicas = 1,
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
    options->replicas = options->replicas ? options->replicas : defaults.replicas;
    options->shards = options->shards ? options->shards : 1;
}

/* A shard knows no other, so each keeps to its part of the whole. */
static void share_bounds(struct queue_options *options)
{
    size_t shards = options->shards;

    options->max_events = (options->max_events + shards - 1) / shards;
    options->max_bytes = (options->max_bytes + shards - 1) / shards;
    options->done_keep_count = (options->done_keep_count + shards - 1) / shards;
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

/* Of the first shard that is refused, or else of the first that is not ready. */
void queue_trouble(const struct queue *queue, struct error *err)
{
    error_set(err, ERROR_UNAVAILABLE, "redis did not answer in time");
    for (unsigned i = queue->count; i-- > 0;) {
        const struct error *trouble = shard_trouble(queue->members[i].shard);
        bool says_more = trouble->kind == ERROR_REFUSED || err->kind != ERROR_REFUSED;

        if (!shard_is_ready(queue->members[i].shard) && trouble->text[0] && says_more)
            *err = *trouble;
    }
}

static void on_waiter_timer(void *arg)
{
    struct waiter *waiter = arg;
    struct error err;

    if (queue_is_ready(waiter->queue)) {
        answer_waiter(waiter, NULL);
        return;
    }
    queue_trouble(waiter->queue, &err);
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

void queue_on_return(struct queue *queue, loop_fn *fn, void *arg)
{
    queue->returned = fn;
    queue->returned_arg = arg;
}

/* Those who wait are told on their own turn, as one of them may close the queue. */
static void tell_waiters(struct queue *queue)
{
    for (struct waiter *waiter = queue->waiters; waiter; waiter = waiter->next)
        timer_start(waiter->timer, 0);
}

static void on_shard_ready(void *arg)
{
    struct member *member = arg;
    struct queue *queue = member->queue;

    member->may_have = true;
    for (unsigned i = 0; i < queue->count && member == queue->members; i++)
        proof_follow(queue->members[i].shard->proof);
    if (queue_is_ready(queue))
        tell_waiters(queue);
    if (queue->returned)
        queue->returned(queue->returned_arg);
}

static void on_shard_refused(void *arg)
{
    struct member *member = arg;

    tell_waiters(member->queue);
}

/* Whoever asks while it is being closed must not look into shards that are gone. */
bool queue_is_ready(const struct queue *queue)
{
    if (queue->is_closing)
        return false;
    for (unsigned i = 0; i < queue->count; i++)
        if (!shard_is_ready(queue->members[i].shard))
            return false;
    return true;
}

bool queue_is_usable(const struct queue *queue)
{
    for (unsigned i = 0; i < queue->count; i++)
        if (shard_is_ready(queue->members[i].shard))
            return true;
    return false;
}

/* ---- life ---- */

bool queue_check_url(const char *text, struct error *err)
{
    struct redis_url url;
    bool is_right = redis_url_parse(text, &url, err);

    redis_url_clear(&url);
    return is_right;
}

static bool open_members(struct queue *queue, struct error *err)
{
    struct shard_owner owner = {.on_ready = on_shard_ready, .on_refused = on_shard_refused};

    queue->members = mem_new(queue->options.shards * sizeof(*queue->members));
    for (; queue->count < queue->options.shards; queue->count++) {
        struct member *member = &queue->members[queue->count];

        *member = (struct member){.queue = queue, .due_ms = -1};
        owner.arg = member;
        member->shard = shard_open(queue->loop, queue->members[0].shard, queue->count, &queue->options, &owner, err);
        if (!member->shard)
            return false;
    }
    return true;
}

struct queue *queue_open(struct loop *loop, const struct queue_options *options, struct error *err)
{
    struct queue *queue = mem_new(sizeof(*queue));

    queue->loop = loop;
    queue->options = *options;
    take_defaults(&queue->options);
    share_bounds(&queue->options);
    if (open_members(queue, err)) {
        queue->options.url = NULL; /* it may hold a password */
        return queue;
    }
    queue_close(queue);
    return NULL;
}

void queue_close(struct queue *queue)
{
    struct error err;

    if (!queue)
        return;
    queue->is_closing = true;
    error_set(&err, ERROR_UNAVAILABLE, "the queue is being closed");
    for (unsigned i = 0; i < queue->count; i++)
        shard_close(queue->members[i].shard);
    queue->count = 0;
    while (queue->waiters)
        answer_waiter(queue->waiters, &err);
    mem_free(queue->members);
    mem_free(queue);
}

/* ---- what concerns one account ---- */

struct shard *queue_shard_of(const struct queue *queue, const char *account)
{
    return queue->members[key_shard_of(account, queue->count)].shard;
}

unsigned queue_number_of_lane(const struct queue *queue, const char *lane)
{
    char *account;
    unsigned number;

    if (queue->count == 1)
        return 0;
    account = mem_copy(lane, strcspn(lane, "/:"));
    number = key_shard_of(account, queue->count);
    mem_free(account);
    return number;
}

bool queue_has_lane(const struct queue *queue, const char *lane)
{
    return shard_is_ready(queue->members[queue_number_of_lane(queue, lane)].shard);
}

void queue_enqueue(struct queue *queue, const struct event *event, queue_stored_fn *fn, void *arg)
{
    queue_enqueue_within(queue, event, 0, fn, arg);
}

void queue_enqueue_within(struct queue *queue, const struct event *event, size_t max_waiting, queue_stored_fn *fn,
                          void *arg)
{
    shard_enqueue(queue_shard_of(queue, event->account), event, max_waiting, fn, arg);
}

void queue_set_limits(struct queue *queue, const char *account, const struct queue_limits *limits)
{
    if (key_name_is(account))
        shard_set_limits(queue_shard_of(queue, account), account, limits);
}

void queue_reserve(struct queue *queue, const char *account, unsigned count, queue_reserved_fn *fn, void *arg)
{
    shard_reserve(queue_shard_of(queue, account), account, count, fn, arg);
}

void queue_pause(struct queue *queue, const char *account, const char *reason, queue_done_fn *fn, void *arg)
{
    shard_pause(queue_shard_of(queue, account), account, reason, fn, arg);
}

void queue_resume(struct queue *queue, const char *account, queue_done_fn *fn, void *arg)
{
    shard_resume(queue_shard_of(queue, account), account, fn, arg);
}

void queue_resume_suspended(struct queue *queue, const char *account, queue_done_fn *fn, void *arg)
{
    shard_resume_suspended(queue_shard_of(queue, account), account, fn, arg);
}
