/*
 * test_upkeep.c - leases that run out, workers that are lost, poison, trimming, waiting.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "tests/fakes/wait.h"
#include "tests/queue/bench.h"

#include <string.h>

/* ---- leases ---- */

static void a_lease_that_runs_out_gives_the_lane_back(void **state)
{
    struct bench *bench = *state;
    struct upkeep upkeep;
    struct held held;

    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_STORED);
    held = bench_claim_one(bench);
    upkeep = bench_upkeep(bench);
    assert_int_equal(upkeep.reclaimed, 0);
    assert_in_range(upkeep.next_due_ms, 29000, 30000);
    bench_expire(bench, held.lane);
    upkeep = bench_upkeep(bench);
    assert_int_equal(upkeep.reclaimed, 1);
    assert_int_equal(upkeep.buried, 0);
    assert_int_equal(bench_claim(bench, 1).claim_count, 1);
}

/* The one test that lets Redis's own clock run: a few milliseconds, through the loop. */
static void a_lease_runs_out_by_itself(void **state)
{
    struct bench *bench = *state;
    unsigned reclaimed = 0;

    bench_reopen(bench, (struct queue_options){.lease_ms = 5});
    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_STORED);
    bench_claim_one(bench);
    for (int64_t until = clock_monotonic_ms() + 4000; reclaimed == 0 && clock_monotonic_ms() < until;)
        reclaimed += bench_upkeep(bench).reclaimed;
    assert_int_equal(reclaimed, 1);
}

struct comeback {
    struct loop *loop;
    bool has_come;
};

static void on_return(void *arg)
{
    struct comeback *comeback = arg;

    comeback->has_come = true;
    loop_stop(comeback->loop);
}

static void cut_connections(struct bench *bench)
{
    struct comeback comeback = {.loop = bench->loop};

    queue_on_return(bench->queue, on_return, &comeback);
    redis_fixture_do(bench->redis, "CLIENT KILL TYPE normal SKIPME yes");
    assert_true(wait_for(bench->loop, &comeback.has_come));
    queue_on_return(bench->queue, NULL, NULL);
}

/* Those who hold them are only just connected again, and their heartbeats come first. A lease of 3 ms makes any outage
 * a long one. */
static void when_redis_is_back_after_long_leases_are_spared_for_a_moment(void **state)
{
    struct bench *bench = *state;

    bench_reopen(bench, (struct queue_options){.lease_ms = 3});
    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_STORED);
    bench_claim_one(bench);
    cut_connections(bench);
    assert_int_equal(bench_upkeep(bench).reclaimed, 0);
    assert_int_equal(bench_upkeep(bench).next_due_ms, -1); /* or it would be looked at all the time */
    clock_freeze(clock_monotonic_ms() + 3001);
    assert_int_equal(bench_upkeep(bench).reclaimed, 1);
    clock_release();
}

static void after_a_short_outage_leases_end_as_ever(void **state)
{
    struct bench *bench = *state;
    struct held held;

    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_STORED);
    held = bench_claim_one(bench);
    bench_expire(bench, held.lane);
    cut_connections(bench);
    assert_int_equal(bench_upkeep(bench).reclaimed, 1);
}

static void an_extended_lease_is_kept(void **state)
{
    struct bench *bench = *state;
    struct held held;
    struct lease lease;

    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_STORED);
    held = bench_claim_one(bench);
    lease = (struct lease){held.lane, held.token};
    bench_expire(bench, held.lane);
    assert_int_equal(bench_extend(bench, "w1", &lease, 1), 0);
    assert_int_equal(bench_upkeep(bench).reclaimed, 0);
}

static void extending_a_lost_lease_says_so_and_changes_nothing(void **state)
{
    struct bench *bench = *state;
    struct held old, held;
    struct lease leases[2];

    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_STORED);
    old = bench_claim_one(bench);
    bench_expire(bench, old.lane);
    bench_upkeep(bench);
    leases[0] = leases[1] = (struct lease){old.lane, old.token};
    assert_int_equal(bench_extend(bench, "w1", leases, 1), 1);
    held = bench_claim_one(bench);
    bench_expire(bench, held.lane);
    leases[1].lane = "acme/none";
    assert_int_equal(bench_extend(bench, "w1", leases, 2), 2);
    assert_int_equal(bench_upkeep(bench).reclaimed, 1);
}

/* ---- lost workers ---- */

