/*
 * bench.c - see bench.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/queue/bench.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "tests/fakes/wait.h"

#include <stdio.h>
#include <string.h>

/* Every answer of the queue ends up here, and stops the loop. */
struct answer {
    struct bench *bench;
    bool has_come;
    bool is_right;
    enum queue_stored stored;
    struct exchanged *exchanged; /* too large to be part of every answer */
    struct upkeep upkeep;
    size_t count;
    int64_t wait_ms;
    double interval_ms;
    cJSON *report;
};

static void note(struct answer *answer, const struct error *err)
{
    assert_false(answer->has_come);
    answer->has_come = true;
    answer->is_right = err == NULL;
    answer->bench->err = err ? *err : (struct error){0};
    loop_stop(answer->bench->loop);
}

static void await(struct answer *answer)
{
    assert_false(answer->has_come); /* never from inside the call that asked */
    assert_true(wait_for(answer->bench->loop, &answer->has_come));
}

/* ---- life ---- */

static struct redis_fixture *shared_redis;

int bench_open_redis(void **state)
{
    (void)state;
    shared_redis = redis_fixture_open(NULL);
    return 0;
}

int bench_close_redis(void **state)
{
    (void)state;
    redis_fixture_close(shared_redis);
    shared_redis = NULL;
    return 0;
}

static void on_done(void *arg, const struct error *err)
{
    note(arg, err);
}

bool bench_when_ready(struct bench *bench, int64_t timeout_ms)
{
    struct answer answer = {.bench = bench};

    queue_when_ready(bench->queue, timeout_ms, on_done, &answer);
    await(&answer);
    return answer.is_right;
}

void bench_replace(struct bench *bench, struct queue_options options)
{
    struct error err;

    queue_close(bench->queue);
    if (!options.url)
        options.url = redis_fixture_url(bench->redis);
    bench->queue = queue_open(bench->loop, &options, &err);
    assert_non_null(bench->queue);
}

void bench_reopen(struct bench *bench, struct queue_options options)
{
    bench_replace(bench, options);
    assert_true(bench_when_ready(bench, 4000));
}

int bench_open_own(void **state, const char *const *extra)
{
    struct bench *bench = mem_new(sizeof(*bench));

    bench->redis = redis_fixture_open(extra);
    bench->loop = loop_new();
    bench_reopen(bench, (struct queue_options){0});
    *state = bench;
    return 0;
}

int bench_close_own(void **state)
{
    struct bench *bench = *state;
    struct redis_fixture *redis = bench->redis;

    bench_close(state);
    redis_fixture_close(redis);
    return 0;
}

int bench_open(void **state)
{
    struct bench *bench = mem_new(sizeof(*bench));

    bench->redis = shared_redis;
    bench->loop = loop_new();
    redis_fixture_flush(bench->redis);
    bench_reopen(bench, (struct queue_options){0});
    *state = bench;
    return 0;
}

int bench_close(void **state)
{
    struct bench *bench = *state;

    bench_expect_order(bench);
    queue_close(bench->queue);
    loop_free(bench->loop);
    mem_free(bench);
    return 0;
}

/* ---- storing ---- */

static void on_stored(void *arg, enum queue_stored result, const char *id, const struct error *err)
{
    struct answer *answer = arg;

    answer->stored = result;
    assert_non_null(id);
    snprintf(answer->bench->stored_id, ULID_SIZE, "%s", id);
    note(answer, err);
}

static void on_one_stored(void *arg, enum queue_stored result, const char *id, const struct error *err)
{
    struct stored *stored = arg;

    (void)err;
    stored->bench->storing++;
    stored->result = result;
    snprintf(stored->id, ULID_SIZE, "%s", id);
    loop_stop(stored->bench->loop);
}

static bool has_stored_all(void *arg)
{
    const struct bench *bench = arg;

    return bench->storing == bench->to_store;
}

void bench_store_batch(struct bench *bench, const struct event *events, size_t count, struct stored *stored)
{
    bench->storing = 0;
    bench->to_store = count;
    for (size_t i = 0; i < count; i++) {
        stored[i] = (struct stored){.bench = bench};
        queue_enqueue(bench->queue, &events[i], on_one_stored, &stored[i]);
    }
    assert_true(wait_until(bench->loop, has_stored_all, bench));
}

struct event bench_event(const char *account, const char *key)
{
    struct event event = {
        .received_ms = clock_now_ms(),
        .account = account,
        .source = "test",
        .type = "a.b",
        .order_key = key,
        .delivery_id = "",
        .headers = "{}",
        .payload = "{}",
        .payload_size = 2,
    };

    ulid_new(event.id);
    return event;
}

enum queue_stored bench_store_event(struct bench *bench, struct event event)
{
    return bench_store_within(bench, event, 0);
}

