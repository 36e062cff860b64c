/*
 * test_chaos.c - everything at once: processes and Redis killed at random under load, a Pinpoint that fails, loses
 * answers and limits. Whatever was acknowledged is written once and in order; nothing stays behind in Redis.
 *
 * CHAOS_SECONDS in the environment says how long (10), SEED repeats the choices of an earlier run: who is killed when,
 * which lane is posted to, which request fails. `make chaos` runs it for a minute.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem */
#include "base/clock.h"
#include "base/mem.h"
#include "base/process.h"
#include "tests/chaos/chance.h"
#include "tests/chaos/keys.h"
#include "tests/chaos/vendor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>

#define ACCOUNTS 8
#define LANES    200
#define A_SECOND 150
#define PIDS_MAX 16
#define LOOK_MS  20 /* until who is not there, or not gone, is looked at again */

/* Whom it hits, and how often. */
static const struct victim {
    const char *name;
    const char *command;       /* a part of the command line of serve's child; NULL: serve itself */
    int64_t least_ms, most_ms; /* between two kills */
} victims[] = {
    {"workers", " worker ", 500, 2000},    {"receivers", " receiver ", 2500, 6000},
    {"janitors", " janitor ", 3000, 8000}, {"Redis", "redis-server", 4000, 9000},
    {"supervisors", NULL, 5000, 9500},
};

#define VICTIMS (sizeof(victims) / sizeof(victims[0]))

struct killer {
    struct stage *stage;
    const struct victim *victim;
    struct timer *timer;
    struct chance chance; /* of its own: how long one start takes must not change the others' draws */
    unsigned kills;
    bool is_waiting; /* for a killed serve to have ended */
};

static unsigned number_from(const char *variable, unsigned fallback)
{
    const char *text = getenv(variable);

    return text && *text ? (unsigned)strtoul(text, NULL, 10) : fallback;
}

static void plan(struct killer *killer)
{
    timer_start(killer->timer, chance_between(&killer->chance, killer->victim->least_ms, killer->victim->most_ms));
}

static void kill_child(struct killer *killer)
{
    pid_t pids[PIDS_MAX];
    size_t count = stage_pids(killer->stage, killer->victim->command, pids, PIDS_MAX);

    if (count == 0) { /* just being started again */
        timer_start(killer->timer, LOOK_MS);
        return;
    }
    killer->kills += kill(pids[chance_below(&killer->chance, PIDS_MAX) % count], SIGKILL) == 0;
    plan(killer);
}

/* What a service manager would do: start it again when it has ended. */
static void kill_serve(struct killer *killer)
{
    if (killer->is_waiting && killer->stage->serve_exit != -1) {
        killer->is_waiting = false;
        stage_start_serve(killer->stage);
        plan(killer);
        return;
    }
    if (!killer->is_waiting) {
        process_signal(killer->stage->serve, SIGKILL);
        killer->is_waiting = true;
        killer->kills++;
    }
    timer_start(killer->timer, LOOK_MS);
}

static void on_kill(void *arg)
{
    struct killer *killer = arg;

    if (killer->victim->command)
        kill_child(killer);
    else
        kill_serve(killer);
}

static void begin(struct killer *killer, struct stage *stage, const struct victim *victim, unsigned seed)
{
    killer->stage = stage;
    killer->victim = victim;
    killer->timer = timer_new(stage->loop, on_kill, killer);
    chance_init(&killer->chance, seed);
    plan(killer);
}

static bool is_again(struct stage *stage, void *arg)
{
    const struct killer *killer = arg;

    (void)stage;
    return !killer->is_waiting;
}

