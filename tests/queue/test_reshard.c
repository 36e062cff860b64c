/*
 * test_reshard.c - everybody has the same number of shards: it is written down, who has another is refused, and it is
 * changed only while the queue is empty.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/reshard.h"

#include "base/mem.h"
#include "queue/keys.h"
#include "tests/fakes/wait.h"
#include "tests/queue/bench.h"

#include <stdio.h>
#include <string.h>

/* ---- helpers ---- */

static int open_four(void **state)
{
    struct bench *bench;

    bench_open(state);
    bench = *state;
    redis_fixture_flush(bench->redis);
    bench_reopen(bench, (struct queue_options){.shards = 4});
    return 0;
}

struct resharding {
    struct bench *bench;
    bool is_answered;
    struct error err;
};

static void on_resharded(void *arg, const struct error *err)
{
    struct resharding *resharding = arg;

    assert_false(resharding->is_answered);
    resharding->is_answered = true;
    resharding->err = err ? *err : (struct error){0};
    loop_stop(resharding->bench->loop);
}

static struct error reshard(struct bench *bench, unsigned shards)
{
    struct resharding resharding = {.bench = bench};
    struct queue_options options = {.url = redis_fixture_url(bench->redis)};
    struct error err;

    assert_true(queue_reshard(bench->loop, &options, shards, on_resharded, &resharding, &err));
    assert_false(resharding.is_answered);
    assert_true(wait_for(bench->loop, &resharding.is_answered));
    return resharding.err;
}

static void expect_done(struct bench *bench, unsigned shards)
{
    assert_string_equal(reshard(bench, shards).text, "");
}

static void expect_refused(struct bench *bench, unsigned shards, const char *words)
{
    struct error err = reshard(bench, shards);

    assert_int_equal(err.kind, ERROR_REFUSED);
    if (!strstr(err.text, words))
        fail_msg("'%s' is not in: %s", words, err.text);
}

/* A queue of so many shards is refused with these words, and none of its shards takes anything. */
static void expect_queue_refused(struct bench *bench, unsigned shards, const char *words)
{
    bench_replace(bench, (struct queue_options){.shards = shards});
    assert_false(bench_when_ready(bench, 4000));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    if (!strstr(bench->err.text, words))
        fail_msg("'%s' is not in: %s", words, bench->err.text);
    for (int i = 0; i < 40; i++) {
        char *account = mem_printf("account-%d", i);

        assert_int_equal(bench_store(bench, account, "", ""), QUEUE_UNAVAILABLE);
        mem_free(account);
    }
    assert_false(queue_is_usable(bench->queue));
}

/* An account that is in this shard of so many, and in that one of so many others. */
static char *account_in(unsigned shard, unsigned shards, unsigned other, unsigned others)
{
    for (unsigned i = 0; i < 1000; i++) {
        char *name = mem_printf("account-%u", i);

        if (key_shard_of(name, shards) == shard && key_shard_of(name, others) == other)
            return name;
        mem_free(name);
    }
    fail();
    return NULL;
}

static void settle_one(struct bench *bench, enum outcome outcome)
{
    struct exchanged exchanged = bench_claim(bench, 100);

    assert_int_equal(exchanged.claim_count, 1);
    bench_settle(bench, &exchanged.claims[0], outcome, 0);
}

/* ---- the number that is written down ---- */

static void the_first_writes_the_number_down_and_all_others_must_have_it(void **state)
{
    struct bench *bench = *state;

    for (unsigned shard = 0; shard < 4; shard++)
        assert_int_equal(redis_fixture_number(bench->redis, "HGET {q%u}:n shards", shard), 4);
    expect_queue_refused(bench, 2, "this queue was made with 4 shards, queue.shards says 2");
    expect_queue_refused(bench, 8, "this queue was made with 4 shards, queue.shards says 8");
    assert_int_equal(redis_fixture_number(bench->redis, "EXISTS {q5}:n"), 0);
    bench_reopen(bench, (struct queue_options){.shards = 4});
}

