/*
 * test_seen.c - how long deliveries are remembered, and that they are forgotten then.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/queue/bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

enum { WINDOW_S = 72 * 3600, ROUND_STEPS = 16 + 1 };

/* All that is remembered was stored so much earlier. */
static void age(struct bench *bench, int seconds)
{
    static const char script[] = //
        "for _, key in ipairs(redis.call('KEYS', '{q0}:d:*')) do "
        "  local all = redis.call('HGETALL', key) "
        "  for i = 1, #all, 2 do "
        "    local stamp = struct.unpack('>I4', all[i + 1]) - ARGV[1] "
        "    redis.call('HSET', key, all[i], struct.pack('>I4', stamp) .. string.sub(all[i + 1], 5)) "
        "  end "
        "end";

    redis_fixture_do(bench->redis, "EVAL %s 0 %d", script, seconds);
}

static long long count_remembered(struct bench *bench)
{
    return redis_fixture_number(bench->redis, "EVAL %s 0",
                                "local count = 0 "
                                "for _, key in ipairs(redis.call('KEYS', '{q0}:d:*')) do "
                                "  count = count + redis.call('HLEN', key) "
                                "end return count");
}

static void a_delivery_is_known_to_the_end_of_its_window_and_new_behind_it(void **state)
{
    struct bench *bench = *state;
    char first[ULID_SIZE];

    assert_int_equal(bench_store(bench, "acme", "k", "delivery-1"), QUEUE_STORED);
    memcpy(first, bench->stored_id, sizeof(first));
    age(bench, WINDOW_S - 1);
    assert_int_equal(bench_store(bench, "acme", "k", "delivery-1"), QUEUE_DUPLICATE);
    assert_string_equal(bench->stored_id, first);
    age(bench, 4);
    assert_int_equal(bench_store(bench, "acme", "k", "delivery-1"), QUEUE_STORED);
    assert_string_not_equal(bench->stored_id, first);
    memcpy(first, bench->stored_id, sizeof(first));
    assert_int_equal(bench_store(bench, "acme", "k", "delivery-1"), QUEUE_DUPLICATE);
    assert_string_equal(bench->stored_id, first);
}

/* A full queue stores nothing, so it has nothing to remember either. */
static void what_is_refused_is_not_remembered_and_not_known_behind_its_window(void **state)
{
    struct bench *bench = *state;

    bench_reopen(bench, (struct queue_options){.max_events = 1});
    assert_int_equal(bench_store(bench, "acme", "k", "delivery-1"), QUEUE_STORED);
    assert_int_equal(bench_store(bench, "acme", "k", "delivery-2"), QUEUE_FULL);
    assert_int_equal(count_remembered(bench), 1);
    age(bench, WINDOW_S + 3);
    assert_int_equal(bench_store(bench, "acme", "k", "delivery-1"), QUEUE_FULL);
}

static void one_round_of_upkeep_forgets_what_is_over_and_nothing_else(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(bench_store(bench, "acme", "k", "delivery-1"), QUEUE_STORED);
    assert_int_equal(bench_store(bench, "acme", "k", "delivery-2"), QUEUE_STORED);
    age(bench, WINDOW_S + 3);
    assert_int_equal(bench_store(bench, "acme", "k", "delivery-3"), QUEUE_STORED);
    for (unsigned i = 0; i < ROUND_STEPS; i++)
        bench_upkeep(bench);
    assert_int_equal(count_remembered(bench), 1);
    assert_int_equal(bench_store(bench, "acme", "k", "delivery-3"), QUEUE_DUPLICATE);
}

/* A round is spread over an eighth of the window: the next begins when its time has come. */
static void what_ends_behind_a_round_is_forgotten_in_the_next(void **state)
{
    struct bench *bench = *state;

    for (unsigned i = 0; i < ROUND_STEPS; i++)
        bench_upkeep(bench);
    assert_int_equal(bench_store(bench, "acme", "k", "delivery-1"), QUEUE_STORED);
    age(bench, WINDOW_S + 3);
    bench_upkeep(bench);
    bench_upkeep(bench);
    assert_int_equal(count_remembered(bench), 1);
    redis_fixture_do(bench->redis, "EVAL %s 0",
                     "local at = string.match(redis.call('HGET', '{q0}:n', 'sweep'), '%d+') "
                     "redis.call('HSET', '{q0}:n', 'sweep', string.format('%d 0', at - 4096))");
    for (unsigned i = 0; i < ROUND_STEPS; i++)
        bench_upkeep(bench);
    assert_int_equal(count_remembered(bench), 0);
}

static void a_crowded_bucket_is_forgotten_in_short_steps(void **state)
{
    enum { CROWD = 20000, STEP_MOST = 1500 };
    struct bench *bench = *state;
    long long left = CROWD;

    redis_fixture_do(bench->redis, "EVAL %s 0 %d",
                     "for i = 1, ARGV[1] do redis.call('HSET', '{q0}:d:abc', string.format('%010d', i), "
                     "struct.pack('>I4', 1) .. '0123456789abcdef') end",
                     CROWD);
    for (unsigned i = 0; i < ROUND_STEPS + CROWD / 1000 * 2 && left > 0; i++) {
        long long before = left;

        bench_upkeep(bench);
        left = count_remembered(bench);
        assert_in_range(before - left, 0, STEP_MOST);
    }
    assert_int_equal(left, 0);
}

/* Two rounds are over before each step: nothing is begun anew, or what is behind the first pages would stay for ever.
 */
static void who_is_behind_goes_on_from_where_he_is_and_says_that_there_is_more(void **state)
{
    enum { CROWD = 5000 };
    struct bench *bench = *state;

    redis_fixture_do(bench->redis, "EVAL %s 0 %d",
                     "for i = 1, ARGV[1] do redis.call('HSET', '{q0}:d:abc', string.format('%010d', i), "
                     "struct.pack('>I4', 1) .. '0123456789abcdef') end",
                     CROWD);
    for (unsigned i = 0; i < ROUND_STEPS + CROWD / 1000 * 2 && count_remembered(bench) > 0; i++) {
        bench_upkeep(bench);
        redis_fixture_do(bench->redis, "EVAL %s 0",
                         "local at, cursor = string.match(redis.call('HGET', '{q0}:n', 'sweep'), '(%d+) (%d+)') "
                         "redis.call('HSET', '{q0}:n', 'sweep', string.format('%d %s', at - 8192, cursor))");
    }
    assert_int_equal(count_remembered(bench), 0);
    assert_true(bench_upkeep(bench).has_more);
}

static void who_is_not_behind_says_so(void **state)
{
    struct bench *bench = *state;
    unsigned steps = 1;

    while (bench_upkeep(bench).has_more)
        assert_true(steps++ <= ROUND_STEPS);
    assert_false(bench_upkeep(bench).has_more);
}

int main(void)
{
#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(a_delivery_is_known_to_the_end_of_its_window_and_new_behind_it),
        QUEUE_TEST(what_is_refused_is_not_remembered_and_not_known_behind_its_window),
        QUEUE_TEST(one_round_of_upkeep_forgets_what_is_over_and_nothing_else),
        QUEUE_TEST(what_ends_behind_a_round_is_forgotten_in_the_next),
        QUEUE_TEST(a_crowded_bucket_is_forgotten_in_short_steps),
        QUEUE_TEST(who_is_behind_goes_on_from_where_he_is_and_says_that_there_is_more),
        QUEUE_TEST(who_is_not_behind_says_so),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
