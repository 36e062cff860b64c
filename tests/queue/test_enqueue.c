/*
 * test_enqueue.c - storing events: once each, within bounds, whatever bytes senders use.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "tests/fakes/wait.h"
#include "tests/queue/bench.h"

#include <string.h>

static void a_stored_event_is_claimed_as_it_was(void **state)
{
    struct bench *bench = *state;
    struct event event = bench_event("acme", "APP-17");
    struct held held;

    event.payload = "{\"score\": 87}";
    event.payload_size = strlen(event.payload);
    assert_int_equal(bench_store_event(bench, event), QUEUE_STORED);
    assert_string_equal(bench->stored_id, event.id);
    held = bench_claim_one(bench);
    assert_string_equal(held.id, event.id);
    assert_string_equal(held.account, "acme");
    assert_string_equal(held.payload, event.payload);
    assert_int_equal(held.attempts, 0);
    assert_false(held.was_interrupted);
}

static void a_second_delivery_is_not_queued(void **state)
{
    struct bench *bench = *state;
    char first_id[ULID_SIZE];

    assert_int_equal(bench_store(bench, "acme", "k", "delivery-1"), QUEUE_STORED);
    memcpy(first_id, bench->stored_id, ULID_SIZE);
    assert_int_equal(bench_store(bench, "acme", "k", "delivery-1"), QUEUE_DUPLICATE);
    assert_string_equal(bench->stored_id, first_id);
    assert_int_equal(bench_claim(bench, 10).claim_count, 1);
}

static void a_second_delivery_of_a_settled_event_is_not_queued(void **state)
{
    struct bench *bench = *state;
    struct held held;

    assert_int_equal(bench_store(bench, "acme", "k", "delivery-1"), QUEUE_STORED);
    held = bench_claim_one(bench);
    bench_settle(bench, &held, OUTCOME_DONE, 0);
    assert_int_equal(bench_store(bench, "acme", "k", "delivery-1"), QUEUE_DUPLICATE);
}

static void the_same_delivery_id_of_another_account_or_source_is_another_event(void **state)
{
    struct bench *bench = *state;
    struct event event = bench_event("acme", "k");

    assert_int_equal(bench_store(bench, "acme", "k", "delivery-1"), QUEUE_STORED);
    assert_int_equal(bench_store(bench, "beta", "k", "delivery-1"), QUEUE_STORED);
    event.source = "other";
    event.delivery_id = "delivery-1";
    assert_int_equal(bench_store_event(bench, event), QUEUE_STORED);
}

/* Whoever kept an event while Redis was away may bring it long after its first try has been stored. */
static void an_event_brought_again_after_the_window_is_known_by_its_own_id(void **state)
{
    struct bench *bench = *state;
    struct event event = bench_event("acme", "k");

    event.delivery_id = "delivery-1";
    assert_int_equal(bench_store_event(bench, event), QUEUE_STORED);
    redis_fixture_do(bench->redis, "EVAL %s 0", "return redis.call('DEL', redis.call('KEYS', '{q0}:d:*')[1])");
    assert_int_equal(bench_store_event(bench, event), QUEUE_DUPLICATE);
    assert_string_equal(bench->stored_id, event.id);
    assert_int_equal(bench_claim(bench, 10).claim_count, 1);
}

static void past_max_events_nothing_is_stored_and_duplicates_are_still_known(void **state)
{
    struct bench *bench = *state;
    struct held held;

    bench_reopen(bench, (struct queue_options){.max_events = 2});
    assert_int_equal(bench_store(bench, "acme", "k", "1"), QUEUE_STORED);
    assert_int_equal(bench_store(bench, "acme", "k", "2"), QUEUE_STORED);
    assert_int_equal(bench_store(bench, "acme", "k", "3"), QUEUE_FULL);
    assert_int_equal(bench_store(bench, "acme", "k", "1"), QUEUE_DUPLICATE);
    held = bench_claim_one(bench);
    bench_settle(bench, &held, OUTCOME_DONE, 0);
    assert_int_equal(bench_store(bench, "acme", "k", "3"), QUEUE_STORED);
}

static void past_max_bytes_nothing_is_stored(void **state)
{
    struct bench *bench = *state;
    struct held held;

    bench_reopen(bench, (struct queue_options){.max_bytes = 150});
    assert_int_equal(bench_store(bench, "acme", "k", "1"), QUEUE_STORED);
    assert_int_equal(bench_store(bench, "acme", "k", "2"), QUEUE_STORED);
    assert_int_equal(bench_store(bench, "acme", "k", "3"), QUEUE_FULL);
    held = bench_claim_one(bench);
    bench_settle(bench, &held, OUTCOME_DEAD, 0);
    assert_int_equal(bench_store(bench, "acme", "k", "3"), QUEUE_STORED);
}

/* ---- what one account may have ---- */