static void kill_for(struct stage *stage, unsigned seconds, unsigned seed)
{
    struct killer killers[VICTIMS] = {0};

    for (unsigned i = 0; i < VICTIMS; i++)
        begin(&killers[i], stage, &victims[i], seed + i + 1);
    stage_pass(stage, seconds * 1000LL);
    for (unsigned i = 0; i < VICTIMS; i++) {
        if (killers[i].is_waiting)
            stage_wait(stage, "a killed serve to be there again", is_again, &killers[i]);
        timer_free(killers[i].timer);
        print_message("%u %s killed%s", killers[i].kills, victims[i].name, i + 1 < VICTIMS ? ", " : "\n");
        assert_int_not_equal(killers[i].kills, 0);
    }
}

static bool is_swept(struct stage *stage, void *arg)
{
    struct keys *keys = arg;
    char *socket_path = mem_printf("%s/.hookline/redis.sock", stage->directory);

    assert_true(keys_count(socket_path, keys));
    mem_free(socket_path);
    return keys->count[KEYS_OTHER] == 0;
}

/* An idle queue has no lane, no ready list, no lease and nothing parked; it has its settled events, remembered
 * deliveries, accounts and counts. */
static void check_keys(struct stage *stage)
{
    struct keys keys;

    if (!is_swept(stage, &keys))
        fail_msg("%zu keys stay behind, one is %s", keys.count[KEYS_OTHER], keys.other);
    assert_int_equal(keys.count[KEYS_ACCOUNTS], ACCOUNTS + 1);
}

static void whatever_is_killed_each_event_is_written_once_and_in_order(void **state)
{
    unsigned seconds = number_from("CHAOS_SECONDS", 10);
    unsigned seed = number_from("SEED", (unsigned)clock_now_ms() % 1000000);
    char seed_text[16];
    const struct stage_options options = {
        .sources = vendor_sources,
        .accounts = ACCOUNTS,
        .processes = 4,
        .more = "\"queue\": {\"lease\": \"3s\", \"max_crashes\": 100},",
        .sandbox_args = {"--applications", "200", "--latency", "1-30", "--fault", "500=0.05,lost=0.02,429=0.05",
                         "--seed", seed_text},
    };
    const struct vendor_options vendor_options = {
        .lanes = LANES, .accounts = ACCOUNTS, .a_second = A_SECOND, .doomed = 20, .seed = seed};
    struct stage stage;

    (void)state;
    print_message("%u s of chaos, SEED=%u\n", seconds, seed);
    snprintf(seed_text, sizeof(seed_text), "%u", seed);
    stage_open(&stage, &options);
    struct vendor *vendor = vendor_new(&stage, &vendor_options);
    vendor_begin(vendor);
    kill_for(&stage, seconds, seed);
    vendor_finish(vendor);
    vendor_check(vendor);
    check_keys(&stage);
    print_message("%zu events acknowledged, each written once and in order\n", vendor_acknowledged(vendor));
    vendor_free(vendor);
    stage_close(&stage);
}

/* ---- the program that is run ---- */

static char *read_program(size_t *size)
{
    FILE *file = fopen(stage_program(), "rb");

    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = mem_new(*size + 1);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

/* This test is built as the program is. */
static void crash_points_are_in_a_build_of_their_own_and_in_no_other(void **state)
{
    static const char *const traces[] = {"HOOKLINE_CRASH", "after-verify", "NUMSUB", "crash:mid-settle-script"};
    size_t size;
    char *program = read_program(&size);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(traces); i++) {
#ifdef CRASH_POINTS
        assert_non_null(memmem(program, size, traces[i], strlen(traces[i])));
#else
        if (memmem(program, size, traces[i], strlen(traces[i])))
            fail_msg("%s holds \"%s\"", stage_program(), traces[i]);
#endif
    }
    assert_non_null(memmem(program, size, "event_leave", strlen("event_leave"))); /* the scripts are in it */
    assert_null(memmem(program, size, "--@crash", strlen("--@crash")));
    mem_free(program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crash_points_are_in_a_build_of_their_own_and_in_no_other),
        cmocka_unit_test(whatever_is_killed_each_event_is_written_once_and_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
