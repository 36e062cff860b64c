/*
 * rate.c - how fast accounts may go, and their weights: as configured, and reserving requests within that.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/mem.h"
#include "queue/reply.h"
#include "queue/shard.h"

#include <stdlib.h>
#include <string.h>

enum { RESERVE_MAX = 10000 };

static void add_limit(struct args *args, const struct limit *limit)
{
    args_text(args, limit->account);
    args_real(args, limit->limits.requests_per_second);
    args_real(args, limit->limits.burst);
    args_number(args, limit->limits.max_in_flight);
    args_number(args, limit->limits.weight);
}

/* Without limits an account would go at full speed, so a failure is told; the next reconnection sends them again. */
static void on_limits(void *arg, const redisReply *reply, const struct error *err)
{
    (void)arg;
    (void)reply;
    if (err && err->kind != ERROR_UNAVAILABLE)
        log_error("the accounts' limits were not written: %s", err->text);
}

void shard_send_limits(struct shard *shard)
{
    struct args args;

    if (shard->limit_count == 0 || !shard_is_ready(shard))
        return;
    args_init(&args);
    for (size_t i = 0; i < shard->limit_count; i++)
        add_limit(&args, &shard->limits[i]);
    shard_script(shard, SCRIPT_LIMITS, &args, on_limits, NULL);
    args_clear(&args);
}

static struct limit *limit_of(struct shard *shard, const char *account)
{
    for (size_t i = 0; i < shard->limit_count; i++)
        if (strcmp(shard->limits[i].account, account) == 0)
            return &shard->limits[i];
    shard->limits = mem_resize(shard->limits, (shard->limit_count + 1) * sizeof(*shard->limits));
    shard->limits[shard->limit_count] = (struct limit){.account = mem_string(account)};
    return &shard->limits[shard->limit_count++];
}

static double not_below(double value, double least)
{
    return value >= least ? value : least; /* also for a NaN */
}

/* A burst below 1 would never let a request through. */
void shard_set_limits(struct shard *shard, const char *account, const struct queue_limits *limits)
{
    struct limit *limit = limit_of(shard, account);
    struct args args;

    limit->limits = *limits;
    limit->limits.requests_per_second = not_below(limits->requests_per_second, 0);
    limit->limits.burst = not_below(limits->burst, 1);
    limit->limits.weight = limits->weight ? limits->weight : 1;
    if (!shard_is_ready(shard))
        return;
    args_init(&args);
    add_limit(&args, limit);
    shard_script(shard, SCRIPT_LIMITS, &args, on_limits, NULL);
    args_clear(&args);
}

struct reservation {
    queue_reserved_fn *fn;
    void *arg;
};

static void on_reserved(void *arg, const redisReply *reply, const struct error *err)
{
    struct reservation reservation = *(struct reservation *)arg;
    struct error strange;

    mem_free(arg);
    if (!err && !reply_has(reply, 2, &strange))
        err = &strange;
    if (err)
        reservation.fn(reservation.arg, 0, 0, err);
    else
        reservation.fn(reservation.arg, reply_number(reply_at(reply, 0)), strtod(reply_text(reply_at(reply, 1)), NULL),
                       NULL);
}

void shard_reserve(struct shard *shard, const char *account, unsigned count, queue_reserved_fn *fn, void *arg)
{
    struct reservation *reservation = mem_new(sizeof(*reservation));
    struct args args;

    reservation->fn = fn;
    reservation->arg = arg;
    args_init(&args);
    args_text(&args, account);
    args_number(&args, count < RESERVE_MAX ? count : RESERVE_MAX);
    shard_script(shard, SCRIPT_RESERVE, &args, on_reserved, reservation);
    args_clear(&args);
}
