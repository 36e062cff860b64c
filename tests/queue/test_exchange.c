/*
 * test_exchange.c - claiming and settling: order, fencing, and what each outcome does with event, lane and account.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "tests/queue/bench.h"

#include <stdio.h>
#include <string.h>

/* Stores count events and notes their ids in order. */
static void store_many(struct bench *bench, const char *account, const char *key, char (*ids)[ULID_SIZE], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(bench_store(bench, account, key, ""), QUEUE_STORED);
        memcpy(ids[i], bench->stored_id, ULID_SIZE);
    }
}

static void expect_state(struct bench *bench, const char *id, const char *state)
{
    cJSON *report = bench_show(bench, id);

    assert_string_equal(json_get_string(report, "state", "none"), state);
    cJSON_Delete(report);
}

/* ---- order ---- */

static void a_lane_runs_in_order_of_acceptance(void **state)
{
    struct bench *bench = *state;
    char ids[5][ULID_SIZE];

    store_many(bench, "acme", "k", ids, 5);
    for (int i = 0; i < 5; i++) {
        struct held held = bench_claim_one(bench);

        assert_string_equal(held.id, ids[i]);
        bench_settle(bench, &held, OUTCOME_DONE, 0);
    }
    assert_int_equal(bench_claim(bench, 1).claim_count, 0);
}

static void a_lane_is_held_by_one_worker_at_a_time(void **state)
{
    struct bench *bench = *state;
    char ids[2][ULID_SIZE];
    struct held held;

    store_many(bench, "acme", "k", ids, 2);
    held = bench_claim_one(bench);
    assert_int_equal(bench_claim_as(bench, "w2", 10).claim_count, 0);
    bench_settle(bench, &held, OUTCOME_DONE, 0);
    assert_int_equal(bench_claim_as(bench, "w2", 10).claim_count, 1);
}

static void one_exchange_settles_and_claims_what_that_sets_free(void **state)
{
    struct bench *bench = *state;
    char ids[2][ULID_SIZE];
    struct held held;
    struct settlement settlement;
    struct exchanged exchanged;

    store_many(bench, "acme", "k", ids, 2);
    held = bench_claim_one(bench);
    settlement = bench_settlement(&held, OUTCOME_DONE);
    exchanged = bench_exchange(
        bench, &(struct exchange){.worker = "w1", .settlements = &settlement, .settlement_count = 1, .want = 4});
    assert_int_equal(exchanged.claim_count, 1);
    assert_string_equal(exchanged.claims[0].id, ids[1]);
}

static void a_retry_holds_its_lane_closed_and_no_other(void **state)
{
    struct bench *bench = *state;
    char ids[2][ULID_SIZE];
    struct exchanged exchanged;
    struct held held;

    store_many(bench, "acme", "k", ids, 2);
    held = bench_claim_one(bench);
    exchanged = bench_settle(bench, &held, OUTCOME_RETRY, 60000);
    assert_in_range(exchanged.next_due_ms, 59000, 60000);
    expect_state(bench, held.id, "retrying");
    assert_int_equal(bench_store(bench, "acme", "other", ""), QUEUE_STORED);
    exchanged = bench_claim(bench, 10);
    assert_int_equal(exchanged.claim_count, 1);
    assert_string_equal(exchanged.claims[0].lane, "acme/other");

    bench_make_due(bench, held.lane);
    held = bench_claim_one(bench);
    assert_string_equal(held.id, ids[0]);
    assert_int_equal(held.attempts, 1);
    assert_false(held.was_interrupted);
    bench_settle(bench, &held, OUTCOME_DONE, 0);
    held = bench_claim_one(bench);
    assert_string_equal(held.id, ids[1]);
}

static void a_dead_event_lets_its_lane_go_on(void **state)
{
    struct bench *bench = *state;
    char ids[2][ULID_SIZE];
    struct held held;

    store_many(bench, "acme", "k", ids, 2);
    held = bench_claim_one(bench);
    bench_settle(bench, &held, OUTCOME_DEAD, 0);
    expect_state(bench, ids[0], "dead");
    held = bench_claim_one(bench);
    assert_string_equal(held.id, ids[1]);
}

