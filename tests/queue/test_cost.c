/*
 * test_cost.c - what an event costs Redis, in commands and round trips: counts, which are the same on a busy machine.
 *
 * A figure that has become better is as much a reason to fail as one that has become worse: it is to be written down.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "tests/queue/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS = 640, STORED_BATCH = 16, BATCH = 32, ACCOUNTS = 10, LANES = 8 };

#define OFF_MOST 0.1 /* of the recorded figure */

/* As INFO commandstats counts: scripts called, and commands, those inside of scripts too. */
struct counts {
    double scripts, commands;
};

static struct counts counts_now(struct bench *bench)
{
    redisReply *info = redis_fixture_command(bench->redis, "INFO commandstats");
    struct counts counts = {0};

    for (const char *line = info->str; (line = strstr(line, "cmdstat_")); line++) {
        double calls = strtod(strstr(line, ":calls=") + strlen(":calls="), NULL);

        if (strncmp(line, "cmdstat_evalsha:", strlen("cmdstat_evalsha:")) == 0)
            counts.scripts += calls;
        else if (strncmp(line, "cmdstat_info:", strlen("cmdstat_info:")) != 0)
            counts.commands += calls;
    }
    freeReplyObject(info);
    return counts;
}

static void expect(const char *what, double figure, double recorded)
{
    if (figure > recorded * (1 + OFF_MOST) || figure < recorded * (1 - OFF_MOST))
        fail_msg("%s: %.3f an event, recorded is %.3f", what, figure, recorded);
}

static void expect_cost(struct bench *bench, struct counts from, const char *phase, struct counts recorded)
{
    struct counts now = counts_now(bench);
    char what[100];

    snprintf(what, sizeof(what), "%s, round trips", phase);
    expect(what, (now.scripts - from.scripts) / EVENTS, recorded.scripts);
    snprintf(what, sizeof(what), "%s, commands", phase);
    expect(what, (now.commands - from.commands) / EVENTS, recorded.commands);
}

static void store_batch(struct bench *bench, size_t first)
{
    char accounts[BATCH][20], keys[BATCH][20];
    struct event events[BATCH];
    struct stored stored[BATCH];

    for (size_t i = 0; i < BATCH; i++) {
        size_t n = first + i;

        snprintf(accounts[i], sizeof(accounts[i]), "account-%zu", n % ACCOUNTS);
        snprintf(keys[i], sizeof(keys[i]), "key-%zu", n / ACCOUNTS % LANES);
        events[i] = bench_event(accounts[i], keys[i]);
        events[i].delivery_id = events[i].id;
    }
    bench_store_batch(bench, events, BATCH, stored);
    for (size_t i = 0; i < BATCH; i++)
        assert_int_equal(stored[i].result, QUEUE_STORED);
}

static void store_all(struct bench *bench)
{
    for (size_t first = 0; first < EVENTS; first += BATCH)
        store_batch(bench, first);
}

/* Each exchange settles what the last one has claimed. */
static void run_all(struct bench *bench)
{
    struct exchanged had = {0};
    size_t settled = 0;

    while (settled < EVENTS) {
        struct settlement settlements[BATCH];

        for (size_t i = 0; i < had.claim_count; i++)
            settlements[i] = bench_settlement(&had.claims[i], OUTCOME_DONE);
        settled += had.claim_count;
        had = bench_exchange(
            bench, &(struct exchange){
                       .worker = "w1", .settlements = settlements, .settlement_count = had.claim_count, .want = BATCH});
    }
}

static void an_event_costs_what_is_recorded(void **state)
{
    struct bench *bench = *state;
    struct counts from = counts_now(bench);

    store_all(bench);
    expect_cost(bench, from, "stored", (struct counts){.scripts = 1.0 / STORED_BATCH, .commands = 3.2});
    from = counts_now(bench);
    run_all(bench);
    expect_cost(bench, from, "claimed and settled", (struct counts){.scripts = 1.0 / BATCH, .commands = 5.2});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_event_costs_what_is_recorded, bench_open, bench_close),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
