/*
 * test_inspect.c - what people are shown of the queue, and an operator's hand on it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "tests/queue/bench.h"

#include <string.h>

static int64_t number_at(const cJSON *report, const char *name)
{
    return json_get_integer(report, name, -99);
}

static const cJSON *account_named(const cJSON *status, const char *name)
{
    const cJSON *each;

    cJSON_ArrayForEach(each, json_get(status, "accounts")) if (strcmp(json_get_string(each, "name", ""), name) ==
                                                               0) return each;
    fail_msg("no account %s in the status", name);
    return NULL;
}

static void store(struct bench *bench, const char *account, const char *key)
{
    assert_int_equal(bench_store(bench, account, key, ""), QUEUE_STORED);
}

/* Ids of a list's events are these, in this order. */
static void expect_list(cJSON *report, const char *const *ids, size_t count)
{
    const cJSON *events = json_get(report, "events");

    assert_int_equal(cJSON_GetArraySize(events), count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(json_get_string(cJSON_GetArrayItem(events, (int)i), "id", ""), ids[i]);
    cJSON_Delete(report);
}

/* Leaves one event of acme in each state, one lane each: dead, done, retrying, in flight, waiting; their ids. */
static void make_one_of_each(struct bench *bench, char (*ids)[ULID_SIZE])
{
    static const char *const keys[] = {"1", "2", "3", "4", "5"};
    static const enum outcome outcomes[] = {OUTCOME_DEAD, OUTCOME_DONE, OUTCOME_RETRY};
    struct exchanged exchanged;

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        store(bench, "acme", keys[i]);
        memcpy(ids[i], bench->stored_id, ULID_SIZE);
    }
    exchanged = bench_claim(bench, 4);
    for (size_t i = 0; i < COUNT_OF(outcomes); i++) {
        struct settlement settlement = bench_settlement(&exchanged.claims[i], outcomes[i]);

        settlement.reason = outcomes[i] == OUTCOME_DONE ? "" : "because \xff";
        settlement.delay_ms = 60000;
        bench_exchange(bench, &(struct exchange){.worker = "w1", .settlements = &settlement, .settlement_count = 1});
    }
}

static void an_empty_queue_has_a_status(void **state)
{
    struct bench *bench = *state;
    cJSON *status = bench_status(bench);

    assert_int_equal(number_at(status, "waiting"), 0);
    assert_int_equal(number_at(status, "bytes"), 0);
    assert_true(cJSON_IsNull(json_get(status, "oldest_waiting_ms")));
    assert_int_equal(cJSON_GetArraySize(json_get(status, "accounts")), 0);
    assert_int_equal(cJSON_GetArraySize(json_get(status, "workers")), 0);
    cJSON_Delete(status);
}

static void the_status_counts_each_state(void **state)
{
    struct bench *bench = *state;
    char ids[5][ULID_SIZE];
    cJSON *status;
    const cJSON *account, *worker;

    make_one_of_each(bench, ids);
    status = bench_status(bench);
    assert_int_equal(number_at(status, "waiting"), 1);
    assert_int_equal(number_at(status, "in_flight"), 1);
    assert_int_equal(number_at(status, "retrying"), 1);
    assert_int_equal(number_at(status, "dead"), 1);
    assert_int_equal(number_at(status, "done"), 1);
    assert_true(number_at(status, "bytes") > 0);
    assert_in_range(number_at(status, "oldest_waiting_ms"), 0, 60000);
    worker = cJSON_GetArrayItem(json_get(status, "workers"), 0);
    assert_string_equal(json_get_string(worker, "id", ""), "w1");
    assert_in_range(number_at(worker, "heartbeat_ms_ago"), 0, 60000);
    assert_int_equal(number_at(worker, "in_flight"), 1);
    account = account_named(status, "acme");
    assert_string_equal(json_get_string(account, "state", ""), "active");
    assert_int_equal(number_at(account, "ready_lanes"), 1);
    assert_int_equal(number_at(account, "in_flight"), 1);
    assert_int_equal(number_at(account, "waiting"), 3);
    assert_int_equal(number_at(account, "done"), 1);
    assert_int_equal(number_at(account, "dead"), 1);
    assert_true(cJSON_IsNull(json_get(account, "rate")));
    assert_true(cJSON_IsNull(json_get(account, "until_ms")));
    cJSON_Delete(status);
}

