/*
 * test_failover.c - a queue on more than one redis-server: a sentinel's failover, a cluster's failover, and a slot that
 * moves, each under load. Whatever was acknowledged is settled, in order.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "queue/keys.h"
#include "tests/fakes/redis_group.h"
#include "tests/fakes/wait.h"
#include "tests/queue/bench.h"
#include "tests/queue/mill.h"

#include <stdio.h>
#include <string.h>

enum { EVENTS = 6000, SHARDS = 8, RESUME_MS = 2000 };

struct scene {
    struct redis_group group;
    struct bench bench; /* its Redis is not used */
};

/* What counts as stored is on a replica too: a killed master takes nothing along. */
static void open_queue(struct scene *scene, unsigned shards)
{
    struct queue_options options = {
        .url = scene->group.url, .shards = shards, .answer_ms = 1000, .durability = QUEUE_REPLICAS, .replicas = 1};
    struct error err;

    scene->bench = (struct bench){.loop = loop_new()};
    scene->bench.queue = queue_open(scene->bench.loop, &options, &err);
    if (!scene->bench.queue)
        fail_msg("%s", err.text);
    assert_true(bench_when_ready(&scene->bench, 4000));
}

/* Nothing is left, and the invariants hold. */
static void close_queue(struct scene *scene)
{
    cJSON *status = bench_status(&scene->bench);

    assert_non_null(status);
    assert_int_equal(json_get_integer(status, "waiting", -1), 0);
    assert_int_equal(json_get_integer(status, "in_flight", -1), 0);
    assert_int_equal(json_get_integer(status, "retrying", -1), 0);
    assert_int_equal(json_get_integer(status, "dead", -1), 0);
    cJSON_Delete(status);
    bench_expect_order(&scene->bench);
    queue_close(scene->bench.queue);
    loop_free(scene->bench.loop);
    redis_group_close(&scene->group);
}

static bool is_ready(void *arg)
{
    return queue_is_ready(((struct scene *)arg)->bench.queue);
}

static void expect_all(struct mill *mill)
{
    const struct mill_counts *counts = mill_counts(mill);

    mill_run(mill, 0);
    assert_int_equal(counts->stored, EVENTS);
    assert_int_equal(counts->settled, EVENTS);
    mill_close(mill);
}

static void shards_are_spread_over_a_cluster(void **state)
{
    struct scene scene;
    size_t used[REDIS_GROUP_MAX] = {0};

    (void)state;
    redis_group_open_cluster(&scene.group);
    open_queue(&scene, SHARDS);
    expect_all(mill_open(scene.bench.loop, scene.bench.queue, EVENTS));
    for (unsigned shard = 0; shard < SHARDS; shard++)
        used[redis_group_master_of(&scene.group, key_slot_of(shard))]++;
    for (unsigned master = 0; master < 3; master++)
        assert_true(used[master] > 0);
    close_queue(&scene);
}

static void a_slot_that_moves_under_load_loses_nothing(void **state)
{
    struct scene scene;
    struct mill *mill;
    size_t from, to;
    int64_t moved_ms;

    (void)state;
    redis_group_open_cluster(&scene.group);
    open_queue(&scene, 4);
    mill = mill_open(scene.bench.loop, scene.bench.queue, EVENTS);
    mill_run(mill, EVENTS / 6);
    from = redis_group_master_of(&scene.group, key_slot_of(0));
    to = (from + 1) % 3;
    redis_group_begin_move(&scene.group, key_slot_of(0), to);
    while (redis_group_move_some(&scene.group, 100)) /* the other shards go on, this one waits */
        mill_run(mill, mill_counts(mill)->settled + 8);
    redis_group_end_move(&scene.group);
    moved_ms = clock_monotonic_ms();
    assert_true(wait_until(scene.bench.loop, is_ready, &scene));
    assert_in_range(clock_monotonic_ms() - moved_ms, 0, RESUME_MS);
    printf("ready %lld ms after the slot had moved\n", (long long)(clock_monotonic_ms() - moved_ms));
    assert_int_equal(redis_group_master_of(&scene.group, key_slot_of(0)), to);
    expect_all(mill);
    close_queue(&scene);
}

