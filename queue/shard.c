/*
 * shard.c - the life of one shard. What it does is in the files beside: enqueue.c, exchange.c, wait.c, rate.c,
 * upkeep.c, inspect_*.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/shard.h"

#include "base/mem.h"

static void on_redis_ready(void *arg)
{
    struct shard *shard = arg;

    shard_release_unseen(shard);
    shard_send_limits(shard);
    shard->on_ready(shard->on_ready_arg);
}

struct shard *shard_open(struct loop *loop, unsigned number, struct queue_options *options, loop_fn *on_ready,
                         void *arg, struct error *err)
{
    struct shard *shard = mem_new(sizeof(*shard));
    struct redis_options connection = {.url = options->url,
                                       .tag = shard->tag,
                                       .answer_ms = options->answer_ms,
                                       .with_scripts = true,
                                       .on_ready = on_redis_ready,
                                       .arg = shard};

    shard->loop = loop;
    shard->number = number;
    shard->options = options;
    shard->on_ready = on_ready;
    shard->on_ready_arg = arg;
    key_tag_of(number, shard->tag);
    shard->redis = redis_open(loop, &connection, err);
    if (shard->redis)
        shard->wait = wait_open(shard, options->url, err);
    if (shard->wait)
        return shard;
    redis_close(shard->redis);
    mem_free(shard);
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
    redis_close(shard->redis);
    free_limits(shard);
    mem_free(shard->unseen_worker);
    mem_free(shard);
}

bool shard_is_ready(const struct shard *shard)
{
    return redis_is_ready(shard->redis);
}

const struct error *shard_trouble(const struct shard *shard)
{
    return redis_trouble(shard->redis);
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
    redis_script(shard->redis, script, args, on_run, run);
}