static enum queue_stored store_within(struct bench *bench, const char *account, const char *delivery,
                                      size_t max_waiting)
{
    struct event event = bench_event(account, "k");

    event.delivery_id = delivery;
    return bench_store_within(bench, event, max_waiting);
}

static void past_max_waiting_an_account_stores_nothing_and_duplicates_are_still_known(void **state)
{
    struct bench *bench = *state;
    char first_id[ULID_SIZE];

    assert_int_equal(store_within(bench, "acme", "1", 2), QUEUE_STORED);
    memcpy(first_id, bench->stored_id, ULID_SIZE);
    assert_int_equal(store_within(bench, "acme", "2", 2), QUEUE_STORED);
    assert_int_equal(store_within(bench, "acme", "3", 2), QUEUE_ACCOUNT_FULL);
    assert_int_equal(store_within(bench, "acme", "1", 2), QUEUE_DUPLICATE);
    assert_string_equal(bench->stored_id, first_id);
    assert_int_equal(store_within(bench, "globex", "1", 2), QUEUE_STORED);
    assert_int_equal(store_within(bench, "acme", "3", 0), QUEUE_STORED); /* refused, so never remembered */
    assert_int_equal(redis_fixture_number(bench->redis, "HGET {q0}:a:acme waiting"), 3);
}

static void what_is_settled_makes_room_and_what_will_be_tried_again_does_not(void **state)
{
    struct bench *bench = *state;
    struct held held;

    assert_int_equal(store_within(bench, "acme", "1", 1), QUEUE_STORED);
    held = bench_claim_one(bench);
    assert_int_equal(store_within(bench, "acme", "2", 1), QUEUE_ACCOUNT_FULL); /* in flight */
    bench_settle(bench, &held, OUTCOME_RETRY, 60000);
    assert_int_equal(store_within(bench, "acme", "2", 1), QUEUE_ACCOUNT_FULL);
    bench_make_due(bench, held.lane);
    held = bench_claim_one(bench);
    bench_settle(bench, &held, OUTCOME_DONE, 0);
    assert_int_equal(store_within(bench, "acme", "2", 1), QUEUE_STORED);
    held = bench_claim_one(bench);
    bench_settle(bench, &held, OUTCOME_DEAD, 0);
    assert_int_equal(store_within(bench, "acme", "3", 1), QUEUE_STORED);
    assert_true(bench_replay(bench, held.id, false)); /* an operator's hand is above the limit, and counts */
    assert_int_equal(store_within(bench, "acme", "4", 2), QUEUE_ACCOUNT_FULL);
    assert_int_equal(store_within(bench, "acme", "4", 3), QUEUE_STORED);
}

static void a_full_queue_is_said_before_a_full_account(void **state)
{
    struct bench *bench = *state;

    bench_reopen(bench, (struct queue_options){.max_events = 1});
    assert_int_equal(store_within(bench, "acme", "1", 1), QUEUE_STORED);
    assert_int_equal(store_within(bench, "acme", "2", 1), QUEUE_FULL);
}

static void what_is_no_name_or_too_long_is_refused(void **state)
{
    struct bench *bench = *state;
    char long_key[EVENT_KEY_MAX + 2];
    struct event wrong[] = {bench_event("", ""),     bench_event("a:b", ""),       bench_event("a/b", ""),
                            bench_event("a b", ""),  bench_event("a{b}", ""),      bench_event("a\xff", ""),
                            bench_event("acme", ""), bench_event("acme", long_key)};

    memset(long_key, 'x', sizeof(long_key) - 1);
    long_key[sizeof(long_key) - 1] = '\0';
    wrong[6].id[0] = '\0';
    wrong[6].delivery_id = "d";
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(bench_store_event(bench, wrong[i]), QUEUE_UNAVAILABLE);
        assert_int_equal(bench->err.kind, ERROR_INVALID);
    }
    assert_int_equal(redis_fixture_number(bench->redis, "DBSIZE"), 1); /* how many shards there are */
}

/* Order keys are outside text: none may meet another's lane, or leave the shard. */
static void strange_order_keys_are_lanes_of_their_own(void **state)
{
    static const char *const keys[] = {"a",        "a/b", "a:b", "{q1}:l:x", "}{",  "\n",
                                       "\xff\xfe", " ",   "%s",  "*",        "[a]", "\\"};
    struct bench *bench = *state;
    struct exchanged exchanged;

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        assert_int_equal(bench_store(bench, "acme", keys[i], ""), QUEUE_STORED);
        assert_int_equal(bench_store(bench, "acme", keys[i], ""), QUEUE_STORED);
    }
    bench_expect_order(bench);
    exchanged = bench_claim(bench, 100);
    assert_int_equal(exchanged.claim_count, COUNT_OF(keys));
    for (size_t i = 0; i < exchanged.claim_count; i++)
        bench_settle(bench, &exchanged.claims[i], OUTCOME_DONE, 0);
    assert_int_equal(bench_claim(bench, 100).claim_count, COUNT_OF(keys));
}

