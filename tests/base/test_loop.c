/*
 * test_loop.c - when callbacks come, and what they may free.
 *
 * Each test runs the loop until what it waits for has happened; a guard timer ends a loop that waits in vain.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/loop.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { GUARD_MS = 10000, LONG = 100000 };

/* What most tests need: a loop, a pipe, two timers or watches, a tally of what happened. */
struct scene {
    struct loop *loop;
    struct timer *timer, *other_timer;
    struct watch *watch, *other_watch;
    int reader, writer;
    int count, other_count;
    int64_t from_ms;
    unsigned events;
    char order[50];
};

static int set_up(void **state)
{
    struct scene *scene = mem_new(sizeof(*scene));
    int ends[2];

    if (pipe(ends) != 0)
        return -1;
    scene->reader = ends[0];
    scene->writer = ends[1];
    scene->loop = loop_new();
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;

    timer_free(scene->timer);
    timer_free(scene->other_timer);
    watch_free(scene->watch);
    watch_free(scene->other_watch);
    loop_free(scene->loop);
    close(scene->reader);
    if (scene->writer >= 0)
        close(scene->writer);
    mem_free(scene);
    return 0;
}

static void give_up(void *arg)
{
    (void)arg;
    fail_msg("nothing happened for %d ms", GUARD_MS);
}

/* Runs until something stops the loop. */
static void run(struct scene *scene)
{
    struct timer *guard = timer_new(scene->loop, give_up, NULL);

    timer_start(guard, GUARD_MS);
    loop_run(scene->loop);
    timer_free(guard);
}

static void count_and_stop(void *arg)
{
    struct scene *scene = arg;

    scene->count++;
    loop_stop(scene->loop);
}

static void a_timer_fires_once_and_not_early(void **state)
{
    struct scene *scene = *state;
    int64_t from_ms = clock_monotonic_ms();

    scene->timer = timer_new(scene->loop, count_and_stop, scene);
    assert_false(timer_is_active(scene->timer));
    timer_start(scene->timer, 20);
    assert_true(timer_is_active(scene->timer));
    run(scene);
    assert_true(clock_monotonic_ms() - from_ms >= 19); /* either clock may have just been about to turn */
    assert_int_equal(scene->count, 1);
    assert_false(timer_is_active(scene->timer));
}

static void a_stopped_timer_does_not_fire(void **state)
{
    struct scene *scene = *state;

    scene->timer = timer_new(scene->loop, count_and_stop, scene);
    timer_start(scene->timer, 0);
    timer_stop(scene->timer);
    timer_stop(scene->timer);
    assert_false(timer_is_active(scene->timer));
    loop_run(scene->loop); /* nothing is active: it returns */
    assert_int_equal(scene->count, 0);
}

static void starting_a_timer_again_replaces_its_time(void **state)
{
    struct scene *scene = *state;

    scene->timer = timer_new(scene->loop, count_and_stop, scene);
    timer_start(scene->timer, LONG);
    timer_start(scene->timer, -5);
    run(scene);
    assert_int_equal(scene->count, 1);
}

static void stop_at_three(void *arg)
{
    struct scene *scene = arg;

    if (++scene->count == 3)
        timer_stop(scene->timer);
}

static void a_repeating_timer_fires_until_it_is_stopped(void **state)
{
    struct scene *scene = *state;

    scene->timer = timer_new(scene->loop, stop_at_three, scene);
    timer_repeat(scene->timer, 0);
    loop_run(scene->loop);
    assert_int_equal(scene->count, 3);
}

/* The timers' own time stands still while a callback runs; here it runs for 30 ms. A watch's callback, as the loop
 * looks at its clock right behind those. */
static void work_long_then_start(void *arg, unsigned events)
{
    struct scene *scene = arg;
    int64_t until_ms = clock_monotonic_ms() + 30;

    (void)events;
    watch_set(scene->watch, 0);
    while (clock_monotonic_ms() < until_ms)
        ;
    scene->from_ms = clock_monotonic_ms();
    timer_start(scene->timer, 20);
}

static void a_timer_started_by_a_long_callback_is_not_early(void **state)
{
    struct scene *scene = *state;

    scene->timer = timer_new(scene->loop, count_and_stop, scene);
    scene->watch = watch_new(scene->loop, scene->writer, work_long_then_start, scene);
    watch_set(scene->watch, WATCH_WRITE);
    run(scene);
    assert_int_equal(scene->count, 1);
    assert_true(clock_monotonic_ms() - scene->from_ms >= 19);
}

static void free_both_timers(void *arg)
{
    struct scene *scene = arg;

    timer_free(scene->timer);
    timer_free(scene->other_timer);
    scene->timer = scene->other_timer = NULL;
    scene->count++;
}

