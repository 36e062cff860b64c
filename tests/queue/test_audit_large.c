/*
 * test_audit_large.c - the audit of a large queue: right, and in steps that nobody has to wait for.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "tests/queue/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Beyond what a page searches, several times; EVENTS_EACH in the environment makes it larger. */
enum { EVENTS_EACH = 6000, BATCH = 1000, STEP_US_MAX = 50000 };

static void store_many(struct bench *bench, const char *account, const char *key, size_t count)
{
    struct event *events = mem_new(BATCH * sizeof(*events));
    struct stored *stored = mem_new(BATCH * sizeof(*stored));

    for (size_t done = 0; done < count; done += BATCH) {
        for (size_t i = 0; i < BATCH; i++)
            events[i] = bench_event(account, key);
        bench_store_batch(bench, events, BATCH, stored);
        assert_int_equal(stored[BATCH - 1].result, QUEUE_STORED);
    }
    mem_free(events);
    mem_free(stored);
}

static size_t events_each(void)
{
    const char *text = getenv("EVENTS_EACH");

    return text ? strtoull(text, NULL, 10) : EVENTS_EACH;
}

/* One account with very many ready lanes, and one with a very long lane. */
static void fill(struct bench *bench, size_t each)
{
    store_many(bench, "wide", "", each);
    store_many(bench, "long", "k", each);
}

static void expect_problem(struct bench *bench, const char *part)
{
    cJSON *report = bench_audit(bench);
    char *text = json_print(json_get(report, "problems"));

    assert_int_equal(cJSON_GetArraySize(json_get(report, "problems")), 1);
    if (!strstr(text, part))
        fail_msg("the audit must say \"%s\", and said %s", part, text);
    mem_free(text);
    cJSON_Delete(report);
}

/* The longest step that Redis has seen since its log was reset, in microseconds. */
static long long slowest_step(struct bench *bench)
{
    redisReply *log = redis_fixture_command(bench->redis, "SLOWLOG GET 100");
    long long slowest = 0;

    for (size_t i = 0; i < log->elements; i++)
        if (log->element[i]->element[2]->integer > slowest)
            slowest = log->element[i]->element[2]->integer;
    freeReplyObject(log);
    return slowest;
}

static void no_step_of_an_audit_holds_redis_up(void **state)
{
    struct bench *bench = *state;
    cJSON *report;

    fill(bench, events_each());
    redis_fixture_do(bench->redis, "CONFIG SET slowlog-log-slower-than 1000");
    redis_fixture_do(bench->redis, "SLOWLOG RESET");
    report = bench_audit(bench);
    assert_int_equal(cJSON_GetArraySize(json_get(report, "problems")), 0);
    assert_int_equal(json_get_integer(report, "events", 0), 2 * events_each());
    print_message("the slowest step took %lld us\n", slowest_step(bench));
    assert_true(slowest_step(bench) < STEP_US_MAX);
    cJSON_Delete(report);
}

/* Each is broken, found, and put right again. */
static void what_is_wrong_in_a_long_list_is_found(void **state)
{
    static const struct {
        const char *broken, *problem, *mended;
    } cases[] = {
        {"local lane = redis.call('LRANGE', '{q0}:r:wide', 3000, 3000)[1] redis.call('ZADD', '{q0}:park', 1e15, lane)",
         "lane must be in one of", "redis.call('DEL', '{q0}:park')"},
        {"redis.call('RPUSH', '{q0}:r:wide', redis.call('LINDEX', '{q0}:r:wide', 3000))", "lane must be in one of",
         "redis.call('RPOP', '{q0}:r:wide')"},
        {"redis.call('SET', 'kept', redis.call('RPOP', '{q0}:r:wide'))", "lane must be in one of",
         "redis.call('RPUSH', '{q0}:r:wide', redis.call('GET', 'kept'))"},
        {"redis.call('SET', 'kept', redis.call('RPOP', '{q0}:l:long/k'))", "not in its lane",
         "redis.call('RPUSH', '{q0}:l:long/k', redis.call('GET', 'kept'))"},
        {"redis.call('RPUSH', '{q0}:l:long/k', redis.call('LINDEX', '{q0}:l:long/k', 3000))", "in the lane twice",
         "redis.call('RPOP', '{q0}:l:long/k')"},
    };
    struct bench *bench = *state;

    fill(bench, 4000);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        redis_fixture_do(bench->redis, "EVAL %s 0", cases[i].broken);
        expect_problem(bench, cases[i].problem);
        redis_fixture_do(bench->redis, "EVAL %s 0", cases[i].mended);
    }
    bench_expect_order(bench);
}

/* ---- a queue that moves ---- */

/* A worker that never stops: what it has claimed is done with the next exchange, and as much is stored anew. */
struct mover {
    struct bench *bench;
    struct queue *queue;
    struct held held[HELD_MAX];
    size_t held_count;
    size_t exchanges;
    bool is_stopping, has_stopped;
};

static void move(struct mover *mover);

static void on_moved_store(void *arg, enum queue_stored result, const char *id, const struct error *err)
{
    (void)arg;
    (void)id;
    (void)err;
    assert_int_equal(result, QUEUE_STORED);
}

static void on_moved(void *arg, const struct exchange_result *result, const struct error *err)
{
    struct mover *mover = arg;

    assert_null(err);
    mover->held_count = 0;
    mover->exchanges++;
    for (size_t i = 0; i < result->claim_count; i++) {
        const struct claim *claim = &result->claims[i];
        struct held *held = &mover->held[mover->held_count++];
        struct event event = bench_event(claim->event.account, claim->event.order_key);

        *held = (struct held){.token = claim->token};
        snprintf(held->lane, sizeof(held->lane), "%s", claim->lane);
        snprintf(held->id, sizeof(held->id), "%s", claim->event.id);
        queue_enqueue(mover->queue, &event, on_moved_store, mover);
    }
    if (mover->is_stopping) {
        mover->has_stopped = true;
        loop_stop(mover->bench->loop);
        return;
    }
    move(mover);
}

static void move(struct mover *mover)
{
    static const enum outcome outcomes[] = {OUTCOME_DONE, OUTCOME_RETRY, OUTCOME_GIVE_BACK, OUTCOME_DEAD};
    struct settlement settlements[HELD_MAX];

    for (size_t i = 0; i < mover->held_count; i++)
        settlements[i] = bench_settlement(&mover->held[i], outcomes[(mover->exchanges + i) % COUNT_OF(outcomes)]);
    queue_exchange(mover->queue,
                   &(struct exchange){
                       .worker = "mover", .settlements = settlements, .settlement_count = mover->held_count, .want = 8},
                   on_moved, mover);
}

static void a_queue_that_moves_gives_no_false_alarm(void **state)
{
    struct bench *bench = *state;
    struct mover *mover = mem_new(sizeof(*mover));
    size_t before;

    fill(bench, 3000);
    store_many(bench, "some", "k1", BATCH);
    mover->bench = bench;
    mover->queue = bench->queue;
    move(mover);
    for (int i = 0; i < 3; i++) {
        before = mover->exchanges;
        bench_expect_order(bench);
        assert_true(mover->exchanges > before + 10);
    }
    mover->is_stopping = true;
    while (!mover->has_stopped)
        loop_run(bench->loop);
    bench_expect_order(bench);
    mem_free(mover);
}

int main(void)
{
#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(no_step_of_an_audit_holds_redis_up),
        QUEUE_TEST(what_is_wrong_in_a_long_list_is_found),
        QUEUE_TEST(a_queue_that_moves_gives_no_false_alarm),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
