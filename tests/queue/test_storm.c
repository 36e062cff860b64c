/*
 * test_storm.c - 50,000 events of one account that failed together while Pinpoint was away for an hour.
 *
 * Redis's own clock cannot be set, so time is moved instead: what is parked becomes due, and a second of an account's
 * rate passes by moving its bucket back, a tenth at a time. Not played is the hour itself, in which each event would
 * fail some twelve times; the waits are drawn here as worker/retry.c draws the thirteenth: evenly from 0 to an hour.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/mem.h"
#include "tests/queue/bench.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EVENTS = 50000,
    STORED_AT_ONCE = 500,
    WANT = 256,
    CEILING_S = 3600,
    RATE = 500,
    BURST = 100,
    TICK_MS = 100, /* shorter than what the bucket holds lasts */
    TICKS_S = 10,
    JANITOR_STEPS = 5, /* in a tick: one each 20 ms while there is work */
    SECONDS_MAX = 150,
    SAMPLES_MAX = 4000
};

/* ---- before ---- */

struct storing {
    struct bench *bench;
    size_t answered;
};

static void on_stored(void *arg, enum queue_stored result, const char *id, const struct error *err)
{
    struct storing *storing = arg;

    (void)id;
    (void)err;
    assert_int_equal(result, QUEUE_STORED);
    if (++storing->answered % STORED_AT_ONCE == 0)
        loop_stop(storing->bench->loop);
}

/* Each in a lane of its own. */
static void store_all(struct bench *bench)
{
    struct storing storing = {.bench = bench};

    for (size_t i = 0; i < EVENTS; i++) {
        struct event event = bench_event("acme", "");
        queue_enqueue(bench->queue, &event, on_stored, &storing);
        while ((i + 1) % STORED_AT_ONCE == 0 && storing.answered < i + 1)
            loop_run(bench->loop);
    }
}

static int64_t draw_ms(void)
{
    return (int64_t)(rand() / (RAND_MAX + 1.0) * CEILING_S * 1000);
}

/* Settles what was claimed last and claims more. */
static void go_on(struct bench *bench, struct exchanged *held, enum outcome outcome)
{
    struct settlement settlements[WANT];

    for (size_t i = 0; i < held->claim_count; i++) {
        settlements[i] = bench_settlement(&held->claims[i], outcome);
        settlements[i].delay_ms = outcome == OUTCOME_RETRY ? draw_ms() : 0;
    }
    *held = bench_exchange(
        bench, &(struct exchange){
                   .worker = "w1", .settlements = settlements, .settlement_count = held->claim_count, .want = WANT});
    assert_int_equal(held->failure, ERROR_NONE);
    assert_int_equal(held->refused_count, 0);
}

static void fail_all(struct bench *bench)
{
    static struct exchanged held;

    held = (struct exchanged){0};
    do
        go_on(bench, &held, OUTCOME_RETRY);
    while (held.claim_count > 0);
    assert_int_equal(redis_fixture_number(bench->redis, "ZCARD {q0}:park"), EVENTS);
}

/* ---- the wake-up is spread ---- */

static void expect_spread(struct bench *bench)
{
    redisReply *lanes = redis_fixture_command(bench->redis, "ZRANGE {q0}:park 0 -1 WITHSCORES");
    static unsigned due[CEILING_S + 60];
    int64_t first_ms = strtoll(lanes->element[1]->str, NULL, 10);
    unsigned peak = 0;

    memset(due, 0, sizeof(due));
    for (size_t i = 1; i < lanes->elements; i += 2) {
        int64_t second = (strtoll(lanes->element[i]->str, NULL, 10) - first_ms) / 1000;
        assert_in_range(second, 0, CEILING_S + 59);
        peak = ++due[second] > peak ? due[second] : peak;
    }
    freeReplyObject(lanes);
    printf("%d events over %d s: at most %u become due in a second, %d on average\n", EVENTS, CEILING_S, peak,
           EVENTS / CEILING_S);
    assert_in_range(peak, 1, 3 * EVENTS / CEILING_S);
}

/* ---- all of them are due at once: nobody was there to wake them ---- */

/* One second after another, with what was seen. */
struct storm {
    struct bench *bench;
    int64_t moved_ms; /* monotonic: when the clock was last moved */
    size_t done, peak;
    unsigned seconds, other_retry_s;
    bool has_other;             /* an event of the other account waits to be claimed */
    unsigned other_rounds;      /* the longest it had to */
    double micros[SAMPLES_MAX]; /* Redis's time for each claimed event */
    size_t samples;
};

static void make_all_due(struct bench *bench)
{
    redis_fixture_do(bench->redis, "EVAL %s 0",
                     "for _, lane in ipairs(redis.call('ZRANGE', '{q0}:park', 0, -1)) do "
                     "redis.call('ZADD', '{q0}:park', 1, lane) end");
}

/* Gives how long the tick was that is over now: with what has really passed, 100 ms or more. */
static int64_t let_a_tick_pass(struct storm *storm)
{
    int64_t really_ms = clock_monotonic_ms() - storm->moved_ms;
    int64_t moved_ms = really_ms < TICK_MS ? TICK_MS - really_ms : 0;
    char text[24];

    snprintf(text, sizeof(text), "%lld", (long long)moved_ms);
    redis_fixture_do(storm->bench->redis, "EVAL %s 0 %s",
                     "for _, name in ipairs(redis.call('SMEMBERS', '{q0}:accounts')) do "
                     "redis.call('HINCRBYFLOAT', '{q0}:a:' .. name, 'tat', -ARGV[1]) end "
                     "local waiting = redis.call('ZRANGE', '{q0}:apark', 0, -1, 'WITHSCORES') "
                     "for i = 1, #waiting, 2 do if waiting[i + 1] ~= 'inf' then "
                     "redis.call('ZINCRBY', '{q0}:apark', -ARGV[1], waiting[i]) end end",
                     text);
    storm->moved_ms = clock_monotonic_ms();
    return really_ms + moved_ms;
}

