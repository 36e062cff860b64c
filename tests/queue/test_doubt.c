/*
 * test_doubt.c - what the queue must not forget or mix up when things go wrong twice: interrupted runs, paused
 * accounts, tokens that come again.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "tests/queue/bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* An event whose worker was lost with it, claimed again. */
static struct held interrupted(struct bench *bench)
{
    struct held held;

    bench_store(bench, "acme", "k", "");
    held = bench_claim_one(bench);
    bench_expire(bench, held.lane);
    bench_upkeep(bench);
    held = bench_claim_one(bench);
    assert_true(held.was_interrupted);
    return held;
}

static void an_interrupted_event_that_is_postponed_stays_interrupted(void **state)
{
    struct bench *bench = *state;
    struct held held = interrupted(bench);

    bench_settle(bench, &held, OUTCOME_POSTPONE, 0);
    assert_true(bench_claim_one(bench).was_interrupted);
}

static void an_interrupted_event_that_dies_is_still_interrupted_when_replayed(void **state)
{
    struct bench *bench = *state;
    struct held held = interrupted(bench);

    bench_settle(bench, &held, OUTCOME_DEAD, 0);
    assert_true(bench_replay(bench, held.id, false));
    assert_true(bench_claim_one(bench).was_interrupted);
}

static void a_run_that_was_settled_after_looking_ends_the_interruption(void **state)
{
    struct bench *bench = *state;
    struct held held = interrupted(bench);

    bench_settle(bench, &held, OUTCOME_RETRY, 0);
    assert_false(bench_claim_one(bench).was_interrupted);
}

static void a_refused_key_does_not_end_an_operators_pause(void **state)
{
    struct bench *bench = *state;
    struct held held;
    cJSON *status;

    bench_store(bench, "acme", "k", "");
    held = bench_claim_one(bench);
    bench_pause(bench, "acme");
    bench_settle(bench, &held, OUTCOME_SUSPENDED, 0);
    status = bench_status(bench);
    assert_string_equal(json_get_string(cJSON_GetArrayItem(json_get(status, "accounts"), 0), "state", ""), "paused");
    cJSON_Delete(status);
}

/* A Redis that came back as an older copy of itself hands out token numbers a second time. */
static void a_token_is_of_no_use_to_another_worker(void **state)
{
    struct bench *bench = *state;
    struct settlement settlement;
    struct exchange exchange = {.worker = "first", .settlements = &settlement, .settlement_count = 1};
    struct held first, second;

    bench_store(bench, "acme", "k", "");
    first = bench_claim_as(bench, "first", 1).claims[0];
    redis_fixture_do(bench->redis, "HSET {q0}:n token 0");
    bench_expire(bench, first.lane);
    bench_upkeep(bench);
    second = bench_claim_as(bench, "second", 1).claims[0];
    assert_int_equal(first.token, second.token);
    settlement = bench_settlement(&first, OUTCOME_DONE);
    assert_int_equal(bench_exchange(bench, &exchange).refused_count, 1);
}

int main(void)
{
#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(an_interrupted_event_that_is_postponed_stays_interrupted),
        QUEUE_TEST(an_interrupted_event_that_dies_is_still_interrupted_when_replayed),
        QUEUE_TEST(a_run_that_was_settled_after_looking_ends_the_interruption),
        QUEUE_TEST(a_refused_key_does_not_end_an_operators_pause),
        QUEUE_TEST(a_token_is_of_no_use_to_another_worker),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
