/*
 * shard.c - the life of one shard. What it does is in the files beside: enqueue.c, exchange.c, wait.c, rate.c,
 * upkeep.c, inspect_*.c;
 * what it demands of its server in shard_proof.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/shard.h"

#include "base/clock.h"
#include "base/mem.h"
#include "queue/confirm.h"

static void on_redis_ready(void *arg)
{
    struct shard *shard = arg;

    proof_begin(shard->proof);
}

/* Away for so long that a heartbeat was missed? Then leases may be over whose holders live. */
static void note_return(struct shard *shard)
{
    int64_t now_ms = clock_monotonic_ms();

    if (shard->was_ready && now_ms - redis_lost_ms(shard->redis) > shard->options->lease_ms / 3)
        shard->returned_ms = now_ms;
    shard->was_ready = true;
}

static void on_good(void *arg)
{
    struct shard *shard = arg;

    note_return(shard);
    shard_release_unseen(shard);
    shard_send_limits(shard);
    shard->owner.on_ready(shard->owner.arg);
}

static void on_refused(void *arg)
{
    struct shard *shard = arg;

    shard->owner.on_refused(shard->owner.arg);
}

static bool open_connections(struct shard *shard, struct error *err)
{
    struct redis_options connection = {.url = shard->options->url,
                                       .tag = shard->tag,
                                       .answer_ms = shard->options->answer_ms,
                                       .with_scripts = true,
                                       .on_ready = on_redis_ready,
                                       .arg = shard};

    shard->redis = redis_open(shard->loop, &connection, err);
    if (shard->redis)
        shard->wait = wait_open(shard, shard->options->url, err);
    return shard->wait != NULL;
}

struct shard *shard_open(struct loop *loop, const struct shard *first, unsigned number, struct queue_options *options,
                         const struct shard_owner *owner, struct error *err)
{
    struct shard *shard = mem_new(sizeof(*shard));

    shard->loop = loop;
    shard->number = number;
    shard->returned_ms = INT64_MIN / 2;
    shard->first = first ? first : shard;
    shard->options = options;
    shard->owner = *owner;
    key_tag_of(number, shard->tag);
    shard->calls = shard_calls_new(shard);
    shard->confirm = confirm_new(shard);
    shard->proof = proof_new(shard, on_good, on_refused);
    if (open_connections(shard, err))
        return shard;
    shard_close(shard);
    return NULL;
}

static void free_limits(struct shard *shard)
{
    for (size_t i = 0; i < shard->limit_count; i++)
        mem_free(shard->limits[i].account);
    mem_free(shard->limits);
}

void shard_close(struct shard *shard)
{
    if (!shard)
        return;
    wait_close(shard->wait);
    shard->wait = NULL;
    shard_batch_close(shard);
    shard_calls_answer(shard->calls);
    redis_close(shard->redis);
    shard_calls_free(shard->calls);
    confirm_free(shard->confirm);
    proof_free(shard->proof);
    free_limits(shard);
    mem_free(shard->unseen_worker);
    mem_free(shard);
}

bool shard_is_ready(const struct shard *shard)
{
    return redis_is_ready(shard->redis) && proof_is_good(shard->proof);
}

const struct error *shard_trouble(const struct shard *shard)
{
    return redis_is_ready(shard->redis) ? proof_trouble(shard->proof) : redis_trouble(shard->redis);
}

bool shard_check_number(struct shard *shard, const redisReply *reply, struct error *err)
{
    if (reply->type != REDIS_REPLY_INTEGER)
        return true;
    proof_renew(shard->proof);
    return error_set(err, ERROR_UNAVAILABLE, "the queue's number of shards has been changed");
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

void shard_run(struct shard *shard, enum script script, const struct args *args, queue_done_fn *fn, void *arg)
{
    struct run *run = mem_new(sizeof(*run));

    run->fn = fn;
    run->arg = arg;
    shard_script(shard, script, args, on_run, run);
}
