/*
 * test_rate.c - an account's rate: the bucket, reserving on credit, what a 429 teaches and how it is forgotten.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "tests/queue/bench.h"

#include <stdlib.h>
#include <string.h>

/* One request a minute: nothing comes back while a test runs. */
#define SLOW (1.0 / 60)

static double rate_of(struct bench *bench, const char *account)
{
    cJSON *status = bench_status(bench), *each;
    double rate = -1;

    cJSON_ArrayForEach(each,
                       json_get(status, "accounts")) if (strcmp(json_get_string(each, "name", ""), account) == 0 &&
                                                         cJSON_IsNumber(json_get(each, "rate"))) rate =
        json_get(each, "rate")->valuedouble;
    cJSON_Delete(status);
    return rate;
}

static void claims_stop_when_the_bucket_is_empty(void **state)
{
    struct bench *bench = *state;
    struct exchanged exchanged;

    queue_set_limits(bench->queue, "acme", &(struct queue_limits){SLOW, 6, 0, 0});
    for (int i = 0; i < 10; i++)
        assert_int_equal(bench_store(bench, "acme", "", ""), QUEUE_STORED);
    assert_int_equal(bench_store(bench, "beta", "", ""), QUEUE_STORED);
    exchanged = bench_claim(bench, 100);
    assert_int_equal(exchanged.claim_count, 7);
    assert_false(exchanged.has_more);
    assert_in_range(exchanged.next_due_ms, 59000, 60000);
    bench_expect_order(bench);
}

static void an_account_without_a_limit_is_never_slowed(void **state)
{
    struct bench *bench = *state;
    double interval_ms = -1;

    for (int i = 0; i < 50; i++)
        assert_int_equal(bench_store(bench, "acme", "", ""), QUEUE_STORED);
    assert_int_equal(bench_claim(bench, 100).claim_count, 50);
    assert_int_equal(bench_reserve(bench, "acme", 1000, &interval_ms), 0);
    assert_true(interval_ms == 0);
}

static void reserving_within_the_burst_waits_for_nothing(void **state)
{
    struct bench *bench = *state;
    double interval_ms = -1;

    queue_set_limits(bench->queue, "acme", &(struct queue_limits){SLOW, 5, 0, 0});
    assert_int_equal(bench_reserve(bench, "acme", 5, &interval_ms), 0);
    assert_true(interval_ms == 0);
    assert_in_range(bench_reserve(bench, "acme", 1, NULL), 59000, 60000);
}

static void reserving_on_credit_makes_the_next_wait_longer(void **state)
{
    struct bench *bench = *state;
    double interval_ms;

    queue_set_limits(bench->queue, "acme", &(struct queue_limits){SLOW, 1, 0, 0});
    assert_int_equal(bench_reserve(bench, "acme", 3, &interval_ms), 0);
    assert_true(interval_ms > 59999 && interval_ms < 60001);
    assert_in_range(bench_reserve(bench, "acme", 1, NULL), 179000, 180000);
    assert_int_equal(bench_store(bench, "acme", "", ""), QUEUE_STORED);
    assert_in_range(bench_claim(bench, 1).next_due_ms, 239000, 240000);
}

/* Over any time, what is granted stays within rate * time + burst. The queue's clock is Redis's, so the grants are
 * compared with each other: the n-th request may not be sent before (n - burst) intervals have passed. */
static void grants_never_exceed_rate_and_burst(void **state)
{
    struct bench *bench = *state;
    const double rate = 0.5, burst = 4;
    unsigned granted = 0;

    srand(7);
    queue_set_limits(bench->queue, "acme", &(struct queue_limits){rate, burst, 0, 0});
    for (int i = 0; i < 50; i++) {
        unsigned count = 1 + (unsigned)rand() % 6;
        double interval_ms, earliest_ms;
        int64_t wait_ms = bench_reserve(bench, "acme", count, &interval_ms);

        for (unsigned j = 0; j < count; j++, granted++) {
            earliest_ms = (granted + 1 - burst) * 1000 / rate;
            assert_true((double)wait_ms + j * interval_ms > earliest_ms - 1000);
        }
    }
}

static void a_429_halves_the_rate_once_a_rest_and_not_for_ever(void **state)
{
    struct bench *bench = *state;
    struct exchanged exchanged;

    queue_set_limits(bench->queue, "acme", &(struct queue_limits){64, 100, 0, 0});
    for (int i = 0; i < 4; i++)
        assert_int_equal(bench_store(bench, "acme", "", ""), QUEUE_STORED);
    exchanged = bench_claim(bench, 4);
    assert_int_equal(exchanged.claim_count, 4);
    assert_true(rate_of(bench, "acme") == 64);
    bench_settle(bench, &exchanged.claims[0], OUTCOME_LIMITED, 60000);
    assert_true(rate_of(bench, "acme") == 32);
    bench_settle(bench, &exchanged.claims[1], OUTCOME_LIMITED, 60000);
    assert_true(rate_of(bench, "acme") == 32); /* it rests: this answer is to a request of before */
    for (int i = 2; i < 20; i++) {
        assert_true(bench_resume(bench, "acme"));
        exchanged = bench_claim(bench, 1);
        if (exchanged.claim_count == 1)
            bench_settle(bench, &exchanged.claims[0], OUTCOME_LIMITED, 60000);
        redis_fixture_do(bench->redis, "HSET {q0}:a:acme tat 0");
    }
    assert_true(rate_of(bench, "acme") == 1); /* 64 / 64 */
}