/* With a single shard, all of the queue is away while its slot moves. */
static void the_only_slot_moves_and_the_queue_goes_on(void **state)
{
    struct scene scene;
    struct mill *mill;

    (void)state;
    redis_group_open_cluster(&scene.group);
    open_queue(&scene, 1);
    mill = mill_open(scene.bench.loop, scene.bench.queue, EVENTS);
    mill_run(mill, EVENTS / 3);
    redis_group_begin_move(&scene.group, key_slot_of(0), (redis_group_master_of(&scene.group, key_slot_of(0)) + 1) % 3);
    while (redis_group_move_some(&scene.group, 500))
        continue;
    redis_group_end_move(&scene.group);
    expect_all(mill);
    close_queue(&scene);
}

/* A replica has just become the master in place of member 0, which comes back as its replica. */
static void expect_resumption(struct scene *scene, int64_t killed_ms)
{
    int64_t promoted_ms = clock_monotonic_ms();

    assert_true(wait_until(scene->bench.loop, is_ready, scene));
    printf("promoted %lld ms after the kill, ready %lld ms later\n", (long long)(promoted_ms - killed_ms),
           (long long)(clock_monotonic_ms() - promoted_ms));
    assert_in_range(clock_monotonic_ms() - promoted_ms, 0, RESUME_MS);
    redis_group_revive(&scene->group, 0);
}

static void a_killed_master_of_a_cluster_is_followed_to_its_replica(void **state)
{
    struct scene scene;
    struct mill *mill;
    unsigned shard = 0;
    int64_t killed_ms;

    (void)state;
    redis_group_open_cluster(&scene.group);
    open_queue(&scene, SHARDS);
    while (redis_group_master_of(&scene.group, key_slot_of(shard)) != 0)
        shard++;
    mill = mill_open(scene.bench.loop, scene.bench.queue, EVENTS);
    mill_run(mill, EVENTS / 6);
    killed_ms = clock_monotonic_ms();
    redis_fixture_kill(scene.group.members[0]);
    assert_true(redis_group_master_of(&scene.group, key_slot_of(shard)) >= 3);
    expect_resumption(&scene, killed_ms);
    expect_all(mill);
    close_queue(&scene);
}

static void a_sentinels_failover_is_followed(void **state)
{
    struct scene scene;
    struct mill *mill;
    int64_t killed_ms;

    (void)state;
    redis_group_open_sentinel(&scene.group);
    open_queue(&scene, 1);
    mill = mill_open(scene.bench.loop, scene.bench.queue, EVENTS);
    mill_run(mill, EVENTS / 6);
    killed_ms = clock_monotonic_ms();
    redis_fixture_kill(scene.group.members[0]);
    assert_int_equal(redis_group_master_of(&scene.group, 0), 1);
    expect_resumption(&scene, killed_ms);
    expect_all(mill);
    close_queue(&scene);
}

/* The old master lives on as a replica: it says so, or its connections are closed. */
static void a_failover_that_was_asked_for_is_followed(void **state)
{
    struct scene scene;
    struct mill *mill;

    (void)state;
    redis_group_open_sentinel(&scene.group);
    open_queue(&scene, 2);
    mill = mill_open(scene.bench.loop, scene.bench.queue, EVENTS);
    mill_run(mill, EVENTS / 6);
    redis_fixture_do(scene.group.sentinel, "SENTINEL FAILOVER mymaster");
    expect_all(mill);
    close_queue(&scene);
}

static void a_redis_that_is_no_sentinel_is_said_to_be_none(void **state)
{
    struct bench bench = {.loop = loop_new()};
    struct redis_fixture *redis = redis_fixture_open(NULL);
    char *url = mem_printf("redis+sentinel://127.0.0.1:%d/mymaster", redis_fixture_listen(redis));
    struct error err;

    (void)state;
    bench.queue = queue_open(bench.loop, &(struct queue_options){.url = url}, &err);
    assert_false(bench_when_ready(&bench, 500));
    assert_non_null(strstr(bench.err.text, "it is no sentinel"));
    queue_close(bench.queue);
    loop_free(bench.loop);
    redis_fixture_close(redis);
    mem_free(url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shards_are_spread_over_a_cluster),
        cmocka_unit_test(a_slot_that_moves_under_load_loses_nothing),
        cmocka_unit_test(the_only_slot_moves_and_the_queue_goes_on),
        cmocka_unit_test(a_killed_master_of_a_cluster_is_followed_to_its_replica),
        cmocka_unit_test(a_sentinels_failover_is_followed),
        cmocka_unit_test(a_failover_that_was_asked_for_is_followed),
        cmocka_unit_test(a_redis_that_is_no_sentinel_is_said_to_be_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
