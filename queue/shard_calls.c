/*
 * shard_calls.c - what a shard asks of Redis, once its server is proven. Until then it is refused, on a later turn.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "queue/shard.h"

/* A call that waits for the turn on which to be refused. */
struct refused {
    struct refused *next;
    redis_answer_fn *fn;
    void *arg;
};

struct shard_calls {
    struct shard *shard;
    struct timer *timer;
    struct refused *first, **end;
    bool *is_gone; /* set when the shard is closed: for the one who answers in a loop; may be NULL */
};

static void answer_first(struct shard_calls *calls)
{
    struct refused *refused = calls->first;
    redis_answer_fn *fn = refused->fn;
    void *arg = refused->arg;
    struct error err = *shard_trouble(calls->shard);

    if (err.text[0] == '\0')
        error_set(&err, ERROR_UNAVAILABLE, "redis is being looked at");
    err.kind = ERROR_UNAVAILABLE;
    calls->first = refused->next;
    if (!calls->first)
        calls->end = &calls->first;
    mem_free(refused);
    fn(arg, NULL, &err);
}

/* An answer may close the shard, which answers the others itself; or ask again, which waits for the next turn. */
static void on_timer(void *arg)
{
    struct shard_calls *calls = arg;
    struct refused **end = calls->end;
    bool is_gone = false, was_last;

    calls->is_gone = &is_gone;
    do {
        was_last = end == &calls->first->next;
        answer_first(calls);
    } while (!is_gone && !was_last);
    if (is_gone)
        return;
    calls->is_gone = NULL;
    if (calls->first)
        timer_start(calls->timer, 0);
}

static void refuse(struct shard_calls *calls, redis_answer_fn *fn, void *arg)
{
    struct refused *refused = mem_new(sizeof(*refused));

    *refused = (struct refused){.fn = fn, .arg = arg};
    *calls->end = refused;
    calls->end = &refused->next;
    if (!timer_is_active(calls->timer))
        timer_start(calls->timer, 0);
}

/* Without a connection, Redis's own refusal says why. */
static bool is_refused(const struct shard *shard)
{
    return redis_is_ready(shard->redis) && !shard_is_ready(shard);
}

void shard_blocking(struct shard *shard, const struct args *args, int64_t block_ms, redis_answer_fn *fn, void *arg)
{
    if (is_refused(shard))
        refuse(shard->calls, fn, arg);
    else
        redis_command(shard->redis, args, block_ms, fn, arg);
}

void shard_command(struct shard *shard, const struct args *args, redis_answer_fn *fn, void *arg)
{
    shard_blocking(shard, args, 0, fn, arg);
}

void shard_script(struct shard *shard, enum script script, const struct args *args, redis_answer_fn *fn, void *arg)
{
    if (is_refused(shard))
        refuse(shard->calls, fn, arg);
    else
        redis_script(shard->redis, script, args, fn, arg);
}

struct shard_calls *shard_calls_new(struct shard *shard)
{
    struct shard_calls *calls = mem_new(sizeof(*calls));

    calls->shard = shard;
    calls->end = &calls->first;
    calls->timer = timer_new(shard->loop, on_timer, calls);
    return calls;
}

void shard_calls_answer(struct shard_calls *calls)
{
    while (calls->first)
        answer_first(calls);
}

void shard_calls_free(struct shard_calls *calls)
{
    if (!calls)
        return;
    if (calls->is_gone)
        *calls->is_gone = true;
    timer_free(calls->timer);
    mem_free(calls);
}