static void the_status_of_many_accounts_comes_in_pages(void **state)
{
    struct bench *bench = *state;
    cJSON *status;

    for (int i = 0; i < 700; i++) {
        char *name = mem_printf("account-%d", i);

        store(bench, name, "k");
        mem_free(name);
    }
    status = bench_status(bench);
    assert_int_equal(cJSON_GetArraySize(json_get(status, "accounts")), 700);
    assert_int_equal(number_at(status, "waiting"), 700);
    cJSON_Delete(status);
}

static void each_state_lists_its_events(void **state)
{
    static const char *const states[] = {"dead", "done", "retrying", "in_flight", "waiting"};
    struct bench *bench = *state;
    char ids[5][ULID_SIZE];

    make_one_of_each(bench, ids);
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        const char *id = ids[i];
        cJSON *report = bench_list(bench, states[i], NULL, 10);

        assert_string_equal(json_get_string(cJSON_GetArrayItem(json_get(report, "events"), 0), "state", ""), states[i]);
        expect_list(report, &id, 1);
        expect_list(bench_list(bench, states[i], "acme", 10), &id, 1);
        expect_list(bench_list(bench, states[i], "other", 10), NULL, 0);
    }
}

static void all_events_are_listed_newest_first_and_no_more_than_asked_for(void **state)
{
    struct bench *bench = *state;
    char ids[300][ULID_SIZE];
    const char *newest[3];

    for (int i = 0; i < 300; i++) {
        store(bench, "acme", i % 2 ? "k" : "");
        memcpy(ids[i], bench->stored_id, ULID_SIZE);
    }
    for (int i = 0; i < 300; i++)
        for (int j = i + 1; j < 300; j++)
            if (strcmp(ids[j], ids[i]) > 0) {
                char other[ULID_SIZE];

                memcpy(other, ids[i], ULID_SIZE);
                memcpy(ids[i], ids[j], ULID_SIZE);
                memcpy(ids[j], other, ULID_SIZE);
            }
    for (int i = 0; i < 3; i++)
        newest[i] = ids[i];
    expect_list(bench_list(bench, NULL, NULL, 3), newest, 3);
    expect_list(bench_list(bench, "waiting", "acme", 3), newest, 3);
}

static void an_event_is_shown_with_all_that_is_known_of_it(void **state)
{
    struct bench *bench = *state;
    struct event event = bench_event("acme", "k");
    struct settlement settlement;
    struct held held;
    cJSON *report;

    event.payload = "{\"score\":87}";
    event.payload_size = strlen(event.payload);
    event.headers = "{\"user-agent\":\"x\"}";
    assert_int_equal(bench_store_event(bench, event), QUEUE_STORED);
    held = bench_claim_one(bench);
    settlement = bench_settlement(&held, OUTCOME_DEAD);
    settlement.reason = "422: not a number";
    settlement.trace = "{\"status\":422}";
    bench_exchange(bench, &(struct exchange){.worker = "w1", .settlements = &settlement, .settlement_count = 1});
    report = bench_show(bench, event.id);
    assert_string_equal(json_get_string(report, "state", ""), "dead");
    assert_string_equal(json_get_string(report, "reason", ""), "422: not a number");
    assert_string_equal(json_get_string(report, "source", ""), "test");
    assert_string_equal(json_get_string(report, "type", ""), "a.b");
    assert_string_equal(json_get_string(report, "order_key", ""), "k");
    assert_string_equal(json_get_string(report, "delivery_id", ""), event.id);
    assert_int_equal(number_at(report, "received_ms"), event.received_ms);
    assert_int_equal(number_at(report, "attempts"), 1);
    assert_int_equal(number_at(report, "crashes"), 0);
    assert_true(number_at(report, "settled_ms") > 0);
    assert_true(cJSON_IsNull(json_get(report, "due_ms")));
    assert_int_equal(json_get_integer(json_get(report, "payload"), "score", 0), 87);
    assert_string_equal(json_get_string(json_get(report, "headers"), "user-agent", ""), "x");
    assert_int_equal(json_get_integer(cJSON_GetArrayItem(json_get(report, "attempts_made"), 0), "status", 0), 422);
    cJSON_Delete(report);
    assert_null(bench_show(bench, "01JDC5ZK3M8Q4T7V9X2B6N0RWE"));
    assert_null(bench_show(bench, "no id"));
}

