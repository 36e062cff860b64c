/*
 * test_repair.c - each invariant is broken by hand, the repair mends it, and the queue then runs to its end with
 * nothing lost and nothing run twice.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "queue/scripts.h"
#include "tests/queue/breakage.h"

#include <stdio.h>
#include <string.h>

enum { ROUNDS_MAX = 30 };

/* What no repair can do; of all other breakages nothing remains. */
static const struct exception {
    const char *name;
    const char *left; /* a part of why the repair leaves it; NULL when it mends it */
    bool loses_ready; /* the breakage itself: READY does not run */
    size_t more_dead; /* once the queue has drained */
} exceptions[] = {
    {"event gone", NULL, true, 0},
    {"damaged event", "cannot be read", true, 1},
    {"unknown key", "none of the queue", false, 0},
    {"another number of shards", "hookline reshard", false, 0},
};

static struct exception exception_of(const struct breakage *breakage)
{
    for (size_t i = 0; i < COUNT_OF(exceptions); i++)
        if (strcmp(exceptions[i].name, breakage->name) == 0)
            return exceptions[i];
    return (struct exception){.name = breakage->name};
}

/* Whatever waits for time, or for somebody, waits no longer. */
static void set_all_free(struct bench *bench)
{
    static const char script[] = "for _, key in ipairs({'{q0}:park', '{q0}:lease'}) do "
                                 "  for _, lane in ipairs(redis.call('ZRANGE', key, 0, -1)) do "
                                 "    redis.call('ZADD', key, 1, lane) "
                                 "  end "
                                 "end";

    redis_fixture_do(bench->redis, "EVAL %s 0", script);
    assert_true(bench_resume(bench, "acme"));
    assert_true(bench_resume(bench, "beta"));
    bench_upkeep(bench);
}

struct drained {
    char ids[20][ULID_SIZE];
    size_t count;
};

static void note(struct drained *drained, const struct held *held)
{
    assert_true(drained->count < COUNT_OF(drained->ids));
    memcpy(drained->ids[drained->count++], held->id, ULID_SIZE);
}

/* Claims and settles as done until nothing is left. */
static struct drained drain(struct bench *bench)
{
    struct drained drained = {.count = 0};

    for (int round = 0; round < ROUNDS_MAX; round++) {
        struct exchanged exchanged;

        set_all_free(bench);
        exchanged = bench_claim(bench, 10);
        if (exchanged.claim_count == 0)
            break;
        for (size_t i = 0; i < exchanged.claim_count; i++) {
            note(&drained, &exchanged.claims[i]);
            assert_int_equal(bench_settle(bench, &exchanged.claims[i], OUTCOME_DONE, 0).refused_count, 0);
        }
    }
    return drained;
}

static size_t times_in(const struct drained *drained, const char *id)
{
    size_t times = 0;

    for (size_t i = 0; i < drained->count; i++)
        times += strcmp(drained->ids[i], id) == 0;
    return times;
}

static void check_drained(const struct breakage *breakage, const struct cast *cast, const struct drained *drained)
{
    for (size_t i = 0; i < CAST_UNSETTLED; i++) {
        const char *id = cast->unsettled[i];
        size_t expected = strcmp(id, cast->ready) == 0 && exception_of(breakage).loses_ready ? 0 : 1;

        if (times_in(drained, id) != expected)
            fail_msg("%s: event %zu ran %zu times", breakage->name, i, times_in(drained, id));
    }
}

/* What is settled stays so, and what is dead can be replayed. */
static void check_settled(struct bench *bench, const struct breakage *breakage, const struct cast *cast)
{
    cJSON *status = bench_status(bench);
    int64_t dead = json_get_integer(status, "dead", -1), counted = 0;
    const cJSON *account;

    cJSON_ArrayForEach(account, json_get(status, "accounts"))
    {
        counted += json_get_integer(account, "dead", 0);
    }
    if (counted != dead)
        fail_msg("%s: accounts count %lld dead events", breakage->name, (long long)counted);

    if (dead != (int64_t)(1 + exception_of(breakage).more_dead))
        fail_msg("%s: there are %lld dead events", breakage->name, (long long)dead);
    assert_int_equal(json_get_integer(status, "waiting", -1), 0);
    cJSON_Delete(status);
    assert_true(bench_replay(bench, cast->dead, false));
}