/* Microseconds that Redis has spent on scripts, from its commandstats. */
static double script_micros(struct bench *bench)
{
    redisReply *reply = redis_fixture_command(bench->redis, "INFO commandstats");
    const char *line = strstr(reply->str, "cmdstat_evalsha:");
    double micros = 0;

    if (line)
        assert_int_equal(sscanf(line, "cmdstat_evalsha:calls=%*d,usec=%lf", &micros), 1);
    freeReplyObject(reply);
    return micros;
}

/* What the other account's claims were, and the sum of the storm's. */
static size_t take(struct storm *storm, const struct exchanged *held, unsigned round)
{
    size_t of_storm = 0;

    for (size_t i = 0; i < held->claim_count; i++) {
        if (strcmp(held->claims[i].account, "acme") == 0) {
            of_storm++;
        } else if (held->claims[i].attempts > 0) {
            storm->other_retry_s = storm->seconds;
        } else {
            storm->has_other = false;
            storm->other_rounds = round > storm->other_rounds ? round : storm->other_rounds;
        }
    }
    return of_storm;
}

/* The worker claims until there is nothing for it, and the janitor wakes what is due meanwhile. Gives how many events
 * of the storm were claimed. */
static size_t play_tick(struct storm *storm)
{
    static struct exchanged held;
    size_t claimed = 0;
    unsigned round = 0;

    held = (struct exchanged){0};
    for (unsigned step = 0; step < JANITOR_STEPS; step++)
        (void)bench_upkeep(storm->bench);
    do {
        double before = script_micros(storm->bench);
        go_on(storm->bench, &held, OUTCOME_DONE);
        if (held.claim_count >= 20 && storm->samples < SAMPLES_MAX)
            storm->micros[storm->samples++] = (script_micros(storm->bench) - before) / (double)held.claim_count;
        claimed += take(storm, &held, ++round);
    } while (held.claim_count > 0);
    return claimed;
}

static void play_second(struct storm *storm)
{
    int64_t length_ms = 0;
    size_t claimed = 0;

    if (storm->seconds % 10 == 0)
        storm->has_other = bench_store(storm->bench, "other", "", "") == QUEUE_STORED;
    for (unsigned tick = 0; tick < TICKS_S; tick++) {
        claimed += play_tick(storm);
        length_ms += let_a_tick_pass(storm);
    }
    storm->seconds++;
    storm->done += claimed;
    storm->peak = claimed > storm->peak ? claimed : storm->peak;
    assert_in_range(claimed, 0, RATE * length_ms / 1000 + BURST);
}

static int compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;

    return (difference > 0) - (difference < 0);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), compare);
    return values[count / 2];
}

/* The first third had most of 50,000 lanes before it, the last third hardly any. */
static void expect_flat(struct storm *storm)
{
    size_t third = storm->samples / 3;
    assert_true(third >= 10);
    double early = median(storm->micros, third);
    double late = median(storm->micros + storm->samples - third, third);

    printf("Redis's time for a claimed and settled event: %.0f us early, %.0f us late\n", early, late);
    assert_true(early < 2 * late);
}

static void expect_drained_within_the_rate(struct bench *bench)
{
    static struct storm storm;

    storm = (struct storm){.bench = bench, .moved_ms = clock_monotonic_ms(), .other_retry_s = UINT_MAX};
    queue_set_limits(bench->queue, "acme", &(struct queue_limits){RATE, BURST, 0, 0});
    assert_int_equal(bench_store(bench, "other", "", ""), QUEUE_STORED);
    assert_true(bench_pause(bench, "acme")); /* one of its waits may be over already */
    struct held other = bench_claim_one(bench);
    assert_true(bench_resume(bench, "acme"));
    make_all_due(bench);
    (void)bench_settle(bench, &other, OUTCOME_RETRY, 0); /* due behind all of them */
    redis_fixture_do(bench->redis, "CONFIG RESETSTAT");
    while (storm.done < EVENTS && storm.seconds < SECONDS_MAX)
        play_second(&storm);
    printf(
        "drained in %u s, at most %zu in one; the other account's retry ran in second %u, its new events in round %u "
        "at last\n",
        storm.seconds, storm.peak, storm.other_retry_s, storm.other_rounds);
    assert_int_equal(storm.done, EVENTS);
    assert_false(storm.has_other);
    assert_in_range(storm.other_rounds, 1, 1); /* with the very next claim */
    assert_in_range(storm.other_retry_s, 1, 15);
    expect_flat(&storm);
}

static void after_an_hours_outage_the_storm_stays_within_the_rate_and_starves_nobody(void **state)
{
    struct bench *bench = *state;

    srand(4711);
    bench_reopen(bench, (struct queue_options){.done_keep_count = 100});
    store_all(bench);
    fail_all(bench);
    expect_spread(bench);
    expect_drained_within_the_rate(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(after_an_hours_outage_the_storm_stays_within_the_rate_and_starves_nobody,
                                        bench_open, bench_close),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