static void what_is_given_back_runs_next_and_counts_no_attempt(void **state)
{
    struct bench *bench = *state;
    char ids[2][ULID_SIZE];
    struct held held;

    store_many(bench, "acme", "first", ids, 1);
    store_many(bench, "acme", "second", ids + 1, 1);
    held = bench_claim_one(bench);
    bench_settle(bench, &held, OUTCOME_GIVE_BACK, 0);
    held = bench_claim_one(bench);
    assert_string_equal(held.id, ids[0]);
    assert_int_equal(held.attempts, 0);
    assert_false(held.was_interrupted);
}

static void what_is_postponed_waits_and_counts_no_attempt(void **state)
{
    struct bench *bench = *state;
    char ids[1][ULID_SIZE];
    struct held held;

    store_many(bench, "acme", "k", ids, 1);
    held = bench_claim_one(bench);
    bench_settle(bench, &held, OUTCOME_POSTPONE, 60000);
    assert_int_equal(bench_claim(bench, 1).claim_count, 0);
    bench_make_due(bench, held.lane);
    held = bench_claim_one(bench);
    assert_int_equal(held.attempts, 0);
}

static void a_lone_event_retries_and_settles_as_any_other(void **state)
{
    struct bench *bench = *state;
    char ids[1][ULID_SIZE];
    struct held held;

    store_many(bench, "acme", "", ids, 1);
    held = bench_claim_one(bench);
    bench_settle(bench, &held, OUTCOME_RETRY, 60000);
    bench_expect_order(bench);
    bench_make_due(bench, held.lane);
    held = bench_claim_one(bench);
    assert_string_equal(held.id, ids[0]);
    bench_settle(bench, &held, OUTCOME_GIVE_BACK, 0);
    held = bench_claim_one(bench);
    bench_settle(bench, &held, OUTCOME_DONE, 0);
    expect_state(bench, ids[0], "done");
    assert_int_equal(bench_claim(bench, 1).claim_count, 0);
}

/* ---- fencing ---- */

static void an_old_token_settles_nothing(void **state)
{
    struct bench *bench = *state;
    char ids[2][ULID_SIZE];
    struct held old, held;
    struct exchanged exchanged;

    store_many(bench, "acme", "k", ids, 2);
    old = bench_claim_one(bench);
    bench_expire(bench, old.lane);
    assert_int_equal(bench_upkeep(bench).reclaimed, 1);
    held = bench_claim_one(bench);
    assert_string_equal(held.id, old.id);
    assert_true(held.token > old.token);

    exchanged = bench_settle(bench, &old, OUTCOME_DONE, 0);
    assert_int_equal(exchanged.refused_count, 1);
    assert_int_equal(exchanged.first_refused, 0);
    expect_state(bench, old.id, "in_flight");
    assert_int_equal(bench_settle(bench, &held, OUTCOME_DONE, 0).refused_count, 0);
    expect_state(bench, old.id, "done");
}

static void a_settlement_sent_twice_is_refused_the_second_time(void **state)
{
    struct bench *bench = *state;
    char ids[2][ULID_SIZE];
    struct settlement twice[2];
    struct exchanged exchanged;
    struct held held;

    store_many(bench, "acme", "k", ids, 2);
    held = bench_claim_one(bench);
    twice[0] = twice[1] = bench_settlement(&held, OUTCOME_DONE);
    exchanged = bench_exchange(bench, &(struct exchange){.worker = "w1", .settlements = twice, .settlement_count = 2});
    assert_int_equal(exchanged.refused_count, 1);
    assert_int_equal(exchanged.first_refused, 1);
    assert_int_equal(bench_settle(bench, &held, OUTCOME_DONE, 0).refused_count, 1);
    assert_string_equal(bench_claim_one(bench).id, ids[1]);
}

/* ---- what stays with the event ---- */