static void a_dead_event_is_replayed_from_its_first_attempt_with_its_progress(void **state)
{
    struct bench *bench = *state;
    struct settlement settlement;
    struct held held;

    store(bench, "acme", "k");
    held = bench_claim_one(bench);
    settlement = bench_settlement(&held, OUTCOME_DEAD);
    settlement.progress = "1 written";
    bench_exchange(bench, &(struct exchange){.worker = "w1", .settlements = &settlement, .settlement_count = 1});
    assert_true(bench_replay(bench, held.id, false));
    bench_expect_order(bench);
    assert_false(bench_replay(bench, held.id, false));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    held = bench_claim_one(bench);
    assert_int_equal(held.attempts, 0);
    assert_string_equal(held.progress, "1 written");
}

/* What a lost worker had sent is still unknown. */
static void replayed_poison_says_that_it_was_interrupted(void **state)
{
    struct bench *bench = *state;
    struct held held;

    bench_reopen(bench, (struct queue_options){.max_crashes = 1});
    store(bench, "acme", "");
    held = bench_claim_one(bench);
    assert_int_equal(bench_release(bench, "w1"), 1);
    assert_true(bench_replay(bench, held.id, false));
    held = bench_claim_one(bench);
    assert_int_equal(held.crashes, 0);
    assert_true(held.was_interrupted);
    bench_settle(bench, &held, OUTCOME_RETRY, 0);
    assert_false(bench_claim_one(bench).was_interrupted);
}

static void a_done_event_is_replayed_only_when_asked_for(void **state)
{
    struct bench *bench = *state;
    struct held held;

    store(bench, "acme", "k");
    store(bench, "acme", "k");
    held = bench_claim_one(bench);
    bench_settle(bench, &held, OUTCOME_DONE, 0);
    assert_false(bench_replay(bench, held.id, false));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    assert_true(bench_replay(bench, held.id, true));
    assert_string_not_equal(bench_claim_one(bench).id, held.id); /* it queues behind what its lane holds */
}

static void settle_traced(struct bench *bench, const char *progress)
{
    struct held held = bench_claim_one(bench);
    struct settlement settlement = bench_settlement(&held, OUTCOME_DONE);

    settlement.progress = progress;
    settlement.trace = "{\"status\":200}";
    bench_exchange(bench, &(struct exchange){.worker = "w1", .settlements = &settlement, .settlement_count = 1});
}

static void an_event_done_by_its_first_run_is_shown_and_replayed_with_what_it_left(void **state)
{
    struct bench *bench = *state;
    char id[ULID_SIZE];
    cJSON *report;
    struct held held;

    store(bench, "acme", "k");
    memcpy(id, bench->stored_id, ULID_SIZE);
    settle_traced(bench, "what is done");
    report = bench_show(bench, id);
    assert_string_equal(json_get_string(report, "state", ""), "done");
    assert_int_equal(number_at(report, "attempts"), 1);
    assert_true(number_at(report, "settled_ms") > 0);
    assert_int_equal(cJSON_GetArraySize(json_get(report, "attempts_made")), 1);
    cJSON_Delete(report);
    assert_true(bench_replay(bench, id, true));
    held = bench_claim_one(bench);
    assert_string_equal(held.progress, "what is done");
    bench_settle(bench, &held, OUTCOME_GIVE_BACK, 0);
    settle_traced(bench, "");
    report = bench_show(bench, id);
    assert_string_equal(json_get_string(report, "state", ""), "done");
    assert_int_equal(cJSON_GetArraySize(json_get(report, "attempts_made")), 2);
    cJSON_Delete(report);
}

