/*
 * exchange.c - settling what was run and claiming what runs next, in one call of one script.
 *
 * exchange_reply.c reads the answer.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "queue/confirm.h"
#include "queue/exchange_reply.h"
#include "queue/reply.h"
#include "queue/shard.h"

#include <assert.h>
#include <string.h>

enum { CLAIM_BYTES_MAX = 8 << 20 };

#define DELAY_MAX_MS INT64_C(604800000) /* a week */

/* What the script calls each outcome. */
static const char *const outcome_names[] = {
    [OUTCOME_DONE] = "done",         [OUTCOME_RETRY] = "retry",         [OUTCOME_DEAD] = "dead",
    [OUTCOME_LIMITED] = "limited",   [OUTCOME_SUSPENDED] = "suspended", [OUTCOME_GIVE_BACK] = "give_back",
    [OUTCOME_POSTPONE] = "postpone",
};

/* One exchange on its way. */
struct trip {
    struct shard *shard;
    char *worker;
    bool wants_claims;
    bool is_confirmed;      /* where durability asks for it */
    int64_t rest_ms;        /* nothing is claimed for so long, whatever was wanted */
    redisReply *to_confirm; /* the answer, while replicas are waited for */
    size_t settlement_count;
    queue_exchange_fn *fn;
    void *arg;
};

static int64_t delay_within_bounds(int64_t delay_ms)
{
    if (delay_ms < 0)
        return 0;
    return delay_ms < DELAY_MAX_MS ? delay_ms : DELAY_MAX_MS;
}

static void add_settlement(struct args *args, const struct settlement *settlement)
{
    assert(settlement->outcome < COUNT_OF(outcome_names));
    args_text(args, settlement->lane);
    args_number(args, (int64_t)settlement->token);
    args_text(args, settlement->id);
    args_text(args, outcome_names[settlement->outcome]);
    args_number(args, delay_within_bounds(settlement->delay_ms));
    args_text(args, settlement->reason);
    args_text(args, settlement->progress);
    args_text(args, settlement->trace);
}

static void add_exchange(struct args *args, const struct shard *shard, const struct exchange *exchange, size_t want)
{
    assert(exchange->settlement_count <= QUEUE_BATCH_MAX);
    args_text(args, exchange->worker);
    args_number(args, shard->options->lease_ms);
    args_number(args, want < QUEUE_BATCH_MAX ? (int64_t)want : QUEUE_BATCH_MAX);
    args_number(args, CLAIM_BYTES_MAX);
    args_number(args, (int64_t)shard->options->done_keep_count);
    args_number(args, (int64_t)exchange->slots);
    args_number(args, (int64_t)exchange->settlement_count);
    for (size_t i = 0; i < exchange->settlement_count; i++)
        add_settlement(args, &exchange->settlements[i]);
    args_number(args, shard->options->shards);
}

static void send_unconfirmed(struct shard *shard, const struct exchange *exchange);

static void ignore_result(void *arg, const struct exchange_result *result, const struct error *err)
{
    (void)arg;
    (void)result;
    if (err)
        log_warn("claims that were not run wait until their lease ends: %s", err->text);
}

/* Records that this program cannot read wait for one that can; damaged ones never will be read. */
static void settle_unreadable(struct shard *shard, const char *worker, const struct exchange_reply *answer)
{
    send_unconfirmed(shard, &(struct exchange){.worker = worker,
                                               .settlements = answer->unreadable,
                                               .settlement_count = answer->unreadable_count});
}

/* Tokens only grow, unless the database was emptied or is an older copy. Its accounts' limits are gone then. */
static void note_tokens(struct shard *shard, const struct exchange_reply *answer)
{
    if (answer->newest_token == 0)
        return;
    if (answer->newest_token <= shard->last_token) {
        log_error("redis has lost data: its claims count from %llu again", (unsigned long long)answer->newest_token);
        shard_send_limits(shard);
    }
    shard->last_token = answer->newest_token;
}

/* When an answer is lost, the worker may own lanes it has never heard of. They are given back after the reconnection.
 */
static void note_unseen(struct trip *trip)
{
    if (!trip->wants_claims || trip->shard->unseen_worker)
        return;
    trip->shard->unseen_worker = mem_string(trip->worker);
}