enum queue_stored bench_store_within(struct bench *bench, struct event event, size_t max_waiting)
{
    struct answer answer = {.bench = bench};

    if (event.delivery_id[0] == '\0')
        event.delivery_id = event.id;
    queue_enqueue_within(bench->queue, &event, max_waiting, on_stored, &answer);
    await(&answer);
    return answer.stored;
}

enum queue_stored bench_store(struct bench *bench, const char *account, const char *key, const char *delivery)
{
    struct event event = bench_event(account, key);

    event.delivery_id = delivery;
    return bench_store_event(bench, event);
}

/* ---- claiming and settling ---- */

static struct held held_of(const struct claim *claim)
{
    struct held held = {
        .token = claim->token,
        .attempts = claim->attempts,
        .crashes = claim->crashes,
        .was_interrupted = claim->was_interrupted,
    };

    assert_int_equal(strlen(claim->event.payload), claim->event.payload_size);
    snprintf(held.lane, sizeof(held.lane), "%s", claim->lane);
    snprintf(held.id, sizeof(held.id), "%s", claim->event.id);
    snprintf(held.account, sizeof(held.account), "%s", claim->event.account);
    snprintf(held.payload, sizeof(held.payload), "%s", claim->event.payload);
    snprintf(held.progress, sizeof(held.progress), "%s", claim->progress);
    return held;
}

static void add_part(struct exchanged *exchanged, const struct exchange_result *result)
{
    assert_in_range(exchanged->claim_count + result->claim_count, 0, HELD_MAX);
    for (size_t i = 0; i < result->claim_count; i++)
        exchanged->claims[exchanged->claim_count++] = held_of(&result->claims[i]);
    if (result->refused_count > 0)
        exchanged->first_refused = result->refused[0];
    exchanged->refused_count += result->refused_count;
    if (exchanged->next_due_ms < 0 || (result->next_due_ms >= 0 && result->next_due_ms < exchanged->next_due_ms))
        exchanged->next_due_ms = result->next_due_ms;
    exchanged->has_more = exchanged->has_more || result->has_more;
}

static void on_exchanged(void *arg, const struct exchange_result *result, const struct error *err)
{
    struct answer *answer = arg;
    struct exchanged *exchanged = answer->exchanged;

    exchanged->parts++;
    exchanged->settled_count += result->settled_count;
    if (err)
        exchanged->failure = err->kind;
    else
        add_part(exchanged, result);
    if (result->is_last)
        note(answer, err);
}

struct exchanged bench_exchange(struct bench *bench, const struct exchange *exchange)
{
    struct exchanged exchanged = {.next_due_ms = -1};
    struct answer answer = {.bench = bench, .exchanged = &exchanged};

    queue_exchange(bench->queue, exchange, on_exchanged, &answer);
    await(&answer);
    return exchanged;
}

struct exchanged bench_claim_as(struct bench *bench, const char *worker, size_t want)
{
    return bench_exchange(bench, &(struct exchange){.worker = worker, .want = want});
}

struct exchanged bench_claim(struct bench *bench, size_t want)
{
    return bench_claim_as(bench, "w1", want);
}

struct held bench_claim_one(struct bench *bench)
{
    struct exchanged exchanged = bench_claim(bench, 1);

    assert_int_equal(exchanged.claim_count, 1);
    return exchanged.claims[0];
}

struct settlement bench_settlement(const struct held *held, enum outcome outcome)
{
    return (struct settlement){
        .id = held->id,
        .lane = held->lane,
        .token = held->token,
        .outcome = outcome,
        .reason = "",
        .progress = "",
        .trace = "",
    };
}

struct exchanged bench_settle(struct bench *bench, const struct held *held, enum outcome outcome, int64_t delay_ms)
{
    struct settlement settlement = bench_settlement(held, outcome);

    settlement.delay_ms = delay_ms;
    return bench_exchange(bench, &(struct exchange){.worker = "w1", .settlements = &settlement, .settlement_count = 1});
}

/* ---- care and rate ---- */

static void on_upkeep(void *arg, const struct upkeep *upkeep, const struct error *err)
{
    struct answer *answer = arg;

    note(answer, err);
    if (upkeep)
        answer->upkeep = *upkeep;
}

struct upkeep bench_upkeep(struct bench *bench)
{
    struct answer answer = {.bench = bench};

    queue_upkeep(bench->queue, on_upkeep, &answer);
    await(&answer);
    assert_true(answer.is_right);
    return answer.upkeep;
}

static void on_count(void *arg, size_t count, const struct error *err)
{
    struct answer *answer = arg;

    answer->count = count;
    note(answer, err);
}

size_t bench_release(struct bench *bench, const char *worker)
{
    struct answer answer = {.bench = bench};

    queue_release(bench->queue, worker, on_count, &answer);
    await(&answer);
    assert_true(answer.is_right);
    return answer.count;
}

