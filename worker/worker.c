/*
 * worker.c - the exchange with the queue, and the end. What happens inside one event is run.c's.
 *
 * Called by the command line; tested by the end-to-end tests, since it is nothing but traffic.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/worker.h"

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/client.h"
#include "queue/queue.h"
#include "worker/heartbeat.h"
#include "worker/janitor.h"
#include "worker/roster.h"
#include "worker/run.h"
#include "worker/setup.h"

#include <string.h>

/* Settlements or claims in one exchange. Redis does nothing else meanwhile, so it is some milliseconds and no more; the
 * cost of the call itself is spread over enough of them. */
#define BATCH_MAX        64
#define IDLE_WAIT_MS     5000 /* an idle worker looks again this often, whatever wakes it */
#define AGAIN_MS         500  /* after an exchange that Redis refused */
#define DRAIN_GRACE_MS   1000 /* beyond the deadline, for giving back; cli/role.c waits longer */
#define DEFAULT_LEASE_MS 30000

struct worker {
    struct loop *loop;
    struct queue *queue;
    struct http_client *client;
    struct janitor *janitor; /* NULL when another process does it */
    struct setup *setup;
    char *id;
    int64_t lease_ms;

    struct roster roster;
    struct run *settling[BATCH_MAX]; /* in the exchange under way, as their settlements; some have left by its end */
    size_t settling_count;           /* without an answer yet */

    struct timer *turn;          /* the next look at what is to do */
    struct heartbeat *heartbeat; /* NULL for who claims nothing: it is no worker to be counted */
    struct timer *deadline;      /* of draining */
    bool is_exchanging, is_waiting;
    bool has_failed;      /* a part of the exchange under way */
    bool was_woken;       /* since the exchange under way was sent: there may be more than it says */
    bool should_claim;    /* there may be something to claim */
    int64_t exchanged_ms; /* monotonic: when the exchange under way was sent */
    int64_t next_due_ms;

    bool is_idle, is_draining, is_past_deadline;
    loop_fn *drained;
    void *drained_arg;
};

static void schedule(struct worker *worker)
{
    timer_start(worker->turn, 0);
}

/* ---- draining ---- */

static bool is_empty(const struct worker *worker)
{
    return worker->roster.running_count == 0 && TAILQ_EMPTY(&worker->roster.ended) && worker->settling_count == 0;
}

static void end_drain(struct worker *worker)
{
    loop_fn *fn = worker->drained;

    worker->drained = NULL;
    timer_stop(worker->deadline);
    if (fn)
        fn(worker->drained_arg);
}

static void on_deadline(void *arg)
{
    struct worker *worker = arg;
    struct run_link *link, *next;

    if (worker->is_past_deadline) {
        log_warn("draining ends with events unsettled: their leases will run out");
        end_drain(worker);
        return;
    }
    worker->is_past_deadline = true;
    log_warn("draining took too long: %zu events are given back", worker->roster.running_count);
    for (link = TAILQ_FIRST(&worker->roster.running); link; link = next) {
        next = TAILQ_NEXT(link, entry);
        run_give_back(link->run);
    }
    timer_start(worker->deadline, DRAIN_GRACE_MS);
}

void worker_drain(struct worker *worker, loop_fn *fn, void *arg)
{
    worker->is_draining = true;
    worker->drained = fn;
    worker->drained_arg = arg;
    timer_start(worker->deadline, setup_config(worker->setup)->drain_ms);
    if (worker->is_waiting)
        queue_wake(worker->queue);
    schedule(worker);
}

/* ---- the exchange ---- */

static void on_run_ended(void *arg, struct run *run)
{
    struct worker *worker = arg;

    roster_end(&worker->roster, run);
    schedule(worker);
}

static void start(struct worker *worker, const struct claim *claim)
{
    struct run *run = run_new(worker->setup, claim, worker->id);

    roster_add(&worker->roster, run);
    run_start(run, &claim->event, worker->exchanged_ms + worker->lease_ms, on_run_ended, worker);
    if (worker->is_past_deadline)
        run_give_back(run);
}