static void what_is_not_there_is_neither_replayed_nor_dropped(void **state)
{
    static const char *const ids[] = {"01JDC5ZK3M8Q4T7V9X2B6N0RWE", "no id", ""};
    struct bench *bench = *state;

    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        assert_false(bench_replay(bench, ids[i], true));
        assert_int_equal(bench->err.kind, ERROR_INVALID);
        assert_false(bench_drop(bench, ids[i]));
        assert_int_equal(bench->err.kind, ERROR_INVALID);
    }
    store(bench, "acme", "k");
    assert_false(bench_drop(bench, bench->stored_id));
    assert_false(bench_replay(bench, bench->stored_id, true));
}

static void a_dropped_event_leaves_nothing(void **state)
{
    struct bench *bench = *state;
    struct held held;

    store(bench, "acme", "k");
    held = bench_claim_one(bench);
    bench_settle(bench, &held, OUTCOME_DEAD, 0);
    assert_true(bench_drop(bench, held.id));
    assert_null(bench_show(bench, held.id));
    assert_int_equal(
        redis_fixture_number(bench->redis, "EVAL %s 0 %s", "return #redis.call('KEYS', '{q0}:?:' .. ARGV[1])", held.id),
        0);
}

static void a_paused_account_waits_and_no_other(void **state)
{
    struct bench *bench = *state;
    struct exchanged exchanged;
    cJSON *status;

    store(bench, "acme", "1");
    store(bench, "beta", "1");
    assert_true(bench_pause(bench, "acme"));
    store(bench, "acme", "2");
    exchanged = bench_claim(bench, 10);
    assert_int_equal(exchanged.claim_count, 1);
    assert_string_equal(exchanged.claims[0].account, "beta");
    status = bench_status(bench);
    assert_string_equal(json_get_string(account_named(status, "acme"), "state", ""), "paused");
    assert_string_equal(json_get_string(account_named(status, "acme"), "reason", ""), "maintenance");
    cJSON_Delete(status);
    assert_true(bench_pause(bench, "acme"));
    assert_true(bench_resume(bench, "acme"));
    assert_true(bench_resume(bench, "acme"));
    assert_int_equal(bench_claim(bench, 10).claim_count, 2);
}

static void an_account_may_be_paused_before_its_first_event(void **state)
{
    struct bench *bench = *state;

    assert_true(bench_pause(bench, "acme"));
    store(bench, "acme", "1");
    assert_int_equal(bench_claim(bench, 10).claim_count, 0);
    assert_true(bench_resume(bench, "acme"));
    assert_int_equal(bench_claim(bench, 10).claim_count, 1);
}

int main(void)
{
#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(an_empty_queue_has_a_status),
        QUEUE_TEST(the_status_counts_each_state),
        QUEUE_TEST(the_status_of_many_accounts_comes_in_pages),
        QUEUE_TEST(each_state_lists_its_events),
        QUEUE_TEST(all_events_are_listed_newest_first_and_no_more_than_asked_for),
        QUEUE_TEST(an_event_is_shown_with_all_that_is_known_of_it),
        QUEUE_TEST(a_dead_event_is_replayed_from_its_first_attempt_with_its_progress),
        QUEUE_TEST(replayed_poison_says_that_it_was_interrupted),
        QUEUE_TEST(a_done_event_is_replayed_only_when_asked_for),
        QUEUE_TEST(an_event_done_by_its_first_run_is_shown_and_replayed_with_what_it_left),
        QUEUE_TEST(what_is_not_there_is_neither_replayed_nor_dropped),
        QUEUE_TEST(a_dropped_event_leaves_nothing),
        QUEUE_TEST(a_paused_account_waits_and_no_other),
        QUEUE_TEST(an_account_may_be_paused_before_its_first_event),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