static void check_report(const struct breakage *breakage, const cJSON *report)
{
    const char *left = exception_of(breakage).left, *wanted = left ? "left: " : "mended: ";
    const cJSON *problem, *problems = json_get(report, "problems");
    char *text = json_print(problems);

    if (!strstr(text, breakage->problem) || !strstr(text, left ? left : wanted))
        fail_msg("%s: the repair said %s", breakage->name, text);
    if ((json_get_integer(report, "left", -1) != 0) != (left != NULL))
        fail_msg("%s: the repair left %lld, and said %s", breakage->name,
                 (long long)json_get_integer(report, "left", -1), text);
    cJSON_ArrayForEach(problem, problems)
    {
        if (strncmp(json_get_string(problem, "repair", ""), wanted, strlen(wanted)) != 0)
            fail_msg("%s: the repair said %s", breakage->name, text);
    }
    mem_free(text);
}

static void break_mend_and_drain(struct bench *bench, const struct breakage *breakage)
{
    struct cast cast = breakage_scene(bench);
    struct drained drained;
    cJSON *report;

    breakage_run(bench, breakage, &cast);
    report = bench_repair(bench);
    check_report(breakage, report);
    cJSON_Delete(report);
    if (!exception_of(breakage).left)
        bench_expect_order(bench);
    redis_fixture_do(bench->redis, "DEL {q0}:zzz"); /* what only a person can put right */
    redis_fixture_do(bench->redis, "HSET {q0}:n shards 1");
    drained = drain(bench);
    check_drained(breakage, &cast, &drained);
    check_settled(bench, breakage, &cast);
    bench_expect_order(bench);
}

static void each_broken_invariant_is_mended_and_the_queue_drains(void **state)
{
    for (size_t i = 0; i < breakage_count; i++)
        break_mend_and_drain(*state, &breakages[i]);
}

static void a_healthy_queue_is_left_as_it_is(void **state)
{
    struct bench *bench = *state;
    struct redisReply *before, *after;
    cJSON *report;

    breakage_scene(bench);
    before = redis_fixture_command(bench->redis, "DEBUG DIGEST");
    report = bench_repair(bench);
    after = redis_fixture_command(bench->redis, "DEBUG DIGEST");
    assert_int_equal(cJSON_GetArraySize(json_get(report, "problems")), 0);
    assert_int_equal(json_get_integer(report, "left", -1), 0);
    assert_int_equal(json_get_integer(report, "events", -1), CAST_UNSETTLED);
    assert_string_equal(before->str, after->str);
    freeReplyObject(before);
    freeReplyObject(after);
    cJSON_Delete(report);
}

/* All at once, as one accident may do. */
static void a_queue_whose_places_are_all_gone_is_built_anew_from_its_events(void **state)
{
    struct bench *bench = *state;
    struct cast cast = breakage_scene(bench);
    struct breakage whole = {.name = "all places"};
    struct drained drained;
    cJSON *report;

    redis_fixture_do(bench->redis, "DEL {q0}:ring {q0}:lease {q0}:own {q0}:park {q0}:apark {q0}:r:acme {q0}:r:beta "
                                   "{q0}:l:acme/ready {q0}:l:acme/parked {q0}:l:acme/leased {q0}:accounts {q0}:n "
                                   "{q0}:a:acme {q0}:a:beta {q0}:wake");
    report = bench_repair(bench);
    assert_int_equal(json_get_integer(report, "left", -1), 0);
    cJSON_Delete(report);
    bench_expect_order(bench);
    drained = drain(bench);
    check_drained(&whole, &cast, &drained);
    bench_expect_order(bench);
}

/* Events 0 to 3 in order, in one lane. */
static void store_four(struct bench *bench)
{
    for (int i = 0; i < 4; i++) {
        struct event event = bench_event("acme", "k");

        snprintf(event.id, ULID_SIZE, "01JQ000000000000000000000%d", i);
        assert_int_equal(bench_store_event(bench, event), QUEUE_STORED);
    }
}