/* Counts what was lost. */
static void on_extended(void *arg, const enum lease_state *states, size_t count, const struct error *err)
{
    size_t lost = 0;

    for (size_t i = 0; i < count; i++)
        lost += states[i] == LEASE_LOST;
    on_count(arg, lost, err);
}

size_t bench_extend(struct bench *bench, const char *worker, const struct lease *leases, size_t count)
{
    struct answer answer = {.bench = bench};

    queue_extend(bench->queue, worker, leases, count, on_extended, &answer);
    await(&answer);
    assert_true(answer.is_right);
    return answer.count;
}

static void on_reserved(void *arg, int64_t wait_ms, double interval_ms, const struct error *err)
{
    struct answer *answer = arg;

    answer->wait_ms = wait_ms;
    answer->interval_ms = interval_ms;
    note(answer, err);
}

int64_t bench_reserve(struct bench *bench, const char *account, unsigned count, double *interval_ms)
{
    struct answer answer = {.bench = bench};

    queue_reserve(bench->queue, account, count, on_reserved, &answer);
    await(&answer);
    assert_true(answer.is_right);
    if (interval_ms)
        *interval_ms = answer.interval_ms;
    return answer.wait_ms;
}

bool bench_wait(struct bench *bench, int64_t timeout_ms)
{
    struct answer answer = {.bench = bench};

    queue_wait(bench->queue, timeout_ms, on_done, &answer);
    await(&answer);
    return answer.is_right;
}

/* ---- reports ---- */

static void on_report(void *arg, const cJSON *report, const struct error *err)
{
    struct answer *answer = arg;

    answer->report = report ? cJSON_Duplicate(report, true) : NULL;
    note(answer, err);
}

cJSON *bench_status(struct bench *bench)
{
    struct answer answer = {.bench = bench};

    queue_status(bench->queue, on_report, &answer);
    await(&answer);
    return answer.report;
}

cJSON *bench_list(struct bench *bench, const char *state, const char *account, size_t limit)
{
    struct answer answer = {.bench = bench};

    queue_list(bench->queue, state, account, limit, on_report, &answer);
    await(&answer);
    return answer.report;
}

cJSON *bench_show(struct bench *bench, const char *id)
{
    struct answer answer = {.bench = bench};

    queue_show(bench->queue, id, on_report, &answer);
    await(&answer);
    return answer.report;
}

cJSON *bench_audit(struct bench *bench)
{
    struct answer answer = {.bench = bench};

    queue_audit(bench->queue, on_report, &answer);
    await(&answer);
    return answer.report;
}

cJSON *bench_repair(struct bench *bench)
{
    struct answer answer = {.bench = bench};

    queue_repair(bench->queue, on_report, &answer);
    await(&answer);
    return answer.report;
}

void bench_expect_order(struct bench *bench)
{
    cJSON *report = bench_audit(bench);
    cJSON *problems = json_get(report, "problems");
    char *text;

    assert_non_null(report);
    assert_non_null(problems);
    if (cJSON_GetArraySize(problems) > 0) {
        text = json_print(problems);
        fail_msg("the audit found: %s", text);
    }
    cJSON_Delete(report);
}

/* ---- an operator's hand ---- */

bool bench_replay(struct bench *bench, const char *id, bool also_done)
{
    struct answer answer = {.bench = bench};

    queue_replay(bench->queue, id, also_done, on_done, &answer);
    await(&answer);
    return answer.is_right;
}

bool bench_drop(struct bench *bench, const char *id)
{
    struct answer answer = {.bench = bench};

    queue_drop(bench->queue, id, on_done, &answer);
    await(&answer);
    return answer.is_right;
}

bool bench_pause(struct bench *bench, const char *account)
{
    struct answer answer = {.bench = bench};

    queue_pause(bench->queue, account, "maintenance", on_done, &answer);
    await(&answer);
    return answer.is_right;
}

bool bench_resume(struct bench *bench, const char *account)
{
    struct answer answer = {.bench = bench};

    queue_resume(bench->queue, account, on_done, &answer);
    await(&answer);
    return answer.is_right;
}

bool bench_resume_suspended(struct bench *bench, const char *account)
{
    struct answer answer = {.bench = bench};

    queue_resume_suspended(bench->queue, account, on_done, &answer);
    await(&answer);
    return answer.is_right;
}

/* ---- time ---- */

void bench_expire(struct bench *bench, const char *lane)
{
    redis_fixture_do(bench->redis, "ZADD {q0}:lease XX 1 %s", lane);
}

void bench_make_due(struct bench *bench, const char *lane)
{
    redis_fixture_do(bench->redis, "ZADD {q0}:park XX 1 %s", lane);
}