static void progress_comes_back_with_the_next_claim(void **state)
{
    static const enum outcome outcomes[] = {OUTCOME_GIVE_BACK, OUTCOME_RETRY, OUTCOME_POSTPONE};
    struct bench *bench = *state;
    char ids[1][ULID_SIZE];
    struct held held;

    store_many(bench, "acme", "k", ids, 1);
    held = bench_claim_one(bench);
    for (size_t i = 0; i < COUNT_OF(outcomes); i++) {
        struct settlement settlement = bench_settlement(&held, outcomes[i]);

        settlement.progress = "step 2 of 3";
        bench_exchange(bench, &(struct exchange){.worker = "w1", .settlements = &settlement, .settlement_count = 1});
        held = bench_claim_one(bench);
        assert_string_equal(held.progress, "step 2 of 3");
    }
    bench_settle(bench, &held, OUTCOME_GIVE_BACK, 0);
    assert_string_equal(bench_claim_one(bench).progress, "");
}

static void each_attempt_leaves_its_trace_and_the_oldest_go_first(void **state)
{
    struct bench *bench = *state;
    char ids[1][ULID_SIZE], trace[40];
    struct held held;
    cJSON *report, *attempts;

    store_many(bench, "acme", "k", ids, 1);
    for (int i = 0; i < 105; i++) {
        struct settlement settlement;

        held = bench_claim_one(bench);
        settlement = bench_settlement(&held, OUTCOME_RETRY);
        snprintf(trace, sizeof(trace), "{\"n\":%d}", i);
        settlement.trace = trace;
        bench_exchange(bench, &(struct exchange){.worker = "w1", .settlements = &settlement, .settlement_count = 1});
    }
    report = bench_show(bench, ids[0]);
    attempts = json_get(report, "attempts_made");
    assert_int_equal(cJSON_GetArraySize(attempts), 100);
    assert_int_equal(json_get_integer(cJSON_GetArrayItem(attempts, 0), "n", -1), 5);
    assert_int_equal(json_get_integer(report, "attempts", -1), 105);
    cJSON_Delete(report);
}

static void a_claim_carries_what_was_never_settled(void **state)
{
    struct bench *bench = *state;
    char ids[1][ULID_SIZE];
    struct held held;

    store_many(bench, "acme", "k", ids, 1);
    held = bench_claim_one(bench);
    bench_expire(bench, held.lane);
    bench_upkeep(bench);
    held = bench_claim_one(bench);
    assert_true(held.was_interrupted);
    assert_int_equal(held.crashes, 1);
    assert_int_equal(held.attempts, 0);
    bench_settle(bench, &held, OUTCOME_RETRY, 0);
    held = bench_claim_one(bench);
    assert_false(held.was_interrupted);
    assert_int_equal(held.crashes, 1);
}

static void a_record_of_a_later_version_waits_and_a_damaged_one_is_dead(void **state)
{
    struct bench *bench = *state;
    char later[1][ULID_SIZE], damaged[1][ULID_SIZE];

    store_many(bench, "acme", "later", later, 1);
    store_many(bench, "acme", "damaged", damaged, 1);
    redis_fixture_do(bench->redis, "SETRANGE {q0}:e:%s 0 %b", later[0], "\x03", (size_t)1);
    redis_fixture_do(bench->redis, "SETRANGE {q0}:e:%s 1 %b", damaged[0], "!", (size_t)1);
    assert_int_equal(bench_claim(bench, 10).claim_count, 0);
    expect_state(bench, later[0], "retrying");
    expect_state(bench, damaged[0], "dead");
    redis_fixture_do(bench->redis, "SETRANGE {q0}:e:%s 1 0", damaged[0]);
}

/* ---- accounts ---- */

