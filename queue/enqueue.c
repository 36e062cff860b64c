/*
 * enqueue.c - storing events. Those of one turn of the loop are stored by few calls of one script.
 *
 * The script's fixed cost, the counters and the write to the socket are then paid once for many events. A batch is all
 * or nothing to Redis, and small enough that Redis is not held up by one. Where redis.durability asks for it, confirm.c
 * waits for disk or replicas behind the batches of a turn.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/mem.h"
#include "queue/confirm.h"
#include "queue/keys.h"
#include "queue/reply.h"
#include "queue/shard.h"

#include <stdio.h>
#include <string.h>

enum { BATCH_EVENTS = 16, BATCH_BYTES = 1 << 20 };

/* One event on its way. */
struct stored {
    queue_stored_fn *fn;
    void *arg;
    char id[ULID_SIZE];
    uint8_t packed_id[ULID_BYTES];
    char digest[SEEN_DIGEST_SIZE];
    size_t digest_size;
    char *lane;
    struct buf record;
    size_t max_waiting;   /* of its account; 0: no limit */
    struct error refusal; /* why it is not even sent; ERROR_NONE otherwise */
    enum queue_stored result;
    char first_id[ULID_SIZE]; /* of a duplicate */
};

struct batch {
    struct shard *shard;
    struct stored events[BATCH_EVENTS];
    size_t count;
    size_t bytes;
    struct error err;   /* why none was stored; ERROR_NONE otherwise */
    bool is_run;        /* the script's answer has come */
    bool is_to_confirm; /* what comes behind it has not */
};

static void clear_batch(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        mem_free(batch->events[i].lane);
        buf_clear(&batch->events[i].record);
    }
    mem_free(batch);
}

static void answer_stored(const struct stored *stored, const struct error *err)
{
    if (err)
        stored->fn(stored->arg, QUEUE_UNAVAILABLE, stored->id, err);
    else
        stored->fn(stored->arg, stored->result, stored->result == QUEUE_DUPLICATE ? stored->first_id : stored->id,
                   NULL);
}

/* When the script was run, and what it did is as safe as it must be. */
static void answer_batch(struct batch *batch)
{
    if (!batch->is_run || batch->is_to_confirm)
        return;
    for (size_t i = 0; i < batch->count; i++) {
        const struct error *refusal = &batch->events[i].refusal;
        const struct error *err = refusal->kind != ERROR_NONE ? refusal : &batch->err;

        answer_stored(&batch->events[i], err->kind != ERROR_NONE ? err : NULL);
    }
    clear_batch(batch);
}

static void note_result(struct stored *stored, const redisReply *result)
{
    static const enum queue_stored results[] = {QUEUE_STORED, QUEUE_FULL, QUEUE_ACCOUNT_FULL}; /* as the script says */

    if (result && result->type == REDIS_REPLY_STRING && result->len == ULID_BYTES) {
        stored->result = QUEUE_DUPLICATE;
        ulid_unpack((const uint8_t *)result->str, stored->first_id);
    } else if (result && result->type == REDIS_REPLY_INTEGER && (size_t)result->integer < COUNT_OF(results)) {
        stored->result = results[result->integer];
    } else { /* never an acknowledgement */
        error_set(&stored->refusal, ERROR_UNAVAILABLE, "redis answered what no script of ours does");
    }
}

/* The sent ones are answered in order by results; the refused ones were not sent. */
static void note_results(struct batch *batch, const redisReply *reply)
{
    size_t at = 0;

    for (size_t i = 0; i < batch->count; i++)
        if (batch->events[i].refusal.kind == ERROR_NONE)
            note_result(&batch->events[i], reply_at(reply, at++));
}

static void on_stored(void *arg, const redisReply *reply, const struct error *err)
{
    struct batch *batch = arg;

    batch->is_run = true;
    if (err)
        batch->err = *err;
    else if (shard_check_number(batch->shard, reply, &batch->err) && reply_has(reply, 0, &batch->err))
        note_results(batch, reply);
    answer_batch(batch);
}

/* A script that was lost and loaded again ran behind what was to confirm it. */
static void on_confirmed(void *arg, const struct error *err)
{
    struct batch *batch = arg;

    if (!err && !batch->is_run) {
        confirm_add(batch->shard->confirm, on_confirmed, batch);
        confirm_flush(batch->shard->confirm);
        return;
    }
    batch->is_to_confirm = false;
    if (err && batch->err.kind == ERROR_NONE)
        batch->err = *err;
    answer_batch(batch);
}

static void add_event_args(struct args *args, const struct stored *stored)
{
    args_bytes(args, stored->digest, stored->digest_size ? SEEN_BUCKET_SIZE : 0);
    args_bytes(args, stored->digest + SEEN_BUCKET_SIZE, stored->digest_size ? SEEN_DIGEST_SIZE - SEEN_BUCKET_SIZE : 0);
    args_bytes(args, stored->packed_id, sizeof(stored->packed_id));
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

    batch->is_to_confirm = proof_confirmation(shard->proof) != CONFIRM_NONE;
    shard->batch = NULL;
    args_init(&args);
    args_number(&args, options->duplicate_window_ms);
    args_number(&args, (int64_t)options->max_events);
    args_number(&args, (int64_t)options->max_bytes);
    args_number(&args, options->shards);
    args_text(&args, batch->is_to_confirm ? "1" : "0");
    for (size_t i = 0; i < batch->count; i++)
        if (batch->events[i].refusal.kind == ERROR_NONE)
            add_event_args(&args, &batch->events[i]);
    shard_script(shard, SCRIPT_ENQUEUE, &args, on_stored, batch);
    args_clear(&args);
    if (batch->is_to_confirm)
        confirm_add(shard->confirm, on_confirmed, batch);
}

static void on_batch_timer(void *arg)
{
    struct shard *shard = arg;

    if (shard->batch)
        send_batch(shard);
    confirm_flush(shard->confirm);
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
        ulid_pack(event->id, stored->packed_id);
        stored->digest_size = seen_digest_of(event, stored->digest);
        stored->lane = lane_name_of(event);
    }
    batch->bytes += stored->record.size;
    if (batch->count == BATCH_EVENTS || batch->bytes >= BATCH_BYTES) {
        send_batch(shard);
        redis_push(shard->redis);
    }
}

void shard_batch_close(struct shard *shard)
{
    if (shard->batch)
        send_batch(shard);
    confirm_flush(shard->confirm);
    timer_free(shard->batch_timer);
    shard->batch_timer = NULL;
}
