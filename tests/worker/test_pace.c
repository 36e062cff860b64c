/*
 * test_pace.c - turns: free ones at once, others as the account's rate in Redis allows.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/pace.h"

#include "base/clock.h"
#include "base/mem.h"
#include "tests/fakes/redis_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define TURNS 12

struct scene {
    struct redis_fixture *redis;
    struct loop *loop;
    struct queue *queue;
    struct pace *pace;
    struct turn turns[TURNS];
    int64_t went_ms[TURNS]; /* monotonic; 0 before */
    unsigned gone, wanted;
};

struct waiting {
    struct scene *scene;
    size_t n;
};

static struct waiting waiting[TURNS];

static void on_turn(void *arg)
{
    const struct waiting *one = arg;

    one->scene->went_ms[one->n] = clock_monotonic_ms();
    if (++one->scene->gone == one->scene->wanted)
        loop_stop(one->scene->loop);
}

static void on_ready(void *arg, const struct error *err)
{
    assert_null(err);
    loop_stop(arg);
}

static void open_scene(struct scene *scene, double per_second, double burst)
{
    struct error err = {0};

    *scene = (struct scene){.redis = redis_fixture_open(NULL), .loop = loop_new()};
    scene->queue = queue_open(scene->loop, &(struct queue_options){.url = redis_fixture_url(scene->redis)}, &err);
    assert_non_null(scene->queue);
    queue_set_limits(scene->queue, "acme", &(struct queue_limits){per_second, burst, 0, 0});
    scene->pace = pace_new(scene->loop, scene->queue, "acme", per_second > 0);
    queue_when_ready(scene->queue, 5000, on_ready, scene->loop);
    loop_run(scene->loop);
    for (size_t i = 0; i < TURNS; i++) {
        waiting[i] = (struct waiting){scene, i};
        scene->turns[i].fn = on_turn;
        scene->turns[i].arg = &waiting[i];
    }
}

static void close_scene(struct scene *scene)
{
    queue_close(scene->queue);
    pace_free(scene->pace);
    loop_free(scene->loop);
    redis_fixture_close(scene->redis);
}

static void run_until(struct scene *scene, unsigned gone)
{
    scene->wanted = gone;
    while (scene->gone < gone)
        loop_run(scene->loop);
}

static void without_a_limit_every_turn_comes_next_and_in_order(void **state)
{
    struct scene scene;

    (void)state;
    open_scene(&scene, 0, 0);
    for (size_t i = 0; i < TURNS; i++)
        pace_ask(scene.pace, &scene.turns[i], false);
    assert_int_equal(scene.gone, 0);
    run_until(&scene, TURNS);
    for (size_t i = 1; i < TURNS; i++)
        assert_true(scene.went_ms[i] >= scene.went_ms[i - 1]);
    close_scene(&scene);
}

static void beyond_the_burst_turns_come_one_interval_apart(void **state)
{
    struct scene scene;

    (void)state;
    open_scene(&scene, 100, 4);
    for (size_t i = 0; i < TURNS; i++)
        pace_ask(scene.pace, &scene.turns[i], false);
    run_until(&scene, TURNS);
    /* 12 turns, 4 of them at once: the last one 8 intervals of 10 ms later, less what rounding takes */
    assert_true(scene.went_ms[TURNS - 1] - scene.went_ms[0] >= 70);
    close_scene(&scene);
}

static void a_free_turn_does_not_wait_behind_others(void **state)
{
    struct scene scene;

    (void)state;
    open_scene(&scene, 20, 1);
    pace_ask(scene.pace, &scene.turns[0], false);
    pace_ask(scene.pace, &scene.turns[1], false);
    pace_ask(scene.pace, &scene.turns[2], false);
    pace_ask(scene.pace, &scene.turns[3], true);
    run_until(&scene, 1);
    assert_true(scene.went_ms[3] > 0);
    run_until(&scene, 4);
    close_scene(&scene);
}

static void a_turn_that_was_given_up_never_comes(void **state)
{
    struct scene scene;

    (void)state;
    open_scene(&scene, 50, 1);
    for (size_t i = 0; i < 4; i++)
        pace_ask(scene.pace, &scene.turns[i], i == 0);
    pace_cancel(scene.pace, &scene.turns[0]);
    pace_cancel(scene.pace, &scene.turns[2]);
    run_until(&scene, 2);
    assert_int_equal(scene.went_ms[0], 0);
    assert_int_equal(scene.went_ms[2], 0);
    pace_cancel(scene.pace, &scene.turns[2]);
    close_scene(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_limit_every_turn_comes_next_and_in_order),
        cmocka_unit_test(beyond_the_burst_turns_come_one_interval_apart),
        cmocka_unit_test(a_free_turn_does_not_wait_behind_others),
        cmocka_unit_test(a_turn_that_was_given_up_never_comes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
