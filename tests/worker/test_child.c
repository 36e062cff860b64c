/*
 * test_child.c - real processes, short ones: when they are started again and when not.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "worker/child.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define GUARD_MS 10000

/* One child, what it is told to do at each start, and what was seen of it. */
struct scene {
    struct loop *loop;
    struct child *child;
    struct timer *guard;
    const char *program;
    const char *script; /* for sh -c */
    unsigned starts;
    unsigned ends;
    unsigned ends_wanted; /* stop the loop after so many */
    struct child_end last;
    void (*on_end)(struct scene *scene);
    const int64_t *lives_ms; /* by which the clock goes on during each life; NULL leaves the clock alone */
    int64_t now_ms;
};

static void give_up(void *arg)
{
    (void)arg;
    fail_msg("nothing happened for %d ms", GUARD_MS);
}

static void fill_arguments(void *arg, unsigned start, const char *argv[CHILD_ARGUMENTS_MAX])
{
    struct scene *scene = arg;

    scene->starts = start;
    if (scene->lives_ms) {
        scene->now_ms += scene->lives_ms[start - 1];
        clock_freeze(scene->now_ms);
    }
    argv[0] = scene->program;
    argv[1] = "-c";
    argv[2] = scene->script;
}

static void on_ended(void *arg, const struct child_end *end)
{
    struct scene *scene = arg;

    scene->last = *end;
    scene->ends++;
    if (scene->on_end)
        scene->on_end(scene);
    if (scene->ends == scene->ends_wanted)
        loop_stop(scene->loop);
}

static void scene_open(struct scene *scene, const char *script)
{
    *scene = (struct scene){.program = "/bin/sh", .script = script, .loop = loop_new()};
    scene->child = child_new(
        scene->loop,
        &(struct child_options){.name = "child", .arguments = fill_arguments, .ended = on_ended, .arg = scene});
    scene->guard = timer_new(scene->loop, give_up, NULL);
}

/* Runs until so many ends, or, with none wanted, until nothing is planned or running any more. */
static void scene_run(struct scene *scene, unsigned ends)
{
    scene->ends_wanted = ends;
    if (ends > 0)
        timer_start(scene->guard, GUARD_MS);
    loop_run(scene->loop);
    timer_stop(scene->guard);
}

static void scene_close(struct scene *scene)
{
    child_free(scene->child);
    timer_free(scene->guard);
    loop_free(scene->loop);
}

static void the_wait_doubles_up_to_ten_seconds(void **state)
{
    static const int64_t expected_ms[] = {100, 200, 400, 800, 1600, 3200, 6400, 10000, 10000};

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(expected_ms); i++)
        assert_int_equal(child_backoff_ms(i + 1), expected_ms[i]);
    assert_int_equal(child_backoff_ms(1000000), 10000);
}

static void a_child_that_ends_by_itself_is_started_again(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, "exit 3");
    child_start(scene.child);
    scene_run(&scene, 3);
    assert_int_equal(scene.starts, 3);
    assert_int_equal(scene.last.code, 3);
    assert_int_equal(scene.last.signal, 0);
    assert_true(scene.last.was_wanted);
    scene_close(&scene);
}

static void a_child_ended_by_a_signal_says_which(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, "kill -KILL $$");
    child_start(scene.child);
    scene_run(&scene, 1);
    assert_int_equal(scene.last.signal, SIGKILL);
    assert_int_equal(scene.last.code, -1);
    scene_close(&scene);
}

static void a_program_that_is_not_there_counts_as_ended(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, "");
    scene.program = "/nonexistent/program";
    child_start(scene.child);
    scene_run(&scene, 2);
    assert_int_equal(scene.last.code, CHILD_CANNOT_START);
    assert_false(child_is_running(scene.child));
    assert_int_equal(child_pid(scene.child), 0);
    scene_close(&scene);
}

static void stop_it(void *arg)
{
    child_stop(arg);
}

static void a_stopped_child_stays_away(void **state)
{
    struct scene scene;
    struct timer *soon;

    (void)state;
    scene_open(&scene, "exec sleep 60");
    soon = timer_new(scene.loop, stop_it, scene.child);
    child_start(scene.child);
    timer_start(soon, 1);
    scene_run(&scene, 0);
    assert_int_equal(scene.starts, 1);
    assert_int_equal(scene.ends, 1);
    assert_false(scene.last.was_wanted);
    timer_free(soon);
    scene_close(&scene);
}

static void stop_in_end(struct scene *scene)
{
    child_stop(scene->child);
}

static void stopping_calls_off_a_planned_start(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, "exit 1");
    scene.on_end = stop_in_end;
    child_start(scene.child);
    scene_run(&scene, 0);
    assert_int_equal(scene.starts, 1);
    scene_close(&scene);
}

static void stop_and_want_again(void *arg)
{
    child_stop(arg);
    child_start(arg);
}

static void stop_at_second_end(struct scene *scene)
{
    if (scene->ends == 1)
        scene->script = "exit 0";
    else
        child_stop(scene->child);
}

static void a_child_wanted_again_while_it_stops_comes_back(void **state)
{
    struct scene scene;
    struct timer *soon;

    (void)state;
    scene_open(&scene, "exec sleep 60");
    scene.on_end = stop_at_second_end;
    soon = timer_new(scene.loop, stop_and_want_again, scene.child);
    child_start(scene.child);
    timer_start(soon, 1);
    scene_run(&scene, 0);
    assert_int_equal(scene.starts, 2);
    timer_free(soon);
    scene_close(&scene);
}

/* The clock stands still, so each life is as long as the test says. */
static void waits_grow_until_a_life_was_long(void **state)
{
    static const int64_t lives_ms[] = {0, 0, CHILD_STABLE_MS - 1, CHILD_STABLE_MS, 0};
    static const int64_t waits_ms[] = {100, 200, 400, 100, 200};
    struct scene scene;

    (void)state;
    scene_open(&scene, "exit 1");
    scene.now_ms = clock_monotonic_ms();
    scene.lives_ms = lives_ms;
    child_start(scene.child);
    for (unsigned i = 0; i < COUNT_OF(waits_ms); i++) {
        scene_run(&scene, i + 1);
        assert_int_equal(scene.last.again_ms, waits_ms[i]);
    }
    clock_release();
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_wait_doubles_up_to_ten_seconds),
        cmocka_unit_test(a_child_that_ends_by_itself_is_started_again),
        cmocka_unit_test(a_child_ended_by_a_signal_says_which),
        cmocka_unit_test(a_program_that_is_not_there_counts_as_ended),
        cmocka_unit_test(a_stopped_child_stays_away),
        cmocka_unit_test(stopping_calls_off_a_planned_start),
        cmocka_unit_test(a_child_wanted_again_while_it_stops_comes_back),
        cmocka_unit_test(waits_grow_until_a_life_was_long),
    };

    log_init("test", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
