/*
 * test_group.c - the whole program on more than one redis-server: a cluster whose slots move and whose masters are
 * killed, and a master with sentinels. Whatever was acknowledged is written once and in order.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "queue/keys.h"
#include "tests/chaos/vendor.h"
#include "tests/fakes/redis_group.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { ACCOUNTS = 8, LANES = 40, A_SECOND = 200, SHARDS = 4, PORTION = 20 };

struct scene {
    struct redis_group group;
    struct stage stage;
    struct vendor *vendor;
};

/* An event counts as taken when a replica has it: a killed master may not take it along. */
static void open_scene(struct scene *scene, unsigned shards)
{
    const struct vendor_options vendor_options = {
        .lanes = LANES, .accounts = ACCOUNTS, .a_second = A_SECOND, .seed = 5};
    char more[400];

    snprintf(
        more, sizeof(more),
        "\"redis\": {\"url\": \"%s\", \"durability\": \"replicas\", \"replicas\": 1}, \"queue\": {\"shards\": %u},",
        scene->group.url, shards);
    stage_open(&scene->stage, &(struct stage_options){.sources = vendor_sources,
                                                      .accounts = ACCOUNTS,
                                                      .sandbox_args = {"--applications", "40"},
                                                      .more = more});
    scene->vendor = vendor_new(&scene->stage, &vendor_options);
    vendor_begin(scene->vendor);
    vendor_wait_more(scene->vendor, 100);
}

static void close_scene(struct scene *scene)
{
    vendor_finish(scene->vendor);
    vendor_check(scene->vendor);
    print_message("%zu events acknowledged, each written once and in order\n", vendor_acknowledged(scene->vendor));
    vendor_free(scene->vendor);
    stage_close(&scene->stage);
    redis_group_close(&scene->group);
}

/* As a patient operator would: the program goes on between the portions. */
static void move_shard(struct scene *scene, unsigned shard)
{
    unsigned slot = key_slot_of(shard);
    size_t from = redis_group_master_of(&scene->group, slot);

    redis_group_begin_move(&scene->group, slot, (from + 1) % 3);
    while (redis_group_move_some(&scene->group, PORTION))
        stage_pass(&scene->stage, 2);
    redis_group_end_move(&scene->group);
}

static void slots_that_move_lose_and_double_nothing(void **state)
{
    struct scene scene;

    (void)state;
    redis_group_open_cluster(&scene.group);
    open_scene(&scene, SHARDS);
    for (unsigned shard = 0; shard < SHARDS; shard++) {
        move_shard(&scene, shard);
        vendor_wait_more(scene.vendor, 50);
    }
    close_scene(&scene);
}

static void a_clusters_killed_master_loses_and_doubles_nothing(void **state)
{
    struct scene scene;
    size_t killed;

    (void)state;
    redis_group_open_cluster(&scene.group);
    open_scene(&scene, SHARDS);
    killed = redis_group_master_of(&scene.group, key_slot_of(0));
    redis_fixture_kill(scene.group.members[killed]);
    (void)redis_group_master_of(&scene.group, key_slot_of(0));
    redis_group_revive(&scene.group, killed);
    vendor_wait_more(scene.vendor, 300);
    close_scene(&scene);
}

static void a_killed_master_loses_and_doubles_nothing(void **state)
{
    struct scene scene;

    (void)state;
    redis_group_open_sentinel(&scene.group);
    open_scene(&scene, 1);
    redis_fixture_kill(scene.group.members[0]);
    (void)redis_group_master_of(&scene.group, 0);
    redis_group_revive(&scene.group, 0);
    vendor_wait_more(scene.vendor, 300);
    close_scene(&scene);
}

static void a_sentinels_failover_loses_and_doubles_nothing(void **state)
{
    struct scene scene;

    (void)state;
    redis_group_open_sentinel(&scene.group);
    open_scene(&scene, 1);
    redis_fixture_do(scene.group.sentinel, "SENTINEL FAILOVER mymaster");
    vendor_wait_more(scene.vendor, 200);
    close_scene(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_that_move_lose_and_double_nothing),
        cmocka_unit_test(a_clusters_killed_master_loses_and_doubles_nothing),
        cmocka_unit_test(a_killed_master_loses_and_doubles_nothing),
        cmocka_unit_test(a_sentinels_failover_loses_and_doubles_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
