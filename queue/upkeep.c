/*
 * upkeep.c - keeping leases, and taking back what nobody settles.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "queue/reply.h"
#include "queue/shard.h"

#include <assert.h>

enum { LEASES_MOST = 100, RETURN_GRACE_MS = 3000 };

/* ---- one step of upkeep ---- */

struct step {
    queue_upkeep_fn *fn;
    void *arg;
};

static void on_upkeep(void *arg, const redisReply *reply, const struct error *err)
{
    struct step step = *(struct step *)arg;
    struct upkeep upkeep = {0};
    struct error strange;

    mem_free(arg);
    if (!err && !reply_has(reply, 5, &strange))
        err = &strange;
    if (!err) {
        upkeep.woken = (unsigned)reply_number(reply_at(reply, 0));
        upkeep.reclaimed = (unsigned)reply_number(reply_at(reply, 1));
        upkeep.buried = (unsigned)reply_number(reply_at(reply, 2));
        upkeep.trimmed = (unsigned)reply_number(reply_at(reply, 3));
        upkeep.next_due_ms = reply_number(reply_at(reply, 4));
        upkeep.has_more = reply_number(reply_at(reply, 5)) == 1;
    }
    step.fn(step.arg, err ? NULL : &upkeep, err);
}

/* When Redis comes back after long, every lease may be over although no worker was lost: their heartbeats, which go out
 * as soon as they are connected, come first. */
static int64_t leases_most(const struct shard *shard)
{
    return clock_monotonic_ms() < shard->returned_ms + RETURN_GRACE_MS ? 0 : LEASES_MOST;
}

void shard_upkeep(struct shard *shard, queue_upkeep_fn *fn, void *arg)
{
    struct step *step = mem_new(sizeof(*step));
    struct args args;

    step->fn = fn;
    step->arg = arg;
    args_init(&args);
    args_number(&args, shard->options->max_crashes);
    args_number(&args, (int64_t)shard->options->done_keep_count);
    args_number(&args, shard->options->done_keep_ms);
    args_number(&args, leases_most(shard));
    args_number(&args, shard->options->duplicate_window_ms);
    shard_script(shard, SCRIPT_UPKEEP, &args, on_upkeep, step);
    args_clear(&args);
}

/* ---- extending ---- */

struct extension {
    queue_extended_fn *fn;
    void *arg;
    size_t count;
};

/* The script answers with the indexes of what was lost, as a Lua number would not hold every token. */
static void on_extended(void *arg, const redisReply *reply, const struct error *err)
{
    struct extension *extension = arg;
    enum lease_state *states = mem_new((extension->count + 1) * sizeof(*states));

    for (size_t i = 0; !err && i < extension->count; i++)
        states[i] = LEASE_EXTENDED;
    for (size_t i = 0; !err && i < reply_count(reply); i++) {
        size_t index = (size_t)reply_number(reply_at(reply, i));

        if (index < extension->count)
            states[index] = LEASE_LOST;
    }
    extension->fn(extension->arg, states, extension->count, err);
    mem_free(states);
    mem_free(extension);
}

void shard_extend(struct shard *shard, const char *worker, const struct lease *leases, size_t count,
                  queue_extended_fn *fn, void *arg)
{
    struct extension *extension = mem_new(sizeof(*extension));
    struct args args;

    assert(count <= QUEUE_BATCH_MAX);
    extension->fn = fn;
    extension->arg = arg;
    extension->count = count;
    args_init(&args);
    args_text(&args, worker);
    args_number(&args, shard->options->lease_ms);
    for (size_t i = 0; i < count; i++) {
        args_text(&args, leases[i].lane);
        args_number(&args, (int64_t)leases[i].token);
    }
    shard_script(shard, SCRIPT_EXTEND, &args, on_extended, extension);
    args_clear(&args);
}

/* ---- releasing ---- */

/* A walk over all leased lanes, page by page. */
struct release {
    struct shard *shard;
    char *worker;
    uint64_t after; /* only claims newer than this one */
    bool is_lost;   /* the worker died with them */
    size_t count;
    queue_count_fn *fn;
    void *arg;
};

static void send_release(struct release *release, const char *cursor, const char *upto);

static void finish_release(struct release *release, const struct error *err)
{
    queue_count_fn *fn = release->fn;
    void *arg = release->arg;
    size_t count = release->count;

    mem_free(release->worker);
    mem_free(release);
    fn(arg, count, err);
}

static void on_released(void *arg, const redisReply *reply, const struct error *err)
{
    struct release *release = arg;
    struct error strange;
    char *upto;

    if (!err && !reply_has(reply, 3, &strange))
        err = &strange;
    if (err) {
        finish_release(release, err);
        return;
    }
    release->count += (size_t)reply_number(reply_at(reply, 2));
    if (reply_number(reply_at(reply, 0)) == 0) {
        finish_release(release, NULL);
        return;
    }
    upto = mem_printf("%lld", (long long)reply_number(reply_at(reply, 1)));
    send_release(release, reply_text(reply_at(reply, 0)), upto);
    mem_free(upto);
}

static void send_release(struct release *release, const char *cursor, const char *upto)
{
    struct args args;

    args_init(&args);
    args_text(&args, release->worker);
    args_text(&args, cursor);
    args_number(&args, (int64_t)release->after);
    args_text(&args, upto);
    args_number(&args, release->shard->options->max_crashes);
    args_text(&args, release->is_lost ? "1" : "0");
    shard_script(release->shard, SCRIPT_RELEASE, &args, on_released, release);
    args_clear(&args);
}

static void start_release(struct release release)
{
    struct release *copy = mem_new(sizeof(*copy));

    *copy = release;
    send_release(copy, "0", "");
}

void shard_release(struct shard *shard, const char *worker, queue_count_fn *fn, void *arg)
{
    start_release(
        (struct release){.shard = shard, .worker = mem_string(worker), .is_lost = true, .fn = fn, .arg = arg});
}

static void on_unseen_released(void *arg, size_t count, const struct error *err)
{
    (void)arg;
    if (err)
        log_warn("claims whose answer was lost wait until their lease ends: %s", err->text);
    else if (count > 0)
        log_info("gave back %zu claims whose answer was lost with the connection", count);
}

void shard_release_unseen(struct shard *shard)
{
    if (!shard->unseen_worker)
        return;
    start_release((struct release){
        .shard = shard, .worker = shard->unseen_worker, .after = shard->last_token, .fn = on_unseen_released});
    shard->unseen_worker = NULL;
}