static void the_rate_creeps_up_again(void **state)
{
    struct bench *bench = *state;
    struct held held;
    long long slowed;

    queue_set_limits(bench->queue, "acme", &(struct queue_limits){100, 1, 0, 0});
    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_STORED);
    held = bench_claim_one(bench);
    bench_settle(bench, &held, OUTCOME_LIMITED, 60000);
    slowed = redis_fixture_number(bench->redis, "HGET {q0}:a:acme slowed");
    redis_fixture_do(bench->redis, "HSET {q0}:a:acme slowed %lld", slowed - 60000 - 4000); /* 4 s after the rest */
    assert_true(rate_of(bench, "acme") >= 70 && rate_of(bench, "acme") < 75);
    redis_fixture_do(bench->redis, "HSET {q0}:a:acme slowed %lld", slowed - 60000 - 60000);
    assert_true(rate_of(bench, "acme") == 100);
}

/* The end of a rest is not the start of a burst, or it would be the next 429. */
static void a_rest_ends_with_an_empty_bucket(void **state)
{
    struct bench *bench = *state;
    struct held held;

    queue_set_limits(bench->queue, "acme", &(struct queue_limits){10, 5, 0, 0});
    for (int i = 0; i < 10; i++)
        assert_int_equal(bench_store(bench, "acme", "", ""), QUEUE_STORED);
    held = bench_claim_one(bench);
    bench_settle(bench, &held, OUTCOME_LIMITED, 60000);
    assert_true(bench_resume(bench, "acme"));
    assert_in_range(bench_claim(bench, 10).next_due_ms, 59000, 60000);
}

static void a_429_without_a_rate_only_rests(void **state)
{
    struct bench *bench = *state;
    struct held held;

    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_STORED);
    held = bench_claim_one(bench);
    bench_settle(bench, &held, OUTCOME_LIMITED, 60000);
    assert_int_equal(bench_claim(bench, 1).claim_count, 0);
    assert_true(bench_resume(bench, "acme"));
    assert_int_equal(bench_claim(bench, 1).claim_count, 1);
}

static void a_429_does_not_end_a_pause(void **state)
{
    struct bench *bench = *state;
    struct held held;

    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_STORED);
    held = bench_claim_one(bench);
    assert_true(bench_pause(bench, "acme"));
    assert_int_equal(bench_settle(bench, &held, OUTCOME_LIMITED, 1000).next_due_ms, -1);
    assert_int_equal(bench_claim(bench, 1).claim_count, 0);
}

static void raising_a_limit_wakes_an_account_that_waits_for_it(void **state)
{
    struct bench *bench = *state;

    queue_set_limits(bench->queue, "acme", &(struct queue_limits){SLOW, 1, 0, 0});
    for (int i = 0; i < 5; i++)
        assert_int_equal(bench_store(bench, "acme", "", ""), QUEUE_STORED);
    assert_int_equal(bench_claim(bench, 5).claim_count, 1);
    queue_set_limits(bench->queue, "acme", &(struct queue_limits){0, 0, 3, 0});
    assert_int_equal(bench_claim(bench, 5).claim_count, 2);
    queue_set_limits(bench->queue, "acme", &(struct queue_limits){0, 0, 0, 0});
    assert_int_equal(bench_claim(bench, 5).claim_count, 2);
}

/* The audit after the test is the judge. */
static void an_account_whose_limits_are_none_is_listed(void **state)
{
    struct bench *bench = *state;
    cJSON *status;

    queue_set_limits(bench->queue, "acme", &(struct queue_limits){0, 0, 0, 0});
    status = bench_status(bench);
    assert_int_equal(cJSON_GetArraySize(json_get(status, "accounts")), 1);
    cJSON_Delete(status);
}

int main(void)
{
#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(claims_stop_when_the_bucket_is_empty),
        QUEUE_TEST(an_account_without_a_limit_is_never_slowed),
        QUEUE_TEST(reserving_within_the_burst_waits_for_nothing),
        QUEUE_TEST(reserving_on_credit_makes_the_next_wait_longer),
        QUEUE_TEST(grants_never_exceed_rate_and_burst),
        QUEUE_TEST(a_429_halves_the_rate_once_a_rest_and_not_for_ever),
        QUEUE_TEST(the_rate_creeps_up_again),
        QUEUE_TEST(a_rest_ends_with_an_empty_bucket),
        QUEUE_TEST(a_429_without_a_rate_only_rests),
        QUEUE_TEST(a_429_does_not_end_a_pause),
        QUEUE_TEST(raising_a_limit_wakes_an_account_that_waits_for_it),
        QUEUE_TEST(an_account_whose_limits_are_none_is_listed),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
