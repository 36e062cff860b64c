/*
 * handback.c - one command to the queue for each dead worker, and the count of those without an answer.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/handback.h"

#include "base/log.h"
#include "base/mem.h"

struct handback {
    struct queue *queue;
    loop_fn *fn;
    void *arg;
    unsigned under_way;
};

struct release {
    struct handback *handback;
    char *worker;
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

static void on_released(void *arg, size_t count, const struct error *err)
{
    struct release *release = arg;
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
