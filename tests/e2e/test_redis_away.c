/*
 * test_redis_away.c - a Redis that restarts, hangs, loads, loses its scripts, is a replica, has no memory: meanwhile
 * the receiver takes nothing it cannot store, nobody ends and nobody runs hot; afterwards all go on within two seconds.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "tests/e2e/scene.h"
#include "tests/fakes/redis_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#define RESUME_MS     2000
#define PROCESSES_MAX 8
#define NOTES_MAX     1000

/* A Redis of the test's own below a whole Hookline, and what is watched of both. */
struct scene {
    struct stage stage;
    struct redis_fixture *redis;
    char *more;
    pid_t pids[PROCESSES_MAX];
    long ticks[PROCESSES_MAX];
    size_t process_count;
    bool is_accepted[NOTES_MAX]; /* each note that was posted; its text is its number */
    size_t posted, accepted, refused;
    size_t lines;    /* logged before */
    int64_t away_ms; /* monotonic: since when */
};

static void scene_open(struct scene *scene)
{
    static const char *const arguments[] = {"--appendonly", "yes", "--appendfsync", "always", "--enable-debug-command",
                                            "local",        NULL};

    *scene = (struct scene){.redis = redis_fixture_open(arguments)};
    scene->more = mem_printf("\"redis\": {\"url\": \"%s\"}," SCENE_LEASE, redis_fixture_url(scene->redis));
    stage_open(&scene->stage, &(struct stage_options){.more = scene->more, .sandbox_args = {"--latency", "300"}});
}

static void post_one(struct scene *scene)
{
    char id[27], text[16];

    assert_true(scene->posted < NOTES_MAX);
    snprintf(text, sizeof(text), "%zu", scene->posted);
    int status = scene_note(&scene->stage, 1 + (unsigned)scene->posted % 6, text, id);
    assert_true(status == 202 || status == 503);
    scene->is_accepted[scene->posted++] = status == 202;
    scene->accepted += status == 202;
    scene->refused += status == 503;
}

/* Whether all that was accepted is written. Fails the test when something is written twice; what was answered with 503
 * may be written, as the answer of Redis may have been lost. */
static bool is_all_written(struct stage *stage, void *arg)
{
    const struct scene *scene = arg;
    bool is_written[NOTES_MAX] = {false};
    char *written = scene_written(stage), *rest = NULL;
    size_t missing = 0;

    for (const char *text = strtok_r(written, "; ", &rest); text; text = strtok_r(NULL, "; ", &rest)) {
        size_t n = strtoul(text, NULL, 10);
        if (n >= scene->posted || is_written[n])
            fail_msg("note %s was written twice", text);
        is_written[n] = true;
    }
    for (size_t n = 0; n < scene->posted; n++)
        missing += scene->is_accepted[n] && !is_written[n];
    mem_free(written);
    return missing == 0;
}

static size_t count_lines(struct scene *scene)
{
    char *log = stage_log(&scene->stage);
    size_t lines = 0;

    for (const char *at = log; (at = strchr(at, '\n')); at++)
        lines++;
    mem_free(log);
    return lines;
}

static void go_away(struct scene *scene)
{
    scene->lines = count_lines(scene);
    scene->process_count = stage_pids(&scene->stage, "hookline", scene->pids, PROCESSES_MAX);
    assert_int_equal(scene->process_count, 4); /* receiver, janitor, two workers */
    for (size_t i = 0; i < scene->process_count; i++)
        scene->ticks[i] = scene_ticks(scene->pids[i]);
    scene->away_ms = clock_monotonic_ms();
    scene->refused = 0;
}

/* Deliveries come in meanwhile, ten a second. */
static void stay_away(struct scene *scene, int64_t for_ms)
{
    while (clock_monotonic_ms() - scene->away_ms < for_ms) {
        post_one(scene);
        stage_pass(&scene->stage, 100);
    }
}

/* The same processes, and what each cost: no more than a fifth of a processor, and some for coming back. What is the
 * matter is said once by each connection, not at every try. */
static void expect_the_same_processes_cool(struct scene *scene, const char *trouble)
{
    int64_t away_ms = clock_monotonic_ms() - scene->away_ms;
    long most = 0;

    for (size_t i = 0; i < scene->process_count; i++) {
        long ticks = scene_ticks(scene->pids[i]) - scene->ticks[i];
        most = ticks > most ? ticks : most;
    }
    printf("%s: at most %ld ms of processor time in %lld ms\n", trouble, most * 10, (long long)away_ms);
    assert_in_range(most, 0, 20 + away_ms / 50);
    assert_in_range(count_lines(scene) - scene->lines, 0, 40);
}

