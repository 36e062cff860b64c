/*
 * reshard.c - one shard after the other is closed, and when all are, each is told the new number; or all are opened
 * again. Shard 0, which everybody asks first, is the first to be closed and the last to be told.
 *
 * Each step has a connection of its own: shards may live on different servers, and there may be many.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/reshard.h"

#include "base/mem.h"
#include "queue/keys.h"
#include "queue/redis.h"
#include "queue/reply.h"

#include <string.h>

enum { ANSWER_MS = 5000 };

enum reshard_step { STEP_CLOSE, STEP_SET, STEP_OPEN };

struct reshard {
    struct loop *loop;
    char *url;
    unsigned wanted;
    unsigned before; /* as shard 0 says; 0 until it has, or when it was never used */
    unsigned upto;   /* the greater of both numbers */
    enum reshard_step step;
    unsigned at; /* the shard whose turn it is */
    struct redis *redis;
    struct timer *timer;  /* until that one has taken too long */
    struct error refusal; /* why all are opened again */
    queue_done_fn *fn;
    void *arg;
};

static bool connect_to(struct reshard *reshard, struct error *err);

static void free_reshard(struct reshard *reshard)
{
    timer_free(reshard->timer);
    mem_free(reshard->url);
    mem_free(reshard);
}

static void finish(struct reshard *reshard, const struct error *err)
{
    struct redis *redis = reshard->redis;

    reshard->redis = NULL; /* while it is closed, what was asked of it is answered to nobody */
    redis_close(redis);
    reshard->fn(reshard->arg, err);
    free_reshard(reshard);
}

/* The next shard of this step; false after the last. */
static bool go_to_next_shard(struct reshard *reshard)
{
    if (reshard->step == STEP_CLOSE)
        return ++reshard->at < reshard->upto;
    return reshard->at-- > 0;
}

/* The next step begins with the shard that was closed last. */
static bool go_on(struct reshard *reshard)
{
    if (go_to_next_shard(reshard))
        return true;
    if (reshard->step != STEP_CLOSE)
        return false;
    reshard->step = STEP_SET;
    reshard->at = reshard->upto - 1;
    return true;
}

static void note_refusal(struct reshard *reshard, const char *why)
{
    error_set(&reshard->refusal, ERROR_REFUSED, "the number of shards stays as it is: in shard %u %s", reshard->at,
              why);
    reshard->step = STEP_OPEN;
}

static void note_before(struct reshard *reshard, int64_t number)
{
    if (number < 0 || number > KEY_SHARDS_MAX)
        return;
    reshard->before = (unsigned)number;
    if (reshard->before > reshard->upto)
        reshard->upto = reshard->before;
}

static void on_answer(void *arg, const redisReply *reply, const struct error *err)
{
    struct reshard *reshard = arg;
    const char *why = reply_text(reply_at(reply, 0));
    int64_t number = reply_number(reply_at(reply, 1));
    struct error failure;

    if (!reshard->redis)
        return;
    if (err) {
        failure = *err;
        finish(reshard, &failure);
        return;
    }
    if (reshard->step == STEP_CLOSE && reshard->at == 0)
        note_before(reshard, number);
    if (reshard->step == STEP_CLOSE && why[0])
        note_refusal(reshard, why);
    else if (!go_on(reshard)) {
        finish(reshard, reshard->refusal.kind == ERROR_NONE ? NULL : &reshard->refusal);
        return;
    }
    redis_close(reshard->redis);
    if (!connect_to(reshard, &failure))
        finish(reshard, &failure);
}

static void on_ready(void *arg)
{
    static const char *const names[] = {[STEP_CLOSE] = "close", [STEP_SET] = "set", [STEP_OPEN] = "open"};
    struct reshard *reshard = arg;
    struct args args;

    args_init(&args);
    args_text(&args, names[reshard->step]);
    args_number(&args, reshard->step == STEP_CLOSE ? reshard->before : reshard->wanted);
    redis_script(reshard->redis, SCRIPT_RESHARD, &args, on_answer, reshard);
    args_clear(&args);
}

static void on_timer(void *arg)
{
    struct reshard *reshard = arg;
    const struct error *trouble = redis_trouble(reshard->redis);
    struct error err;

    error_set(&err, ERROR_UNAVAILABLE, "%s", trouble->text[0] ? trouble->text : "redis did not answer in time");
    finish(reshard, &err);
}

static bool connect_to(struct reshard *reshard, struct error *err)
{
    char tag[KEY_TAG_SIZE];
    const struct redis_options options = {.url = reshard->url,
                                          .tag = tag,
                                          .answer_ms = ANSWER_MS,
                                          .with_scripts = true,
                                          .is_quiet = true,
                                          .on_ready = on_ready,
                                          .arg = reshard};

    key_tag_of(reshard->at, tag);
    timer_start(reshard->timer, ANSWER_MS);
    reshard->redis = redis_open(reshard->loop, &options, err);
    return reshard->redis != NULL;
}

bool queue_reshard(struct loop *loop, const struct queue_options *options, unsigned shards, queue_done_fn *fn,
                   void *arg, struct error *err)
{
    struct reshard *reshard = mem_new(sizeof(*reshard));

    *reshard = (struct reshard){
        .loop = loop, .url = mem_string(options->url), .wanted = shards, .upto = shards, .fn = fn, .arg = arg};
    reshard->timer = timer_new(loop, on_timer, reshard);
    if (connect_to(reshard, err))
        return true;
    free_reshard(reshard);
    return false;
}