static void a_queue_from_before_the_number_was_written_down_has_one_shard(void **state)
{
    struct bench *bench = *state;

    redis_fixture_flush(bench->redis);
    redis_fixture_do(bench->redis, "HSET {q0}:n token 7");
    expect_queue_refused(bench, 4, "made with 1 shard, queue.shards says 4");
    bench_reopen(bench, (struct queue_options){0});
}

/* Who was connected when the number changed is told with the next event, and stores nothing in the wrong place. */
static void who_missed_the_change_stores_nothing(void **state)
{
    struct bench *bench = *state;

    expect_done(bench, 2);
    assert_true(queue_is_ready(bench->queue));
    assert_int_equal(bench_store(bench, "acme", "", ""), QUEUE_UNAVAILABLE);
    assert_non_null(strstr(bench->err.text, "number of shards has been changed"));
    assert_false(bench_when_ready(bench, 4000));
    assert_non_null(strstr(bench->err.text, "made with 2 shards"));
    bench_reopen(bench, (struct queue_options){.shards = 2});
    assert_int_equal(bench_store(bench, "acme", "", ""), QUEUE_STORED);
}

static void who_only_looks_writes_no_number_down(void **state)
{
    struct bench *bench = *state;

    redis_fixture_flush(bench->redis);
    bench_reopen(bench, (struct queue_options){.shards = 7, .stores_nothing = true});
    assert_int_equal(redis_fixture_number(bench->redis, "EXISTS {q0}:n"), 0);
    bench_reopen(bench, (struct queue_options){.shards = 2});
    assert_int_equal(redis_fixture_number(bench->redis, "HGET {q0}:n shards"), 2);
}

/* A shard that is none any more was told as well. */
static void who_missed_that_a_shard_is_none_any_more_stores_nothing_in_it(void **state)
{
    struct bench *bench = *state;
    char *last = account_in(3, 4, 0, 1);

    expect_done(bench, 2);
    assert_int_equal(bench_store(bench, last, "", ""), QUEUE_UNAVAILABLE);
    assert_non_null(strstr(bench->err.text, "number of shards has been changed"));
    bench_reopen(bench, (struct queue_options){.shards = 2});
    mem_free(last);
}

static void who_missed_the_change_claims_nothing(void **state)
{
    struct bench *bench = *state;
    struct exchanged exchanged;

    expect_done(bench, 2);
    exchanged = bench_claim(bench, 8);
    assert_int_equal(exchanged.failure, ERROR_UNAVAILABLE);
    assert_int_equal(exchanged.claim_count, 0);
    assert_non_null(strstr(bench->err.text, "number of shards has been changed"));
    bench_reopen(bench, (struct queue_options){.shards = 2});
}

/* ---- changing it ---- */

static void an_empty_queue_grows_and_shrinks(void **state)
{
    struct bench *bench = *state;
    static const unsigned numbers[] = {7, 2, 2, 1, 4};

    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        expect_done(bench, numbers[i]);
        bench_reopen(bench, (struct queue_options){.shards = numbers[i]});
        assert_int_equal(bench_store(bench, "acme", "", ""), QUEUE_STORED);
        settle_one(bench, OUTCOME_DONE);
        bench_expect_order(bench);
    }
    for (unsigned shard = 4; shard < 7; shard++) /* as they were told when they became none */
        assert_int_equal(redis_fixture_number(bench->redis, "HGET {q%u}:n shards", shard), 2);
}

static void a_queue_with_events_stays_as_it_is_and_goes_on(void **state)
{
    struct bench *bench = *state;
    char *last = account_in(3, 4, 0, 1);

    bench_store(bench, last, "", "");
    expect_refused(bench, 2, "in shard 3 1 event is not settled yet");
    expect_refused(bench, 8, "in shard 3 1 event is not settled yet");
    bench_store(bench, last, "", "");
    expect_refused(bench, 2, "2 events are not settled yet");
    assert_int_equal(bench_store(bench, "acme", "", ""), QUEUE_STORED);
    mem_free(last);
}