/* Redis is there again: leases may be near their end. */
static void on_return(void *arg)
{
    struct worker *worker = arg;

    if (worker->heartbeat)
        heartbeat_now(worker->heartbeat);
    worker->should_claim = true;
    schedule(worker);
}

/* What was settled is gone; what was not, for want of an answer, is settled again. */
static void take_settled(struct worker *worker, const struct exchange_result *result, bool has_failed)
{
    for (size_t i = 0; i < result->settled_count; i++) {
        struct run *run = worker->settling[result->settled[i]];

        if (!has_failed)
            CRASH_POINT(run_settlement(run)->outcome == OUTCOME_RETRY ? "mid-retry" : "mid-settle");
        if (has_failed)
            roster_put_back(&worker->roster, run);
        else
            run_free(run);
        worker->settling_count--;
    }
}

static void take_result(struct worker *worker, const struct exchange_result *result)
{
    if (result->claim_count > 0)
        CRASH_POINT("after-claim");
    if (result->refused_count > 0)
        log_warn("settlements refused: their leases were lost count=%zu", result->refused_count);
    worker->next_due_ms = clock_earlier_ms(worker->next_due_ms, result->next_due_ms);
    worker->should_claim = worker->should_claim || result->has_more;
    for (size_t i = 0; i < result->claim_count; i++)
        start(worker, &result->claims[i]);
}

/* One shard's part of the answer. What was lost with another's is no reason to wait with this one's. */
static void on_exchanged(void *arg, const struct exchange_result *result, const struct error *err)
{
    struct worker *worker = arg;

    take_settled(worker, result, err != NULL);
    if (err)
        log_warn("exchange with the queue failed, trying again: %s", err->text);
    else
        take_result(worker, result);
    worker->has_failed = worker->has_failed || err != NULL;
    worker->is_exchanging = !result->is_last;
    if (!result->is_last)
        return;
    worker->should_claim = worker->should_claim || worker->was_woken || worker->has_failed;
    timer_start(worker->turn, worker->has_failed ? AGAIN_MS : 0);
}

/* The first ended run from link on that can be settled now: its shard is there. NULL for none. */
static struct run_link *settleable(const struct worker *worker, struct run_link *link)
{
    while (link && !queue_has_lane(worker->queue, run_lease(link->run).lane))
        link = TAILQ_NEXT(link, entry);
    return link;
}

static struct run_link *first_settleable(const struct worker *worker)
{
    return settleable(worker, TAILQ_FIRST(&worker->roster.ended));
}

/* Moves up to BATCH_MAX ended runs to settling, and their settlements into list. */
static size_t take_ended(struct worker *worker, struct settlement *list)
{
    struct run_link *link = first_settleable(worker), *next;
    size_t count = 0;

    for (; link && count < BATCH_MAX; link = next) {
        next = settleable(worker, TAILQ_NEXT(link, entry));
        roster_take(&worker->roster, link->run);
        worker->settling[count] = link->run;
        list[count++] = *run_settlement(link->run);
    }
    worker->settling_count = count;
    return count;
}

static void exchange(struct worker *worker, size_t want)
{
    struct settlement settlements[BATCH_MAX];
    struct exchange exchange = {.worker = worker->id, .settlements = settlements};

    exchange.settlement_count = take_ended(worker, settlements);
    exchange.want = want < BATCH_MAX ? want : BATCH_MAX;
    exchange.slots = setup_slots_to_share(worker->setup);
    worker->is_exchanging = true;
    worker->was_woken = worker->has_failed = worker->should_claim = false;
    worker->next_due_ms = -1;
    worker->exchanged_ms = clock_monotonic_ms();
    queue_exchange(worker->queue, &exchange, on_exchanged, worker);
}

static void on_woken(void *arg, const struct error *err)
{
    struct worker *worker = arg;

    worker->is_waiting = false;
    worker->was_woken = true;
    worker->should_claim = true;
    if (err)
        timer_start(worker->turn, AGAIN_MS);
    else
        schedule(worker);
}