/* The lane of an event without a key is named by its id: a sender's key that looks like that id is another lane. */
static void an_order_key_that_is_an_id_is_another_lane(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(bench_store(bench, "acme", "", ""), QUEUE_STORED);
    assert_int_equal(bench_store(bench, "acme", bench->stored_id, ""), QUEUE_STORED);
    assert_int_equal(bench_claim(bench, 10).claim_count, 2);
}

static void events_without_an_order_key_do_not_wait_for_each_other(void **state)
{
    struct bench *bench = *state;

    for (int i = 0; i < 5; i++)
        assert_int_equal(bench_store(bench, "acme", "", ""), QUEUE_STORED);
    assert_int_equal(bench_claim(bench, 10).claim_count, 5);
}

/* ---- many in one turn ---- */

enum { MANY = 100 };

struct many {
    struct loop *loop;
    unsigned stored, duplicates, refused;
    bool is_complete;
};

static void on_one_of_many(void *arg, enum queue_stored result, const char *id, const struct error *err)
{
    struct many *many = arg;

    (void)id;
    (void)err;
    many->stored += result == QUEUE_STORED;
    many->duplicates += result == QUEUE_DUPLICATE;
    many->refused += result == QUEUE_ACCOUNT_FULL;
    if (many->stored + many->duplicates + many->refused == MANY) {
        many->is_complete = true;
        loop_stop(many->loop);
    }
}

static void events_of_one_turn_are_stored_in_order_and_once_each(void **state)
{
    struct bench *bench = *state;
    struct many many = {.loop = bench->loop};
    char last_id[ULID_SIZE];

    for (int i = 0; i < MANY; i++) {
        struct event event = bench_event("acme", "k");

        event.delivery_id = i % 2 ? event.id : "the same";
        if (i % 2)
            memcpy(last_id, event.id, ULID_SIZE);
        queue_enqueue(bench->queue, &event, on_one_of_many, &many);
    }
    assert_true(wait_for(bench->loop, &many.is_complete));
    assert_int_equal(many.stored, MANY / 2 + 1);
    assert_int_equal(many.duplicates, MANY / 2 - 1);
    for (int i = 0; i < MANY / 2 + 1; i++) {
        struct held held = bench_claim_one(bench);

        if (i == MANY / 2)
            assert_string_equal(held.id, last_id);
        bench_settle(bench, &held, OUTCOME_DONE, 0);
    }
}

/* The limit falls into the middle of the second batch; of three deliveries one is another account's, and the first of
 * all comes again at the end. */
static void events_of_one_turn_keep_to_max_waiting(void **state)
{
    enum { OTHERS = MANY / 3, MAX_WAITING = 41 };
    struct bench *bench = *state;
    struct many many = {.loop = bench->loop};

    for (int i = 0; i < MANY; i++) {
        struct event event = bench_event(i % 3 == 1 ? "globex" : "acme", i % 2 ? "k" : "");

        event.delivery_id = i == 0 || i == MANY - 1 ? "the first" : event.id;
        queue_enqueue_within(bench->queue, &event, i % 3 == 1 ? 0 : MAX_WAITING, on_one_of_many, &many);
    }
    assert_true(wait_for(bench->loop, &many.is_complete));
    assert_int_equal(many.stored, OTHERS + MAX_WAITING);
    assert_int_equal(many.duplicates, 1);
    assert_int_equal(redis_fixture_number(bench->redis, "HGET {q0}:a:acme waiting"), MAX_WAITING);
    assert_int_equal(redis_fixture_number(bench->redis, "HGET {q0}:a:globex waiting"), OTHERS);
}

int main(void)
{
#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(a_stored_event_is_claimed_as_it_was),
        QUEUE_TEST(a_second_delivery_is_not_queued),
        QUEUE_TEST(a_second_delivery_of_a_settled_event_is_not_queued),
        QUEUE_TEST(the_same_delivery_id_of_another_account_or_source_is_another_event),
        QUEUE_TEST(an_event_brought_again_after_the_window_is_known_by_its_own_id),
        QUEUE_TEST(past_max_events_nothing_is_stored_and_duplicates_are_still_known),
        QUEUE_TEST(past_max_bytes_nothing_is_stored),
        QUEUE_TEST(past_max_waiting_an_account_stores_nothing_and_duplicates_are_still_known),
        QUEUE_TEST(what_is_settled_makes_room_and_what_will_be_tried_again_does_not),
        QUEUE_TEST(a_full_queue_is_said_before_a_full_account),
        QUEUE_TEST(what_is_no_name_or_too_long_is_refused),
        QUEUE_TEST(strange_order_keys_are_lanes_of_their_own),
        QUEUE_TEST(an_order_key_that_is_an_id_is_another_lane),
        QUEUE_TEST(events_without_an_order_key_do_not_wait_for_each_other),
        QUEUE_TEST(events_of_one_turn_are_stored_in_order_and_once_each),
        QUEUE_TEST(events_of_one_turn_keep_to_max_waiting),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