/* All settlements are in the one part that a shard's answer is. */
static void finish(struct trip *trip, struct exchange_result *result, const struct error *err)
{
    queue_exchange_fn *fn = trip->fn;
    void *arg = trip->arg;
    size_t *settled = mem_new((trip->settlement_count + 1) * sizeof(*settled));

    for (size_t i = 0; i < trip->settlement_count; i++)
        settled[i] = i;
    result->settled = settled;
    result->settled_count = trip->settlement_count;
    result->is_last = true;
    mem_free(trip->worker);
    mem_free(trip);
    fn(arg, result, err);
    mem_free(settled);
}

/* There may be something to claim, but not before the rest is over. */
static void put_off(const struct trip *trip, struct exchange_result *result)
{
    result->has_more = false;
    result->next_due_ms = clock_earlier_ms(result->next_due_ms, trip->rest_ms);
}

static void conclude(struct trip *trip, const redisReply *reply, const struct error *err)
{
    struct exchange_reply answer = {.result.next_due_ms = -1};
    struct error strange;

    if (!err && !exchange_reply_read(reply, &answer, &strange))
        err = &strange;
    if (!err) {
        note_tokens(trip->shard, &answer);
        settle_unreadable(trip->shard, trip->worker, &answer);
        if (proof_is_in_doubt(trip->shard->proof))
            exchange_reply_doubt(&answer);
    }
    if (trip->rest_ms > 0)
        put_off(trip, &answer.result);
    finish(trip, &answer.result, err);
    exchange_reply_clear(&answer);
}

/* ---- claims that replicas must know of ---- */

/* What was claimed may not be run, and was not: it is given back as claims whose answer was lost are, which keeps that
 * an earlier run was cut short. While nothing can be confirmed, doubt does not end. */
static void on_confirmed(void *arg, const struct error *err)
{
    struct trip *trip = arg;
    redisReply *reply = trip->to_confirm;
    struct shard *shard = trip->shard;

    if (err) {
        note_unseen(trip);
        proof_prolong_doubt(shard->proof);
    }
    if (err && shard_is_ready(shard))
        shard_release_unseen(shard);
    conclude(trip, err ? NULL : reply, err);
    reply_free(reply);
}

/* While a failover goes on there are two masters, and one of them is about to forget. With durability "replicas", what
 * was claimed or settled counts when a replica has it: so nothing is run that the next master does not know of. */
static bool must_be_confirmed(const struct trip *trip, const redisReply *reply)
{
    bool has_claims = reply_count(reply_at(reply, 3)) > 0;

    return trip->is_confirmed && proof_confirmation(trip->shard->proof) == CONFIRM_REPLICAS &&
           (has_claims || trip->settlement_count > 0);
}

static void on_exchange(void *arg, const redisReply *reply, const struct error *err)
{
    struct trip *trip = arg;
    struct error changed;

    if (err && err->kind == ERROR_UNAVAILABLE)
        note_unseen(trip);
    if (!err && !shard_check_number(trip->shard, reply, &changed))
        err = &changed;
    if (err || !must_be_confirmed(trip, reply)) {
        conclude(trip, reply, err);
        return;
    }
    trip->to_confirm = reply_copy(reply);
    confirm_add(trip->shard->confirm, on_confirmed, trip);
    confirm_flush(trip->shard->confirm);
}

static struct trip *trip_new(struct shard *shard, const struct exchange *exchange, queue_exchange_fn *fn, void *arg)
{
    struct trip *trip = mem_new(sizeof(*trip));

    trip->shard = shard;
    trip->worker = mem_string(exchange->worker);
    trip->rest_ms = exchange->want > 0 ? proof_rest_ms(shard->proof) : 0;
    trip->wants_claims = exchange->want > 0 && trip->rest_ms == 0;
    trip->settlement_count = exchange->settlement_count;
    trip->fn = fn;
    trip->arg = arg;
    return trip;
}

static void send_trip(struct trip *trip, const struct exchange *exchange)
{
    struct args args;

    args_init(&args);
    add_exchange(&args, trip->shard, exchange, trip->wants_claims ? exchange->want : 0);
    shard_script(trip->shard, SCRIPT_EXCHANGE, &args, on_exchange, trip);
    args_clear(&args);
}

/* What goes back is waited for by nobody. */
static void send_unconfirmed(struct shard *shard, const struct exchange *exchange)
{
    if (exchange->settlement_count > 0)
        send_trip(trip_new(shard, exchange, ignore_result, NULL), exchange);
}

void shard_exchange(struct shard *shard, const struct exchange *exchange, queue_exchange_fn *fn, void *arg)
{
    struct trip *trip = trip_new(shard, exchange, fn, arg);

    trip->is_confirmed = true;
    send_trip(trip, exchange);
}