static void wait_for_work(struct worker *worker)
{
    int64_t timeout_ms = IDLE_WAIT_MS;

    if (worker->next_due_ms >= 0 && worker->next_due_ms < timeout_ms)
        timeout_ms = worker->next_due_ms;
    worker->is_waiting = true;
    queue_wait(worker->queue, timeout_ms, on_woken, worker);
}

static size_t room(const struct worker *worker)
{
    size_t limit = setup_config(worker->setup)->in_flight;

    return worker->is_idle || worker->is_draining || worker->roster.running_count >= limit
               ? 0
               : limit - worker->roster.running_count;
}

static void on_turn(void *arg)
{
    struct worker *worker = arg;
    size_t want = room(worker);

    if (worker->is_draining && is_empty(worker) && !worker->is_exchanging) {
        end_drain(worker);
    } else if (worker->is_exchanging || !queue_is_usable(worker->queue)) {
        return; /* the answer, or on_return, schedules the next turn */
    } else if (first_settleable(worker) || (want > 0 && worker->should_claim)) {
        exchange(worker, want);
    } else if (want > 0 && !worker->is_waiting) {
        wait_for_work(worker);
    } else if (want == 0 && worker->is_waiting) {
        queue_wake(worker->queue); /* the token is for a worker that has room */
    }
}

/* ---- life ---- */

static void on_heartbeat_answered(void *arg)
{
    schedule(arg);
}

static struct heartbeat *open_heartbeat(struct worker *worker)
{
    return heartbeat_new(worker->loop, &(struct heartbeat_options){.queue = worker->queue,
                                                                   .roster = &worker->roster,
                                                                   .worker = worker->id,
                                                                   .lease_ms = worker->lease_ms,
                                                                   .changed = on_heartbeat_answered,
                                                                   .arg = worker});
}

struct worker *worker_open(struct loop *loop, const struct worker_options *options, struct error *err)
{
    struct queue_options queue_options = options->config->queue;

    queue_options.url = options->redis_url;
    queue_options.stores_nothing = true; /* what is stored is worked off, also where no more may come in */
    struct queue *queue = queue_open(loop, &queue_options, err);
    if (!queue) {
        config_free(options->config);
        return NULL;
    }
    struct worker *worker = mem_new(sizeof(*worker));
    worker->loop = loop;
    worker->queue = queue;
    worker->client =
        http_client_new(loop, &(struct http_client_options){.max_connections = options->config->in_flight});
    queue_on_return(queue, on_return, worker);
    worker->setup = setup_new(loop, queue, worker->client, options->config);
    worker->id = mem_string(options->id);
    worker->lease_ms = queue_options.lease_ms > 0 ? queue_options.lease_ms : DEFAULT_LEASE_MS;
    worker->is_idle = options->is_idle;
    worker->should_claim = true;
    worker->next_due_ms = -1;
    roster_init(&worker->roster);
    worker->turn = timer_new(loop, on_turn, worker);
    worker->deadline = timer_new(loop, on_deadline, worker);
    if (!options->is_idle)
        worker->heartbeat = open_heartbeat(worker);
    if (options->has_janitor)
        worker->janitor = janitor_open(loop, queue, worker->setup);
    schedule(worker);
    return worker;
}

void worker_reload(struct worker *worker, struct config *config)
{
    struct setup *old = worker->setup;

    worker->setup = setup_new(worker->loop, worker->queue, worker->client, config);
    janitor_reload(worker->janitor, worker->setup);
    setup_release(old);
    schedule(worker);
}

void worker_close(struct worker *worker)
{
    if (!worker)
        return;
    queue_close(worker->queue); /* first: it answers what is pending, while everything else still stands */
    timer_free(worker->turn);
    heartbeat_free(worker->heartbeat);
    timer_free(worker->deadline);
    janitor_close(worker->janitor);
    roster_clear(&worker->roster);
    setup_release(worker->setup);
    http_client_free(worker->client);
    mem_free(worker->id);
    mem_free(worker);
}