static bool takes_one(struct stage *stage, void *arg)
{
    struct scene *scene = arg;
    size_t accepted = scene->accepted;

    (void)stage;
    post_one(scene);
    return scene->accepted > accepted;
}

/* From when Redis is well: a delivery is taken, and all that was taken is written. */
static void expect_all_go_on(struct scene *scene, const char *trouble)
{
    int64_t well_ms = clock_monotonic_ms();

    stage_wait(&scene->stage, "a delivery to be taken", takes_one, scene);
    int64_t taken_ms = clock_monotonic_ms() - well_ms;
    stage_wait(&scene->stage, "all that was taken to be written", is_all_written, scene);
    int64_t written_ms = clock_monotonic_ms() - well_ms;
    printf("%s: taking %lld ms, writing %lld ms after Redis is well; %zu refused meanwhile\n", trouble,
           (long long)taken_ms, (long long)written_ms, scene->refused);
    assert_in_range(written_ms, 0, RESUME_MS);
    expect_the_same_processes_cool(scene, trouble);
}

/* ---- troubles ---- */

static void restart(struct scene *scene)
{
    redis_fixture_kill(scene->redis);
    stay_away(scene, 3000);
    redis_fixture_start(scene->redis);
}

static void cut_connections(struct scene *scene)
{
    redis_fixture_do(scene->redis, "CLIENT KILL TYPE normal SKIPME yes");
}

/* For longer than an answer is waited for (5 s). */
static void hang(struct scene *scene)
{
    redisContext *context = redisConnectUnix(redis_fixture_socket(scene->redis));
    redisReply *reply = NULL;
    int is_done = 0;

    redisAppendCommand(context, "DEBUG SLEEP 6.5");
    while (!is_done)
        assert_int_equal(redisBufferWrite(context, &is_done), REDIS_OK);
    stay_away(scene, 6000);
    assert_int_equal(redisGetReply(context, (void **)&reply), REDIS_OK);
    freeReplyObject(reply);
    redisFree(context);
}

static void lose_scripts(struct scene *scene)
{
    redis_fixture_do(scene->redis, "SCRIPT FLUSH");
}

static void be_a_replica(struct scene *scene)
{
    redis_fixture_do(scene->redis, "REPLICAOF 127.0.0.1 1");
    stay_away(scene, 3000);
    redis_fixture_do(scene->redis, "REPLICAOF NO ONE");
}

static void have_no_memory(struct scene *scene)
{
    redis_fixture_do(scene->redis, "CONFIG SET maxmemory-policy noeviction");
    redis_fixture_do(scene->redis, "CONFIG SET maxmemory 1000");
    stay_away(scene, 3000);
    redis_fixture_do(scene->redis, "CONFIG SET maxmemory 0");
}

/* It takes 1 ms a key, and says LOADING between. */
static void load(struct scene *scene)
{
    redis_fixture_do(scene->redis, "DEBUG POPULATE 4000 filler 10");
    redis_fixture_do(scene->redis, "CONFIG SET aof-use-rdb-preamble no");
    redis_fixture_do(scene->redis, "BGREWRITEAOF");
    while (redis_fixture_number(scene->redis, "EVAL %s 0",
                                "return string.find(redis.call('INFO', 'persistence'), "
                                "'aof_rewrite_in_progress:1') and 1 or 0"))
        stage_pass(&scene->stage, 50);
    redis_fixture_kill(scene->redis);
    redis_fixture_start_loading(scene->redis);
    while (redis_fixture_is_loading(scene->redis))
        stay_away(scene, clock_monotonic_ms() - scene->away_ms + 50);
}

static const struct trouble {
    const char *name;
    void (*happen)(struct scene *scene);
    bool refuses; /* for long enough that a delivery must have been refused */
} troubles[] = {
    {"restart", restart, true},      {"connections cut", cut_connections, false},
    {"hanging", hang, true},         {"scripts lost", lose_scripts, false},
    {"replica", be_a_replica, true}, {"no memory", have_no_memory, true},
    {"loading", load, true},
};

static void whatever_redis_does_all_go_on_within_two_seconds(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    for (size_t i = 0; i < COUNT_OF(troubles); i++) {
        for (int j = 0; j < 4; j++) /* what is in flight when it happens must be settled and renewed meanwhile */
            post_one(&scene);
        go_away(&scene);
        troubles[i].happen(&scene);
        expect_all_go_on(&scene, troubles[i].name);
        assert_true(scene.refused > 0 || !troubles[i].refuses);
    }
    assert_true(is_all_written(&scene.stage, &scene));
    stage_close(&scene.stage);
    redis_fixture_close(scene.redis);
    mem_free(scene.more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_redis_does_all_go_on_within_two_seconds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