static void a_dead_workers_lanes_are_released_and_no_others(void **state)
{
    struct bench *bench = *state;
    struct exchanged mine;

    for (int i = 0; i < 10; i++)
        assert_int_equal(bench_store(bench, "acme", "", ""), QUEUE_STORED);
    mine = bench_claim_as(bench, "w1", 4);
    assert_int_equal(bench_claim_as(bench, "w2", 3).claim_count, 3);
    assert_int_equal(bench_release(bench, "w2"), 3);
    assert_int_equal(bench_release(bench, "w2"), 0);
    assert_int_equal(bench_settle(bench, &mine.claims[0], OUTCOME_DONE, 0).refused_count, 0);
    assert_int_equal(bench_claim_as(bench, "w3", 10).claim_count, 4); /* 3 fresh ones, 1 of 3 suspects */
}

static void a_release_of_many_lanes_takes_several_steps(void **state)
{
    struct bench *bench = *state;

    for (int i = 0; i < 450; i++)
        assert_int_equal(bench_store(bench, "acme", "", ""), QUEUE_STORED);
    assert_int_equal(bench_claim_as(bench, "w2", 450).claim_count, 450);
    assert_int_equal(bench_release(bench, "w2"), 450);
    bench_expect_order(bench);
}

static void an_event_that_kills_its_workers_is_poison(void **state)
{
    struct bench *bench = *state;
    struct upkeep upkeep = {0};
    cJSON *report;

    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_STORED);
    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_STORED);
    for (int i = 0; i < 3; i++) {
        struct held held = bench_claim_one(bench);

        assert_int_equal(held.crashes, i);
        bench_expire(bench, held.lane);
        upkeep = bench_upkeep(bench);
    }
    assert_int_equal(upkeep.buried, 1);
    report = bench_list(bench, "dead", NULL, 10);
    assert_non_null(strstr(json_get_string(cJSON_GetArrayItem(json_get(report, "events"), 0), "reason", ""), "poison"));
    cJSON_Delete(report);
    assert_int_equal(bench_claim_one(bench).crashes, 0); /* the lane goes on */
}

/* Of many events that were in flight when a worker was lost, at most one is the culprit. Were they all claimed together
 * again, all of them would die of it. */
static void a_worker_runs_one_suspect_at_a_time(void **state)
{
    struct bench *bench = *state;
    struct exchanged exchanged;

    for (int i = 0; i < 10; i++)
        assert_int_equal(bench_store(bench, "acme", "", ""), QUEUE_STORED);
    assert_int_equal(bench_claim_as(bench, "w1", 10).claim_count, 10);
    assert_int_equal(bench_release(bench, "w1"), 10);
    assert_int_equal(bench_store(bench, "acme", "fresh", ""), QUEUE_STORED);
    exchanged = bench_claim_as(bench, "w2", 20);
    assert_int_equal(exchanged.claim_count, 2);
    assert_int_equal(exchanged.claims[0].crashes, 1);
    assert_int_equal(exchanged.claims[1].crashes, 0);
    assert_in_range(exchanged.next_due_ms, 0, 250);
    bench_expect_order(bench);
    bench_settle(bench, &exchanged.claims[0], OUTCOME_DONE, 0);
    redis_fixture_do(bench->redis, "EVAL %s 0",
                     "for _, lane in ipairs(redis.call('ZRANGE', '{q0}:park', 0, -1)) do "
                     "redis.call('ZADD', '{q0}:park', 1, lane) end");
    assert_int_equal(bench_claim_as(bench, "w1", 20).claim_count, 1);
    assert_int_equal(bench_claim_as(bench, "w2", 20).claim_count, 0);
}

/* ---- what is due ---- */

static void upkeep_wakes_what_is_due(void **state)
{
    struct bench *bench = *state;
    struct upkeep upkeep;
    struct held held;

    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_STORED);
    held = bench_claim_one(bench);
    bench_settle(bench, &held, OUTCOME_RETRY, 60000);
    upkeep = bench_upkeep(bench);
    assert_int_equal(upkeep.woken, 0);
    assert_in_range(upkeep.next_due_ms, 59000, 60000);
    bench_make_due(bench, held.lane);
    assert_int_equal(bench_upkeep(bench).woken, 1);
    assert_int_equal(bench_upkeep(bench).next_due_ms, -1);
}

static void done_events_are_trimmed_by_age(void **state)
{
    struct bench *bench = *state;
    struct held held;

    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_STORED);
    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_STORED);
    held = bench_claim_one(bench);
    bench_settle(bench, &held, OUTCOME_DONE, 0);
    assert_int_equal(bench_upkeep(bench).trimmed, 0);
    redis_fixture_do(bench->redis, "ZADD {q0}:done 1 %s", held.id);
    assert_int_equal(bench_upkeep(bench).trimmed, 1);
    assert_null(bench_show(bench, held.id));
}

