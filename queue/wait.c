/*
 * wait.c - idle workers wait here: BLPOP of the wake list on a connection of its own.
 *
 * A wait that ends early leaves its BLPOP with Redis. Should that take a token later, while nobody waits here, the
 * token is put back, as another worker may be waiting for it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/mem.h"
#include "queue/keys.h"
#include "queue/reply.h"
#include "queue/shard.h"

enum { BLOCK_MAX_MS = 30000 };

struct wait {
    struct shard *shard;
    struct redis *redis;
    struct timer *timer; /* runs while somebody waits */
    queue_done_fn *fn;   /* who waits; NULL for nobody */
    void *arg;
    int64_t until_ms; /* monotonic */
    bool is_blocking; /* Redis has a BLPOP of ours */
};

static void block(struct wait *wait);

static void finish(struct wait *wait, const struct error *err)
{
    queue_done_fn *fn = wait->fn;

    wait->fn = NULL;
    timer_stop(wait->timer);
    if (fn)
        fn(wait->arg, err);
}

/* Without its own connection a wait is only as long as its time; what the caller wants to hear is whether Redis is
 * there. */
static void on_timer(void *arg)
{
    struct wait *wait = arg;
    const struct error *trouble = shard_trouble(wait->shard);
    struct error err;

    wait->shard->has_token = false;
    if (shard_is_ready(wait->shard)) {
        finish(wait, NULL);
        return;
    }
    error_set(&err, ERROR_UNAVAILABLE, "%s", trouble->text[0] ? trouble->text : "redis is not connected yet");
    finish(wait, &err);
}

static void ignore_answer(void *arg, const redisReply *reply, const struct error *err)
{
    (void)arg;
    (void)reply;
    (void)err;
}

static void put_token_back(struct wait *wait)
{
    struct args args;

    args_init(&args);
    args_text(&args, "RPUSH");
    args_take(&args, mem_printf("%swake", wait->shard->tag));
    args_text(&args, "1");
    shard_command(wait->shard, &args, ignore_answer, NULL);
    args_clear(&args);
}

static void take_token(struct wait *wait)
{
    wait->shard->has_token = true;
    finish(wait, NULL);
}

/* A broken connection is no end of the wait: on_ready blocks again, or the timer says that it did not come back. Nor is
 * a refusal: asking again at once would be refused at once, so the timer ends that wait as well. */
static void on_popped(void *arg, const redisReply *reply, const struct error *err)
{
    struct wait *wait = arg;
    bool has_token = !err && reply_count(reply) == 2;

    wait->is_blocking = false;
    if (has_token && !wait->fn)
        put_token_back(wait);
    else if (has_token)
        take_token(wait);
    else if (!err)
        block(wait);
}

/* Redis counts in seconds; it answers a little before the timer, which then has the last word. */
static void block(struct wait *wait)
{
    int64_t left_ms = wait->until_ms - clock_monotonic_ms();
    struct args args;

    if (!wait->fn || wait->is_blocking || left_ms <= 0 || !redis_is_ready(wait->redis))
        return;
    if (left_ms > BLOCK_MAX_MS)
        left_ms = BLOCK_MAX_MS;
    args_init(&args);
    args_text(&args, "BLPOP");
    args_take(&args, mem_printf("%swake", wait->shard->tag));
    args_take(&args, mem_printf("%lld.%03lld", (long long)(left_ms / 1000), (long long)(left_ms % 1000)));
    wait->is_blocking = true;
    redis_command(wait->redis, &args, left_ms, on_popped, wait);
    args_clear(&args);
}

static void on_ready(void *arg)
{
    block(arg);
}

struct wait *wait_open(struct shard *shard, const char *url, struct error *err)
{
    struct wait *wait = mem_new(sizeof(*wait));
    struct redis_options options = {.url = url,
                                    .tag = shard->tag,
                                    .answer_ms = shard->options->answer_ms,
                                    .on_ready = on_ready,
                                    .arg = wait,
                                    .is_quiet = true};

    wait->shard = shard;
    wait->redis = redis_open(shard->loop, &options, err);
    if (!wait->redis) {
        mem_free(wait);
        return NULL;
    }
    wait->timer = timer_new(shard->loop, on_timer, wait);
    return wait;
}

void wait_close(struct wait *wait)
{
    struct error err;

    if (!wait)
        return;
    error_set(&err, ERROR_UNAVAILABLE, "the queue is being closed");
    wait->until_ms = 0;
    redis_close(wait->redis);
    finish(wait, &err);
    timer_free(wait->timer);
    mem_free(wait);
}

void shard_wait(struct shard *shard, int64_t timeout_ms, queue_done_fn *fn, void *arg)
{
    struct wait *wait = shard->wait;

    wait->fn = fn;
    wait->arg = arg;
    wait->until_ms = clock_monotonic_ms() + timeout_ms;
    timer_start(wait->timer, timeout_ms);
    block(wait);
}

void shard_stop_waiting(struct shard *shard)
{
    shard->wait->fn = NULL;
    timer_stop(shard->wait->timer);
}

void shard_wake(struct shard *shard)
{
    if (shard->wait && shard->wait->fn)
        timer_start(shard->wait->timer, 0);
}
