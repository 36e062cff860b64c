/*
 * rate.c - how fast accounts may go: the limits as configured, and reserving requests within them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/mem.h"
#include "queue/keys.h"
#include "queue/queue_state.h"
#include "queue/reply.h"

#include <stdlib.h>
#include <string.h>

enum { RESERVE_MAX = 10000 };

static void add_limit(struct args *args, const struct limit *limit)
{
    args_text(args, limit->account);
    args_real(args, limit->requests_per_second);
    args_real(args, limit->burst);
    args_number(args, limit->max_in_flight);
}

/* Without limits an account would go at full speed, so a failure is told; the next reconnection sends them again. */
static void on_limits(void *arg, const redisReply *reply, const struct error *err)
{
    (void)arg;
    (void)reply;
    if (err && err->kind != ERROR_UNAVAILABLE)
        log_error("the accounts' limits were not written: %s", err->text);
}

void queue_send_limits(struct queue *queue)
{
    struct args args;

    if (queue->limit_count == 0 || !queue_is_ready(queue))
        return;
    args_init(&args);
    for (size_t i = 0; i < queue->limit_count; i++)
        add_limit(&args, &queue->limits[i]);
    redis_script(queue->redis, SCRIPT_LIMITS, &args, on_limits, NULL);
    args_clear(&args);
}

static struct limit *limit_of(struct queue *queue, const char *account)
{
    for (size_t i = 0; i < queue->limit_count; i++)
        if (strcmp(queue->limits[i].account, account) == 0)
            return &queue->limits[i];
    queue->limits = mem_resize(queue->limits, (queue->limit_count + 1) * sizeof(*queue->limits));
    queue->limits[queue->limit_count] = (struct limit){.account = mem_string(account)};
    return &queue->limits[queue->limit_count++];
}

static double not_below(double value, double least)
{
    return value >= least ? value : least; /* also for a NaN */
}

/* A burst below 1 would never let a request through. */
void queue_set_limits(struct queue *queue, const char *account, double requests_per_second, double burst,
                      unsigned max_in_flight)
{
    struct limit *limit;
    struct args args;

    if (!key_name_is(account))
        return;
    limit = limit_of(queue, account);
    limit->requests_per_second = not_below(requests_per_second, 0);
    limit->burst = not_below(burst, 1);
    limit->max_in_flight = max_in_flight;
    if (!queue_is_ready(queue))
        return;
    args_init(&args);
    add_limit(&args, limit);
    redis_script(queue->redis, SCRIPT_LIMITS, &args, on_limits, NULL);
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

void queue_reserve(struct queue *queue, const char *account, unsigned count, queue_reserved_fn *fn, void *arg)
{
    struct reservation *reservation = mem_new(sizeof(*reservation));
    struct args args;

    reservation->fn = fn;
    reservation->arg = arg;
    args_init(&args);
    args_text(&args, account);
    args_number(&args, count < RESERVE_MAX ? count : RESERVE_MAX);
    redis_script(queue->redis, SCRIPT_RESERVE, &args, on_reserved, reservation);
    args_clear(&args);
}
