/*
 * handback.c - one command to the queue for each dead worker, and the count of those without an answer.
 *
 * A worker that dies as everything starts may have claimed events before the supervisor's own connection is there: what
 * cannot be given back at once is tried again when it is.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/handback.h"

#include "base/log.h"
#include "base/mem.h"

#define RETURN_WAIT_MS 2000 /* for the queue; a stop waits as long at most, a lease is longer */

struct handback {
    struct queue *queue;
    loop_fn *fn;
    void *arg;
    unsigned under_way;
};

struct release {
    struct handback *handback;
    char *worker;
    bool is_second_try;
};

struct handback *handback_new(struct queue *queue, loop_fn *fn, void *arg)
{
    struct handback *handback = mem_new(sizeof(*handback));

    *handback = (struct handback){.queue = queue, .fn = fn, .arg = arg};
    return handback;
}

void handback_free(struct handback *handback)
{
    mem_free(handback);
}

static void end_release(struct release *release, size_t count, const struct error *err)
{
    struct handback *handback = release->handback;

    if (err)
        log_warn("lanes not given back: their leases will run out worker=%s reason=\"%s\"", release->worker, err->text);
    else if (count > 0)
        log_info("lanes given back worker=%s count=%zu", release->worker, count);
    mem_free(release->worker);
    mem_free(release);
    if (--handback->under_way == 0)
        handback->fn(handback->arg);
}

static void on_released(void *arg, size_t count, const struct error *err);

static void on_queue_ready(void *arg, const struct error *err)
{
    struct release *release = arg;

    if (err)
        end_release(release, 0, err);
    else
        queue_release(release->handback->queue, release->worker, on_released, release);
}

static void on_released(void *arg, size_t count, const struct error *err)
{
    struct release *release = arg;

    if (!err || release->is_second_try) {
        end_release(release, count, err);
        return;
    }
    release->is_second_try = true;
    queue_when_ready(release->handback->queue, RETURN_WAIT_MS, on_queue_ready, release);
}

void handback_begin(struct handback *handback, const char *worker)
{
    struct release *release = mem_new(sizeof(*release));

    release->handback = handback;
    release->worker = mem_string(worker);
    handback->under_way++;
    queue_release(handback->queue, worker, on_released, release);
}

bool handback_is_busy(const struct handback *handback)
{
    return handback->under_way > 0;
}