static void claims_rotate_over_accounts(void **state)
{
    static const char *const accounts[] = {"a", "b", "c"};
    struct bench *bench = *state;
    unsigned counts[3] = {0};
    struct exchanged exchanged;

    for (int i = 0; i < 200; i++)
        assert_int_equal(bench_store(bench, "a", "", ""), QUEUE_STORED);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(bench_store(bench, "b", "", ""), QUEUE_STORED);
        assert_int_equal(bench_store(bench, "c", "", ""), QUEUE_STORED);
    }
    exchanged = bench_claim(bench, 24);
    assert_int_equal(exchanged.claim_count, 24);
    assert_true(exchanged.has_more);
    for (size_t i = 0; i < exchanged.claim_count; i++)
        for (size_t account = 0; account < COUNT_OF(accounts); account++)
            counts[account] += strcmp(exchanged.claims[i].account, accounts[account]) == 0;
    for (size_t account = 0; account < COUNT_OF(accounts); account++)
        assert_int_equal(counts[account], 8);
}

static void an_account_at_its_limit_in_flight_waits_for_one_of_its_lanes(void **state)
{
    struct bench *bench = *state;
    struct exchanged exchanged;

    queue_set_limits(bench->queue, "acme", &(struct queue_limits){0, 0, 3, 0});
    for (int i = 0; i < 10; i++) {
        assert_int_equal(bench_store(bench, "acme", "", ""), QUEUE_STORED);
        assert_int_equal(bench_store(bench, "beta", "", ""), QUEUE_STORED);
    }
    exchanged = bench_claim(bench, 100);
    assert_int_equal(exchanged.claim_count, 13);
    assert_false(exchanged.has_more);
    bench_expect_order(bench);
    for (size_t i = 0; i < exchanged.claim_count; i++)
        if (strcmp(exchanged.claims[i].account, "acme") == 0) {
            bench_settle(bench, &exchanged.claims[i], OUTCOME_DONE, 0);
            break;
        }
    exchanged = bench_claim(bench, 100);
    assert_int_equal(exchanged.claim_count, 1);
    assert_string_equal(exchanged.claims[0].account, "acme");
}

static void a_limited_account_rests_and_others_go_on(void **state)
{
    struct bench *bench = *state;
    struct exchanged exchanged;
    struct held held;

    assert_int_equal(bench_store(bench, "acme", "1", ""), QUEUE_STORED);
    assert_int_equal(bench_store(bench, "acme", "2", ""), QUEUE_STORED);
    held = bench_claim_one(bench);
    exchanged = bench_settle(bench, &held, OUTCOME_LIMITED, 30000);
    assert_in_range(exchanged.next_due_ms, 29000, 30000);
    assert_int_equal(bench_store(bench, "beta", "1", ""), QUEUE_STORED);
    exchanged = bench_claim(bench, 10);
    assert_int_equal(exchanged.claim_count, 1);
    assert_string_equal(exchanged.claims[0].account, "beta");
    assert_in_range(bench_reserve(bench, "acme", 1, NULL), 29000, 30000);

    redis_fixture_do(bench->redis, "ZADD {q0}:apark 1 acme");
    exchanged = bench_claim(bench, 10);
    assert_int_equal(exchanged.claim_count, 2);
    assert_int_equal(exchanged.claims[0].attempts, 0);
    assert_false(exchanged.claims[0].was_interrupted);
}

static void a_suspended_account_waits_until_resumed(void **state)
{
    struct bench *bench = *state;
    struct settlement settlement;
    struct exchanged exchanged;
    struct held held;
    cJSON *status, *account;

    assert_int_equal(bench_store(bench, "acme", "1", ""), QUEUE_STORED);
    held = bench_claim_one(bench);
    settlement = bench_settlement(&held, OUTCOME_SUSPENDED);
    settlement.reason = "401: API key is wrong";
    exchanged =
        bench_exchange(bench, &(struct exchange){.worker = "w1", .settlements = &settlement, .settlement_count = 1});
    assert_int_equal(exchanged.next_due_ms, -1);
    assert_int_equal(bench_store(bench, "acme", "2", ""), QUEUE_STORED);
    assert_int_equal(bench_claim(bench, 10).claim_count, 0);
    status = bench_status(bench);
    account = cJSON_GetArrayItem(json_get(status, "accounts"), 0);
    assert_string_equal(json_get_string(account, "state", ""), "suspended");
    assert_string_equal(json_get_string(account, "reason", ""), "401: API key is wrong");
    cJSON_Delete(status);
    assert_true(bench_resume(bench, "acme"));
    assert_int_equal(bench_claim(bench, 10).claim_count, 2);
}