/* What an accident does to the lane: its list, and what it must be after the repair, by the last digits of the ids. The
 * one in flight is always the first of after. */
static const struct disorder {
    const char *in_flight, *before, *after;
} disorders[] = {
    {"0", "13", "0123"},   /* two are gone, one of them in flight */
    {"0", "1023", "0123"}, /* the one in flight is not the head */
    {"0", "", "0123"},     /* all of them */
    {"2", "23", "2013"},   /* older ones come back, but not before the one in flight */
};

static void make_disorder(struct bench *bench, const struct disorder *disorder)
{
    redis_fixture_do(bench->redis, "DEL {q0}:l:acme/k");
    redis_fixture_do(bench->redis, "RPUSH {q0}:l:acme/k 01JQ000000000000000000000%s", disorder->in_flight);
    bench_claim_one(bench);
    redis_fixture_do(bench->redis, "DEL {q0}:l:acme/k");
    for (const char *digit = disorder->before; *digit; digit++)
        redis_fixture_do(bench->redis, "RPUSH {q0}:l:acme/k 01JQ000000000000000000000%s", (char[]){*digit, '\0'});
}

static void events_go_back_into_their_lane_in_order(void **state)
{
    struct bench *bench = *state;

    for (size_t i = 0; i < COUNT_OF(disorders); i++) {
        char after[5] = "";

        redis_fixture_flush(bench->redis);
        bench_reopen(bench, (struct queue_options){0});
        store_four(bench);
        make_disorder(bench, &disorders[i]);
        cJSON_Delete(bench_repair(bench));
        for (int at = 0; at < 4; at++) {
            redisReply *id = redis_fixture_command(bench->redis, "LINDEX {q0}:l:acme/k %d", at);

            after[at] = id->str[strlen(id->str) - 1];
            freeReplyObject(id);
        }
        assert_string_equal(after, disorders[i].after);
        bench_expect_order(bench);
    }
}

static void a_pause_is_kept(void **state)
{
    struct bench *bench = *state;

    bench_store(bench, "acme", "k", "");
    assert_true(bench_pause(bench, "acme"));
    redis_fixture_do(bench->redis, "ZREM {q0}:apark acme");
    cJSON_Delete(bench_repair(bench));
    assert_int_equal(bench_claim(bench, 1).claim_count, 0);
    assert_true(bench_resume(bench, "acme"));
    assert_int_equal(bench_claim(bench, 1).claim_count, 1);
}

/* Between the audit and the repair an event was stored. */
static void a_count_is_not_set_when_the_queue_has_moved_since(void **state)
{
    struct bench *bench = *state;
    char *script = script_text(SCRIPT_REPAIR);
    redisReply *repaired;

    bench_store(bench, "acme", "k", "");
    repaired = redis_fixture_command(bench->redis, "EVAL %s 1 {q0}: {q0}:n %s %s 0 0 0", script, "events 7", "");
    assert_string_equal(repaired->str, "left: the queue has moved since it was counted");
    freeReplyObject(repaired);
    mem_free(script);
}

static void a_run_whose_lease_is_ended_counts_as_interrupted(void **state)
{
    struct bench *bench = *state;
    struct held held;

    bench_store(bench, "acme", "k", "");
    held = bench_claim_one(bench);
    redis_fixture_do(bench->redis, "HDEL {q0}:own %s", held.lane);
    cJSON_Delete(bench_repair(bench));
    assert_int_equal(bench_settle(bench, &held, OUTCOME_DONE, 0).refused_count, 1);
    assert_true(bench_claim_one(bench).was_interrupted);
}

int main(void)
{
#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(each_broken_invariant_is_mended_and_the_queue_drains),
        QUEUE_TEST(a_healthy_queue_is_left_as_it_is),
        QUEUE_TEST(a_queue_whose_places_are_all_gone_is_built_anew_from_its_events),
        QUEUE_TEST(events_go_back_into_their_lane_in_order),
        QUEUE_TEST(a_pause_is_kept),
        QUEUE_TEST(a_count_is_not_set_when_the_queue_has_moved_since),
        QUEUE_TEST(a_run_whose_lease_is_ended_counts_as_interrupted),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
