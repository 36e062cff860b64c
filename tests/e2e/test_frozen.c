/*
 * test_frozen.c - processes that are stopped for longer than anybody waits for them, as a paused virtual machine is,
 * and go on then. Others have done their work meanwhile; nothing is written twice or out of order.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "tests/e2e/ledger.h"
#include "tests/e2e/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>

static bool log_says_too_late(struct stage *stage, void *arg)
{
    char *log = stage_log(stage);
    bool result = strstr(log, "lease lost") || strstr(log, "settlements refused");

    (void)arg;
    mem_free(log);
    return result;
}

static void expect_written(struct stage *stage, const char *expected)
{
    char *written = scene_written(stage);

    assert_string_equal(written, expected);
    mem_free(written);
}

/* The worker that has sent the first of two writes is stopped, and goes on when another worker has done the rest. */
static void freeze_between_two_writes(struct stage *stage)
{
    char first[27], second[27];

    assert_int_equal(scene_note(stage, 1, "a", first), 202);
    stage_wait_writes(stage, 1);
    pid_t frozen = scene_freeze_busy_worker(stage);
    scene_sandbox(stage, "{\"latency\":\"0\"}");
    assert_int_equal(scene_note(stage, 1, "b", second), 202);
    stage_wait_state(stage, second, "done");
    assert_string_equal(stage_state(stage, first), "done");

    /* Redis is not there to tell it so, for longer than a write would take: its own clock must do. */
    assert_int_equal(scene_signal(stage, "redis-server", SIGSTOP), 1);
    assert_int_equal(kill(frozen, SIGCONT), 0);
    stage_pass(stage, 500);
    assert_int_equal(stage_writes(stage), 4);
    assert_int_equal(scene_signal(stage, "redis-server", SIGCONT), 1);
    stage_wait(stage, "the worker to hear that it is too late", log_says_too_late, NULL);
    expect_written(stage, "a one; a two; b one; b two");
}

/* Woken up, it finds the answer to its first write, and would go on to the second. */
static void a_worker_frozen_past_its_lease_writes_no_more(void **state)
{
    const struct stage_options options = {
        .more = SCENE_LEASE, .sources = scene_two_comments, .sandbox_args = {"--latency", "1500"}};
    struct stage stage;

    (void)state;
    stage_open(&stage, &options);
    freeze_between_two_writes(&stage);
    stage_close(&stage);
}

/* Woken up, it finds that the turn of its second write has come. */
static void a_write_that_waits_for_its_turn_is_not_sent_after_the_lease(void **state)
{
    const struct stage_options options = {
        .more = SCENE_LEASE, .sources = scene_two_comments, .limits = "\"requests_per_second\": 1, \"burst\": 1"};
    struct stage stage;

    (void)state;
    stage_open(&stage, &options);
    freeze_between_two_writes(&stage);
    stage_close(&stage);
}

/* ---- the others ---- */

struct freeze {
    struct stage *stage;
    struct timer *timer;
    const char *kind;
    int64_t for_ms;
    bool has_begun;
};

static void on_freeze(void *arg)
{
    struct freeze *freeze = arg;

    assert_int_equal(scene_signal(freeze->stage, freeze->kind, freeze->has_begun ? SIGCONT : SIGSTOP), 1);
    if (!freeze->has_begun)
        timer_start(freeze->timer, freeze->for_ms);
    freeze->has_begun = true;
}

/* It is stopped with requests half done for longer than it waits for Redis (5 s), so that it finds all its time over.
 * Whoever got no 2xx sends again. */
static void a_receiver_that_was_frozen_loses_and_doubles_nothing(void **state)
{
    struct load load = {.applications = 6};
    const struct stage_options options = {0};
    struct stage stage;

    (void)state;
    stage_open(&stage, &options);
    struct freeze freeze = {.stage = &stage, .kind = " receiver ", .for_ms = 6000};
    freeze.timer = timer_new(stage.loop, on_freeze, &freeze);
    timer_start(freeze.timer, 10);
    assert_int_equal(stage_post_many(&stage, 1000, 16, load_body, &load), 1000);
    assert_true(freeze.has_begun);
    timer_free(freeze.timer);
    stage_wait_writes(&stage, 1000);
    ledger_check(&stage, &load, 1000, false);
    stage_close(&stage);
}

/* Retries that are due are found by the workers as well. */
static void without_the_janitor_retries_go_on(void **state)
{
    const struct stage_options options = {.sandbox_args = {"--fault", "503=1,times=3"}};
    struct stage stage;
    char id[27];

    (void)state;
    stage_open(&stage, &options);
    assert_int_equal(scene_signal(&stage, " janitor ", SIGSTOP), 1);
    assert_int_equal(scene_note(&stage, 1, "a", id), 202);
    stage_wait_state(&stage, id, "done");
    expect_written(&stage, "a");
    assert_int_equal(scene_signal(&stage, " janitor ", SIGCONT), 1);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_frozen_past_its_lease_writes_no_more),
        cmocka_unit_test(a_write_that_waits_for_its_turn_is_not_sent_after_the_lease),
        cmocka_unit_test(a_receiver_that_was_frozen_loses_and_doubles_nothing),
        cmocka_unit_test(without_the_janitor_retries_go_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