static void dead_letters_and_paused_accounts_keep_the_number_as_it_is(void **state)
{
    struct bench *bench = *state;
    struct held held;

    bench_store(bench, "acme", "", "");
    held = bench_claim(bench, 4).claims[0];
    bench_settle(bench, &held, OUTCOME_DEAD, 0);
    expect_refused(bench, 2, "1 dead letter is neither replayed nor dropped");
    assert_true(bench_drop(bench, held.id));
    assert_true(bench_pause(bench, "acme"));
    expect_refused(bench, 2, "account acme is paused");
    assert_true(bench_resume(bench, "acme"));
    expect_done(bench, 2);
    bench_reopen(bench, (struct queue_options){.shards = 2});
}

static void a_change_that_was_broken_off_is_taken_up_again(void **state)
{
    struct bench *bench = *state;

    for (unsigned shard = 0; shard < 4; shard++)
        redis_fixture_do(bench->redis, "HSET {q%u}:n shards -4", shard);
    expect_queue_refused(bench, 4, "being changed from 4");
    expect_done(bench, 2);
    bench_reopen(bench, (struct queue_options){.shards = 2});
}

/* A settled event stays where it was, and may be looked at there; its account may have moved. */
static void what_was_settled_before_is_not_replayed_into_the_wrong_shard(void **state)
{
    struct bench *bench = *state;
    char *moving = account_in(0, 4, 1, 3), *staying = account_in(2, 4, 2, 3);
    char moved[ULID_SIZE], stayed[ULID_SIZE];

    bench_store(bench, moving, "", "");
    memcpy(moved, bench->stored_id, ULID_SIZE);
    settle_one(bench, OUTCOME_DONE);
    bench_store(bench, staying, "", "");
    memcpy(stayed, bench->stored_id, ULID_SIZE);
    settle_one(bench, OUTCOME_DONE);
    expect_done(bench, 3);
    bench_reopen(bench, (struct queue_options){.shards = 3});
    assert_false(bench_replay(bench, moved, true));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    assert_non_null(strstr(bench->err.text, "another number of shards"));
    assert_true(bench_replay(bench, stayed, true));
    mem_free(moving);
    mem_free(staying);
}

static void without_a_redis_the_change_fails_in_time(void **state)
{
    struct bench *bench = *state;
    struct resharding resharding = {.bench = bench};
    struct queue_options options = {.url = "unix:///nonexistent/redis.sock"};
    struct error err;

    assert_false(queue_reshard(bench->loop, &(struct queue_options){.url = "x"}, 2, on_resharded, &resharding, &err));
    assert_true(queue_reshard(bench->loop, &options, 2, on_resharded, &resharding, &err));
    for (int i = 0; i < 3 && !resharding.is_answered; i++)
        (void)wait_for(bench->loop, &resharding.is_answered);
    assert_int_equal(resharding.err.kind, ERROR_UNAVAILABLE);
}

int main(void)
{
#define SHARDS_TEST(f) cmocka_unit_test_setup_teardown(f, open_four, bench_close)
    const struct CMUnitTest tests[] = {
        SHARDS_TEST(the_first_writes_the_number_down_and_all_others_must_have_it),
        SHARDS_TEST(a_queue_from_before_the_number_was_written_down_has_one_shard),
        SHARDS_TEST(who_missed_the_change_stores_nothing),
        SHARDS_TEST(who_missed_that_a_shard_is_none_any_more_stores_nothing_in_it),
        SHARDS_TEST(who_missed_the_change_claims_nothing),
        SHARDS_TEST(who_only_looks_writes_no_number_down),
        SHARDS_TEST(an_empty_queue_grows_and_shrinks),
        SHARDS_TEST(a_queue_with_events_stays_as_it_is_and_goes_on),
        SHARDS_TEST(dead_letters_and_paused_accounts_keep_the_number_as_it_is),
        SHARDS_TEST(a_change_that_was_broken_off_is_taken_up_again),
        SHARDS_TEST(what_was_settled_before_is_not_replayed_into_the_wrong_shard),
        SHARDS_TEST(without_a_redis_the_change_fails_in_time),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