static void claims_in_flight_of_a_suspended_account_are_settled(void **state)
{
    struct bench *bench = *state;
    struct exchanged exchanged;

    assert_int_equal(bench_store(bench, "acme", "1", ""), QUEUE_STORED);
    assert_int_equal(bench_store(bench, "acme", "2", ""), QUEUE_STORED);
    exchanged = bench_claim(bench, 2);
    bench_settle(bench, &exchanged.claims[0], OUTCOME_SUSPENDED, 0);
    assert_int_equal(bench_settle(bench, &exchanged.claims[1], OUTCOME_DONE, 0).refused_count, 0);
    expect_state(bench, exchanged.claims[1].id, "done");
}

static void done_events_are_kept_up_to_their_number(void **state)
{
    struct bench *bench = *state;
    char ids[20][ULID_SIZE];

    bench_reopen(bench, (struct queue_options){.done_keep_count = 5});
    store_many(bench, "acme", "k", ids, 20);
    for (int i = 0; i < 20; i++) {
        struct held held = bench_claim_one(bench);

        bench_settle(bench, &held, OUTCOME_DONE, 0);
    }
    assert_int_equal(redis_fixture_number(bench->redis, "ZCARD {q0}:done"), 5);
    assert_null(bench_show(bench, ids[0]));
    expect_state(bench, ids[19], "done");
}

static void claims_stop_at_their_bytes(void **state)
{
    struct bench *bench = *state;
    size_t size = 3 << 20;
    char *payload = mem_new(size + 1);
    struct exchanged exchanged;

    memset(payload, ' ', size);
    for (int i = 0; i < 12; i++) {
        struct event event = bench_event("acme", "");

        event.payload = payload;
        event.payload_size = size;
        assert_int_equal(bench_store_event(bench, event), QUEUE_STORED);
    }
    exchanged = bench_claim(bench, 100);
    assert_in_range(exchanged.claim_count, 1, 4); /* one visit's lanes at most beyond 8 MiB */
    assert_true(exchanged.has_more);
    mem_free(payload);
}

int main(void)
{
#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(a_lane_runs_in_order_of_acceptance),
        QUEUE_TEST(a_lane_is_held_by_one_worker_at_a_time),
        QUEUE_TEST(one_exchange_settles_and_claims_what_that_sets_free),
        QUEUE_TEST(a_retry_holds_its_lane_closed_and_no_other),
        QUEUE_TEST(a_dead_event_lets_its_lane_go_on),
        QUEUE_TEST(what_is_given_back_runs_next_and_counts_no_attempt),
        QUEUE_TEST(what_is_postponed_waits_and_counts_no_attempt),
        QUEUE_TEST(a_lone_event_retries_and_settles_as_any_other),
        QUEUE_TEST(an_old_token_settles_nothing),
        QUEUE_TEST(a_settlement_sent_twice_is_refused_the_second_time),
        QUEUE_TEST(progress_comes_back_with_the_next_claim),
        QUEUE_TEST(each_attempt_leaves_its_trace_and_the_oldest_go_first),
        QUEUE_TEST(a_claim_carries_what_was_never_settled),
        QUEUE_TEST(a_record_of_a_later_version_waits_and_a_damaged_one_is_dead),
        QUEUE_TEST(claims_rotate_over_accounts),
        QUEUE_TEST(an_account_at_its_limit_in_flight_waits_for_one_of_its_lanes),
        QUEUE_TEST(a_limited_account_rests_and_others_go_on),
        QUEUE_TEST(a_suspended_account_waits_until_resumed),
        QUEUE_TEST(claims_in_flight_of_a_suspended_account_are_settled),
        QUEUE_TEST(done_events_are_kept_up_to_their_number),
        QUEUE_TEST(claims_stop_at_their_bytes),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
