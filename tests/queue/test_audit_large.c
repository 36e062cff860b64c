/*
 * test_audit_large.c - the audit and the repair of a large queue, and of one that moves: right, and in steps that
 * nobody has to wait for.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "tests/queue/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS_EACH = 3000, BATCH = 1000 }; /* more than a page searches */

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

/* CPU time that Redis has used, in microseconds: of its main thread, so that what else runs on the machine is left out.
 */
static double cpu_us(struct bench *bench)
{
    redisReply *info = redis_fixture_command(bench->redis, "INFO cpu");
    const char *at = strstr(info->str, "used_cpu_user_main_thread:");
    double seconds;

    assert_non_null(at);
    seconds = strtod(strchr(at, ':') + 1, NULL);
    freeReplyObject(info);
    return seconds * 1e6;
}

/* What an audit takes for each of so many events. */
static double cost_of_an_event(struct bench *bench, size_t each)
{
    cJSON *report;
    double before;

    redis_fixture_flush(bench->redis);
    bench_reopen(bench, (struct queue_options){0});
    fill(bench, each);
    before = cpu_us(bench);
    report = bench_audit(bench);
    assert_int_equal(cJSON_GetArraySize(json_get(report, "problems")), 0);
    assert_int_equal(json_get_integer(report, "events", 0), 2 * each);
    cJSON_Delete(report);
    return (cpu_us(bench) - before) / (2 * (double)each);
}

/* As a page has a fixed number of keys, this is what bounds a step. Were lists searched, it would be three times as
 * much. */
static void a_list_that_is_four_times_as_long_makes_no_event_dearer(void **state)
{
    double one = cost_of_an_event(*state, EVENTS_EACH), other = cost_of_an_event(*state, 4 * EVENTS_EACH);

    print_message("an event costs %.1f us, and in lists four times as long %.1f us\n", one, other);
    assert_true(other < 2 * one);
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
    cJSON *report;
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

static void on_report(void *arg, const cJSON *report, const struct error *err)
{
    struct mover *mover = arg;

    assert_null(err);
    mover->report = cJSON_Duplicate(report, true);
    loop_stop(mover->bench->loop);
}

/* What an audit or a repair says while the queue moves, which may take as long as it likes; owned. */
static cJSON *report_of(struct mover *mover, void (*ask)(struct queue *queue, queue_report_fn *fn, void *arg))
{
    size_t before = mover->exchanges;

    mover->report = NULL;
    ask(mover->queue, on_report, mover);
    while (!mover->report)
        loop_run(mover->bench->loop);
    assert_true(mover->exchanges > before + 10);
    return mover->report;
}

/* How long single steps take on this machine, for who wants to know: EVENTS_EACH=100000. */
static void the_longest_step_is_shown(void **state)
{
    struct bench *bench = *state;
    const char *text = getenv("EVENTS_EACH");
    struct mover asking = {.bench = bench};
    long long slowest = 0;
    redisReply *log;

    if (!text)
        skip();
    fill(bench, strtoull(text, NULL, 10));
    redis_fixture_do(bench->redis, "CONFIG SET slowlog-log-slower-than 500");
    redis_fixture_do(bench->redis, "SLOWLOG RESET");
    queue_audit(bench->queue, on_report, &asking);
    while (!asking.report)
        loop_run(bench->loop);
    cJSON_Delete(asking.report);
    log = redis_fixture_command(bench->redis, "SLOWLOG GET 128");
    for (size_t i = 0; i < log->elements; i++)
        if (log->element[i]->element[2]->integer > slowest)
            slowest = log->element[i]->element[2]->integer;
    freeReplyObject(log);
    print_message("the longest step took %lld us\n", slowest);
    redis_fixture_flush(bench->redis); /* the audit of the tear-down would take long */
}

static struct mover *mover_start(struct bench *bench)
{
    struct mover *mover = mem_new(sizeof(*mover));

    fill(bench, 3000);
    mover->bench = bench;
    mover->queue = bench->queue;
    move(mover);
    return mover;
}

static void mover_stop(struct mover *mover)
{
    mover->is_stopping = true;
    while (!mover->has_stopped)
        loop_run(mover->bench->loop);
    mem_free(mover);
}

static void a_queue_that_moves_gives_no_false_alarm(void **state)
{
    struct bench *bench = *state;
    struct mover *mover = mover_start(bench);

    for (int i = 0; i < 3; i++) {
        cJSON *report = report_of(mover, queue_audit);
        char *text = json_print(json_get(report, "problems"));

        assert_string_equal(text, "[]");
        mem_free(text);
        cJSON_Delete(report);
    }
    mover_stop(mover);
}

/* Lanes leave their place while the queue moves, and so do their events. The lane in two places may have been retried
 * by now, and so be in one. */
static void a_queue_that_moves_is_mended(void **state)
{
    static const char *const breakages[] = {
        "redis.call('RPOP', '{q0}:r:wide')",
        "redis.call('RPOP', '{q0}:l:long/k')",
        "redis.call('ZADD', '{q0}:park', 1e15, redis.call('LINDEX', '{q0}:r:wide', 2500))",
        "redis.call('SADD', '{q0}:accounts', 'nobody')",
    };
    struct bench *bench = *state;
    struct mover *mover = mover_start(bench);
    cJSON *report;

    for (size_t i = 0; i < COUNT_OF(breakages); i++)
        redis_fixture_do(bench->redis, "EVAL %s 0", breakages[i]);
    report = report_of(mover, queue_repair);
    assert_true(cJSON_GetArraySize(json_get(report, "problems")) >= 3);
    assert_int_equal(json_get_integer(report, "left", -1), 0);
    cJSON_Delete(report);
    mover_stop(mover);
}

int main(void)
{
#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(a_list_that_is_four_times_as_long_makes_no_event_dearer),
        QUEUE_TEST(the_longest_step_is_shown),
        QUEUE_TEST(what_is_wrong_in_a_long_list_is_found),
        QUEUE_TEST(a_queue_that_moves_gives_no_false_alarm),
        QUEUE_TEST(a_queue_that_moves_is_mended),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
