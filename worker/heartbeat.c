/*
 * heartbeat.c - a timer, and one call to the queue for up to QUEUE_BATCH_MAX leases.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/heartbeat.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

struct heartbeat {
    struct heartbeat_options options;
    struct timer *timer;
};

/* One call under way: whose leases it renews, and from when. */
struct beat {
    struct heartbeat *heartbeat;
    int64_t sent_ms;
    uint64_t serials[]; /* of the runs, in the order of their leases */
};

/* What has gone to be settled meanwhile is refused there when it is lost. */
static void take_state(const struct beat *beat, uint64_t serial, enum lease_state state)
{
    const struct heartbeat_options *options = &beat->heartbeat->options;
    struct run *run = roster_find(options->roster, serial);

    if (run && state == LEASE_EXTENDED) {
        run_renew(run, beat->sent_ms + options->lease_ms);
    } else if (run && state == LEASE_LOST) {
        log_warn("lease lost: the event is not this worker's any more lane=%s", run_lease(run).lane);
        roster_drop(options->roster, run);
    }
}

static void on_extended(void *arg, const enum lease_state *states, size_t count, const struct error *err)
{
    struct beat *beat = arg;
    const struct heartbeat_options *options = &beat->heartbeat->options;

    (void)err; /* of those it concerns the state is unknown, and the connection has said why */
    for (size_t i = 0; i < count; i++)
        take_state(beat, beat->serials[i], states[i]);
    options->changed(options->arg);
    mem_free(beat);
}

static void extend(struct heartbeat *heartbeat, struct run *const *runs, size_t count)
{
    const struct heartbeat_options *options = &heartbeat->options;
    struct beat *beat = mem_new(sizeof(*beat) + count * sizeof(beat->serials[0]));
    struct lease *leases = mem_new((count + 1) * sizeof(*leases));

    beat->heartbeat = heartbeat;
    beat->sent_ms = clock_monotonic_ms();
    for (size_t i = 0; i < count; i++) {
        beat->serials[i] = run_link(runs[i])->serial;
        leases[i] = run_lease(runs[i]);
    }
    queue_extend(options->queue, options->worker, leases, count, on_extended, beat);
    mem_free(leases);
}

void heartbeat_now(struct heartbeat *heartbeat)
{
    size_t count, done = 0;
    struct run **runs = roster_runs(heartbeat->options.roster, &count);

    do { /* also with none: it says that this worker is there */
        size_t part = count - done < QUEUE_BATCH_MAX ? count - done : QUEUE_BATCH_MAX;

        extend(heartbeat, runs + done, part);
        done += part;
    } while (done < count);
    mem_free(runs);
}

static void on_timer(void *arg)
{
    heartbeat_now(arg);
}

struct heartbeat *heartbeat_new(struct loop *loop, const struct heartbeat_options *options)
{
    struct heartbeat *heartbeat = mem_new(sizeof(*heartbeat));

    heartbeat->options = *options;
    heartbeat->timer = timer_new(loop, on_timer, heartbeat);
    timer_repeat(heartbeat->timer, options->lease_ms / 3);
    return heartbeat;
}

void heartbeat_free(struct heartbeat *heartbeat)
{
    if (!heartbeat)
        return;
    timer_free(heartbeat->timer);
    mem_free(heartbeat);
}