/* ---- waiting ---- */

struct waiting {
    struct loop *loop;
    bool is_over;
};

static void on_waited(void *arg, const struct error *err)
{
    struct waiting *waiting = arg;

    assert_null(err);
    waiting->is_over = true;
    loop_stop(waiting->loop);
}

static void a_stored_event_ends_a_wait(void **state)
{
    struct bench *bench = *state;
    struct waiting waiting = {.loop = bench->loop};

    queue_wait(bench->queue, 60000, on_waited, &waiting);
    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_STORED);
    assert_true(wait_for(bench->loop, &waiting.is_over));
    assert_int_equal(bench_claim(bench, 1).claim_count, 1);
}

static void what_an_exchange_leaves_ready_ends_a_wait(void **state)
{
    struct bench *bench = *state;
    struct waiting waiting = {.loop = bench->loop};

    assert_int_equal(bench_store(bench, "acme", "1", ""), QUEUE_STORED);
    assert_int_equal(bench_store(bench, "acme", "2", ""), QUEUE_STORED);
    redis_fixture_do(bench->redis, "DEL {q0}:wake");
    queue_wait(bench->queue, 60000, on_waited, &waiting);
    assert_int_equal(bench_claim(bench, 1).claim_count, 1);
    assert_true(wait_for(bench->loop, &waiting.is_over));
}

static void a_wait_ends_in_time(void **state)
{
    struct bench *bench = *state;

    assert_true(bench_wait(bench, 5));
    assert_true(bench_wait(bench, 0));
}

static void a_wait_ends_when_woken(void **state)
{
    struct bench *bench = *state;
    struct waiting waiting = {.loop = bench->loop};

    queue_wake(bench->queue);
    queue_wait(bench->queue, 60000, on_waited, &waiting);
    queue_wake(bench->queue);
    assert_false(waiting.is_over);
    assert_true(wait_for(bench->loop, &waiting.is_over));
}

static bool is_one_token(void *arg)
{
    struct bench *bench = arg;

    return redis_fixture_number(bench->redis, "LLEN {q0}:wake") == 1;
}

static void look_again(void *arg)
{
    loop_stop(arg);
}

/* The BLPOP that an early end leaves behind takes the next token; another worker may be waiting for it. */
static void a_token_that_nobody_here_waits_for_is_put_back(void **state)
{
    struct bench *bench = *state;
    struct waiting waiting = {.loop = bench->loop};
    struct timer *timer = timer_new(bench->loop, look_again, bench->loop);

    queue_wait(bench->queue, 60000, on_waited, &waiting);
    assert_true(bench_when_ready(bench, 1000)); /* lets the BLPOP leave */
    queue_wake(bench->queue);
    assert_true(wait_for(bench->loop, &waiting.is_over));
    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_STORED);
    timer_repeat(timer, 1);
    assert_true(wait_until(bench->loop, is_one_token, bench));
    timer_free(timer);
    assert_true(bench_wait(bench, 60000));
}

int main(void)
{
#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(a_lease_that_runs_out_gives_the_lane_back),
        QUEUE_TEST(a_lease_runs_out_by_itself),
        QUEUE_TEST(when_redis_is_back_after_long_leases_are_spared_for_a_moment),
        QUEUE_TEST(after_a_short_outage_leases_end_as_ever),
        QUEUE_TEST(an_extended_lease_is_kept),
        QUEUE_TEST(extending_a_lost_lease_says_so_and_changes_nothing),
        QUEUE_TEST(a_dead_workers_lanes_are_released_and_no_others),
        QUEUE_TEST(a_release_of_many_lanes_takes_several_steps),
        QUEUE_TEST(an_event_that_kills_its_workers_is_poison),
        QUEUE_TEST(a_worker_runs_one_suspect_at_a_time),
        QUEUE_TEST(upkeep_wakes_what_is_due),
        QUEUE_TEST(done_events_are_trimmed_by_age),
        QUEUE_TEST(a_stored_event_ends_a_wait),
        QUEUE_TEST(what_an_exchange_leaves_ready_ends_a_wait),
        QUEUE_TEST(a_wait_ends_in_time),
        QUEUE_TEST(a_wait_ends_when_woken),
        QUEUE_TEST(a_token_that_nobody_here_waits_for_is_put_back),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
