/*
 * confirm.c - WAIT and WAITAOF behind what was stored. Called by enqueue.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/confirm.h"

#include "base/mem.h"
#include "queue/reply.h"
#include "queue/shard.h"

struct asker {
    struct asker *next;
    queue_done_fn *fn;
    void *arg;
};

struct askers {
    struct asker *first, *last;
};

struct confirm {
    struct shard *shard;
    struct askers gathered; /* for the next one */
    struct askers covered;  /* by the one that is under way */
    enum confirmation kind; /* of that one */
};

static bool is_confirmed(const struct confirm *confirm, const redisReply *reply, struct error *err)
{
    long long got, wanted = confirm->shard->options->replicas;

    if (confirm->kind == CONFIRM_DISK)
        return reply_number(reply_at(reply, 0)) >= 1 ||
               error_set(err, ERROR_UNAVAILABLE, "redis.durability is fsync: it is not on redis's disk yet");
    got = reply_number(reply);
    return got >= wanted ||
           error_set(err, ERROR_UNAVAILABLE, "redis.durability is replicas: %lld of %lld have it", got, wanted);
}

/* The last one answered may have closed the shard. */
static void on_answer(void *arg, const redisReply *reply, const struct error *err)
{
    struct confirm *confirm = arg;
    struct asker *asker = confirm->covered.first, *next;
    struct error why;

    if (!err && !is_confirmed(confirm, reply, &why))
        err = &why;
    confirm->covered = (struct askers){0};
    confirm_flush(confirm);
    for (; asker; asker = next) {
        next = asker->next;
        asker->fn(asker->arg, err);
        mem_free(asker);
    }
}

/* What is sent behind it waits as long, and must still be answered in time. By default that is more than the second
 * that appendfsync everysec takes, and less than senders wait for their answer. */
static int64_t confirm_ms(const struct confirm *confirm)
{
    return confirm->shard->options->answer_ms / 2;
}

static void add_command(const struct confirm *confirm, struct args *args)
{
    if (confirm->kind == CONFIRM_DISK) {
        args_text(args, "WAITAOF");
        args_number(args, 1);
        args_number(args, 0);
    } else {
        args_text(args, "WAIT");
        args_number(args, confirm->shard->options->replicas);
    }
    args_number(args, confirm_ms(confirm));
}

void confirm_flush(struct confirm *confirm)
{
    struct args args;

    if (!confirm->gathered.first || confirm->covered.first)
        return;
    confirm->covered = confirm->gathered;
    confirm->gathered = (struct askers){0};
    confirm->kind = proof_confirmation(confirm->shard->proof);
    args_init(&args);
    add_command(confirm, &args);
    shard_blocking(confirm->shard, &args, confirm_ms(confirm), on_answer, confirm);
    args_clear(&args);
}

void confirm_add(struct confirm *confirm, queue_done_fn *fn, void *arg)
{
    struct asker *asker = mem_new(sizeof(*asker));

    *asker = (struct asker){.fn = fn, .arg = arg};
    if (confirm->gathered.last)
        confirm->gathered.last->next = asker;
    else
        confirm->gathered.first = asker;
    confirm->gathered.last = asker;
}

struct confirm *confirm_new(struct shard *shard)
{
    struct confirm *confirm = mem_new(sizeof(*confirm));

    confirm->shard = shard;
    return confirm;
}

void confirm_free(struct confirm *confirm)
{
    mem_free(confirm);
}
