/*
 * enqueue.c - storing events. Those of one turn of the loop are stored by few calls of one script.
 *
 * The script's fixed cost, the counters and the write to the socket are then paid once for many events. A batch is all
 * or nothing to Redis, and small enough that Redis is not held up by one.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/mem.h"
#include "queue/keys.h"
#include "queue/reply.h"
#include "queue/shard.h"

#include <string.h>

enum { BATCH_EVENTS = 32, BATCH_BYTES = 1 << 20 };

/* One event on its way. */
struct stored {
    queue_stored_fn *fn;
    void *arg;
    char id[ULID_SIZE];
    char digest[SEEN_DIGEST_SIZE];
    char *lane;
    struct buf record;
    size_t max_waiting;   /* of its account; 0: no limit */
    struct error refusal; /* why it is not even sent; ERROR_NONE otherwise */
};

struct batch {
    struct shard *shard;
    struct stored events[BATCH_EVENTS];
    size_t count;
    size_t bytes;
};

static void clear_batch(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        mem_free(batch->events[i].lane);
        buf_clear(&batch->events[i].record);
    }
    mem_free(batch);
}

static void answer_stored(const struct stored *stored, const redisReply *result)
{
    static const enum queue_stored results[] = {QUEUE_STORED, QUEUE_FULL, QUEUE_ACCOUNT_FULL}; /* as the script says */
    const char *first_id = reply_text(result);
    size_t number = (size_t)reply_number(result);

    if (first_id[0])
        stored->fn(stored->arg, QUEUE_DUPLICATE, first_id, NULL);
    else
        stored->fn(stored->arg, number < COUNT_OF(results) ? results[number] : QUEUE_FULL, stored->id, NULL);
}

/* The sent ones are answered in order by results; the refused ones were not sent. */
static void on_stored(void *arg, const redisReply *reply, const struct error *err)
{
    struct batch *batch = arg;
    struct error strange;
    size_t at = 0;

    if (!err && !reply_has(reply, 0, &strange))
        err = &strange;
    for (size_t i = 0; i < batch->count; i++) {
        struct stored *stored = &batch->events[i];

        if (stored->refusal.kind != ERROR_NONE)
            stored->fn(stored->arg, QUEUE_UNAVAILABLE, stored->id, &stored->refusal);
        else if (err)
            stored->fn(stored->arg, QUEUE_UNAVAILABLE, stored->id, err);
        else
            answer_stored(stored, reply_at(reply, at++));
    }
    clear_batch(batch);
}

static void add_event_args(struct args *args, const struct stored *stored)
{
    args_text(args, stored->digest);
    args_text(args, stored->id);
    args_text(args, stored->lane);
    args_bytes(args, stored->record.data, stored->record.size);
    args_number(args, (int64_t)stored->max_waiting);
}

static void send_batch(struct shard *shard)
{
    const struct queue_options *options = shard->options;
    struct batch *batch = shard->batch;
    struct args args;

    shard->batch = NULL;
    args_init(&args);
    args_number(&args, options->duplicate_window_ms);
    args_number(&args, (int64_t)options->max_events);
    args_number(&args, (int64_t)options->max_bytes);
    for (size_t i = 0; i < batch->count; i++)
        if (batch->events[i].refusal.kind == ERROR_NONE)
            add_event_args(&args, &batch->events[i]);
    redis_script(shard->redis, SCRIPT_ENQUEUE, &args, on_stored, batch);
    args_clear(&args);
}

static void on_batch_timer(void *arg)
{
    struct shard *shard = arg;

    if (shard->batch)
        send_batch(shard);
}

static struct batch *open_batch(struct shard *shard)
{
    if (!shard->batch_timer)
        shard->batch_timer = timer_new(shard->loop, on_batch_timer, shard);
    if (!shard->batch) {
        shard->batch = mem_new(sizeof(*shard->batch));
        shard->batch->shard = shard;
        timer_start(shard->batch_timer, 0);
    }
    return shard->batch;
}

void shard_enqueue(struct shard *shard, const struct event *event, size_t max_waiting, queue_stored_fn *fn, void *arg)
{
    struct batch *batch = open_batch(shard);
    struct stored *stored = &batch->events[batch->count++];

    stored->fn = fn;
    stored->arg = arg;
    stored->max_waiting = max_waiting;
    memcpy(stored->id, event->id, sizeof(stored->id));
    buf_init(&stored->record, EVENT_PAYLOAD_MAX + EVENT_HEADERS_MAX + EVENT_HEAD_MAX);
    if (event_check(event, &stored->refusal)) {
        event_encode(event, &stored->record);
        seen_digest_of(event, stored->digest);
        stored->lane = lane_name_of(event);
    }
    batch->bytes += stored->record.size;
    if (batch->count == BATCH_EVENTS || batch->bytes >= BATCH_BYTES)
        send_batch(shard);
}

void shard_batch_close(struct shard *shard)
{
    if (shard->batch)
        send_batch(shard);
    timer_free(shard->batch_timer);
    shard->batch_timer = NULL;
}