static void a_callback_may_free_its_own_timer_and_one_that_is_due(void **state)
{
    struct scene *scene = *state;

    scene->timer = timer_new(scene->loop, free_both_timers, scene);
    scene->other_timer = timer_new(scene->loop, free_both_timers, scene);
    timer_start(scene->timer, 0);
    timer_start(scene->other_timer, 0);
    loop_run(scene->loop);
    assert_int_equal(scene->count, 1);
}

static void start_again_at_once(void *arg)
{
    struct scene *scene = arg;

    scene->other_count++;
    timer_start(scene->timer, 0);
}

static void read_and_stop(void *arg, unsigned events)
{
    struct scene *scene = arg;
    char byte;

    scene->events = events;
    assert_int_equal(read(scene->reader, &byte, 1), 1);
    count_and_stop(scene);
}

static void a_timer_that_is_always_due_does_not_starve_descriptors(void **state)
{
    struct scene *scene = *state;

    scene->timer = timer_new(scene->loop, start_again_at_once, scene);
    scene->watch = watch_new(scene->loop, scene->reader, read_and_stop, scene);
    timer_start(scene->timer, 0);
    watch_set(scene->watch, WATCH_READ);
    assert_int_equal(write(scene->writer, "x", 1), 1);
    run(scene);
    assert_int_equal(scene->count, 1);
    assert_true(scene->other_count < 1000);
}

static void a_watch_tells_when_there_is_something_to_read(void **state)
{
    struct scene *scene = *state;

    scene->watch = watch_new(scene->loop, scene->reader, read_and_stop, scene);
    watch_set(scene->watch, WATCH_READ);
    assert_int_equal(write(scene->writer, "x", 1), 1);
    run(scene);
    assert_int_equal(scene->events, WATCH_READ);
}

static void note_events_and_stop(void *arg, unsigned events)
{
    struct scene *scene = arg;

    scene->events = events;
    count_and_stop(scene);
}

static void a_watch_tells_when_there_is_room_to_write(void **state)
{
    struct scene *scene = *state;

    scene->watch = watch_new(scene->loop, scene->writer, note_events_and_stop, scene);
    watch_set(scene->watch, WATCH_WRITE);
    run(scene);
    assert_int_equal(scene->events, WATCH_WRITE);
}

static void a_paused_watch_is_silent_and_does_not_keep_the_loop(void **state)
{
    struct scene *scene = *state;

    scene->watch = watch_new(scene->loop, scene->reader, note_events_and_stop, scene);
    assert_int_equal(write(scene->writer, "x", 1), 1);
    loop_run(scene->loop);
    watch_set(scene->watch, WATCH_READ);
    watch_set(scene->watch, 0);
    loop_run(scene->loop);
    assert_int_equal(scene->count, 0);
    watch_set(scene->watch, WATCH_READ);
    run(scene);
    assert_int_equal(scene->count, 1);
}

static void note_events_twice(void *arg, unsigned events)
{
    struct scene *scene = arg;

    scene->events = events;
    if (++scene->count == 2)
        loop_stop(scene->loop);
}

/* A pipe nobody reads is an error to poll: POLLERR, not POLLOUT alone. */
static void a_broken_descriptor_counts_as_what_was_asked_for_again_and_again(void **state)
{
    struct scene *scene = *state;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    scene->watch = watch_new(scene->loop, ends[1], note_events_twice, scene);
    watch_set(scene->watch, WATCH_WRITE);
    run(scene);
    assert_int_equal(scene->events, WATCH_WRITE);
    watch_free(scene->watch);
    scene->watch = NULL;
    close(ends[1]);
}

static void a_closed_peer_counts_as_something_to_read(void **state)
{
    struct scene *scene = *state;

    scene->watch = watch_new(scene->loop, scene->reader, note_events_and_stop, scene);
    watch_set(scene->watch, WATCH_READ);
    close(scene->writer);
    scene->writer = -1;
    run(scene);
    assert_true(scene->events & WATCH_READ);
}

static void free_both_watches(void *arg, unsigned events)
{
    struct scene *scene = arg;

    (void)events;
    watch_free(scene->watch);
    watch_free(scene->other_watch);
    scene->watch = scene->other_watch = NULL;
    scene->count++;
}

static void a_callback_may_free_its_own_watch_and_one_that_is_ready(void **state)
{
    struct scene *scene = *state;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    scene->watch = watch_new(scene->loop, scene->writer, free_both_watches, scene);
    scene->other_watch = watch_new(scene->loop, ends[1], free_both_watches, scene);
    watch_set(scene->watch, WATCH_WRITE);
    watch_set(scene->other_watch, WATCH_WRITE);
    loop_run(scene->loop);
    assert_int_equal(scene->count, 1);
    close(ends[0]);
    close(ends[1]);
}

/* The descriptor's number may come back at once, with another watch. */
static void a_number_may_be_watched_again_after_its_watch_is_freed(void **state)
{
    struct scene *scene = *state;

    scene->watch = watch_new(scene->loop, scene->reader, note_events_and_stop, scene);
    watch_set(scene->watch, WATCH_READ);
    watch_free(scene->watch);
    scene->watch = watch_new(scene->loop, scene->reader, read_and_stop, scene);
    watch_set(scene->watch, WATCH_READ);
    assert_int_equal(write(scene->writer, "x", 1), 1);
    run(scene);
    assert_int_equal(scene->count, 1);
}

static void note_signal_and_stop(void *arg, int number)
{
    struct scene *scene = arg;

    scene->events = (unsigned)number;
    count_and_stop(scene);
}

static void a_signal_is_told_on_the_loop(void **state)
{
    struct scene *scene = *state;

    loop_on_signal(scene->loop, SIGUSR1, note_signal_and_stop, scene);
    loop_on_signal(scene->loop, SIGUSR2, note_signal_and_stop, scene);
    raise(SIGUSR2);
    assert_int_equal(scene->count, 0);
    run(scene);
    assert_int_equal(scene->events, SIGUSR2);
    assert_int_equal(scene->count, 1);
}

static void waiting_for_signals_does_not_keep_the_loop(void **state)
{
    struct scene *scene = *state;

    loop_on_signal(scene->loop, SIGUSR1, note_signal_and_stop, scene);
    loop_run(scene->loop);
    assert_int_equal(scene->count, 0);
}

static void note(struct scene *scene, const char *what)
{
    size_t used = strlen(scene->order);

    memcpy(scene->order + used, what, strlen(what) + 1);
}

static void note_timer(void *arg)
{
    note(arg, "t");
}

static void note_watch(void *arg, unsigned events)
{
    struct scene *scene = arg;

    (void)events;
    note(scene, "w");
    watch_set(scene->watch, 0);
    watch_set(scene->other_watch, 0);
    timer_start(scene->other_timer, 5);
}

static void note_wait(void *arg)
{
    note(arg, "-");
}

static void stop_now(void *arg)
{
    struct scene *scene = arg;

    loop_stop(scene->loop);
}

static void before_each_wait_the_loop_calls_once(void **state)
{
    struct scene *scene = *state;

    scene->timer = timer_new(scene->loop, note_timer, scene);
    scene->other_timer = timer_new(scene->loop, stop_now, scene);
    scene->watch = watch_new(scene->loop, scene->writer, note_watch, scene);
    scene->other_watch = watch_new(scene->loop, scene->reader, note_watch, scene);
    loop_before_wait(scene->loop, note_wait, scene);
    watch_set(scene->watch, WATCH_WRITE);
    timer_start(scene->timer, 0);
    run(scene);
    assert_memory_equal(scene->order, "t-w-", 4);
    assert_true(strlen(scene->order) <= 5); /* older libuv calls once more in the turn that was stopped */
}

static void calling_before_waits_does_not_keep_the_loop(void **state)
{
    struct scene *scene = *state;

    for (int i = 0; i < 4; i++)
        loop_before_wait(scene->loop, note_wait, scene);
    loop_run(scene->loop);
    assert_true(strlen(scene->order) <= 4);
}

static void writing_to_nobody_is_an_error_not_a_death(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(write(ends[1], "x", 1), -1);
    assert_int_equal(errno, EPIPE);
    close(ends[1]);
}

static void freeing_nothing_does_nothing(void **state)
{
    (void)state;
    timer_free(NULL);
    watch_free(NULL);
    loop_free(NULL);
}

#define LOOP_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(a_timer_fires_once_and_not_early),
        LOOP_TEST(a_stopped_timer_does_not_fire),
        LOOP_TEST(starting_a_timer_again_replaces_its_time),
        LOOP_TEST(a_repeating_timer_fires_until_it_is_stopped),
        LOOP_TEST(a_timer_started_by_a_long_callback_is_not_early),
        LOOP_TEST(a_callback_may_free_its_own_timer_and_one_that_is_due),
        LOOP_TEST(a_timer_that_is_always_due_does_not_starve_descriptors),
        LOOP_TEST(a_watch_tells_when_there_is_something_to_read),
        LOOP_TEST(a_watch_tells_when_there_is_room_to_write),
        LOOP_TEST(a_paused_watch_is_silent_and_does_not_keep_the_loop),
        LOOP_TEST(a_broken_descriptor_counts_as_what_was_asked_for_again_and_again),
        LOOP_TEST(a_closed_peer_counts_as_something_to_read),
        LOOP_TEST(a_callback_may_free_its_own_watch_and_one_that_is_ready),
        LOOP_TEST(a_number_may_be_watched_again_after_its_watch_is_freed),
        LOOP_TEST(a_signal_is_told_on_the_loop),
        LOOP_TEST(waiting_for_signals_does_not_keep_the_loop),
        LOOP_TEST(before_each_wait_the_loop_calls_once),
        LOOP_TEST(calling_before_waits_does_not_keep_the_loop),
        LOOP_TEST(writing_to_nobody_is_an_error_not_a_death),
        cmocka_unit_test(freeing_nothing_does_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
