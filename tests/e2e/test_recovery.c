/*
 * test_recovery.c - processes that are killed: how soon their events run again, who is to blame when an event kills its
 * workers, records of a newer program, and a supervisor that is killed with everything else at random.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/process.h"
#include "tests/e2e/ledger.h"
#include "tests/e2e/scene.h"
#include "tests/fakes/redis_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>

static void expect_written(struct stage *stage, const char *expected)
{
    char *written = scene_written(stage);

    assert_string_equal(written, expected);
    mem_free(written);
}

/* The second write is that of the run that went on where the killed one had been. */
static void expect_second_write_within(struct stage *stage, int64_t killed_ms, int64_t bound_ms, const char *whose)
{
    stage_wait_writes(stage, 2);
    int64_t took_ms = scene_write_ms(stage, 2) - killed_ms;
    printf("%s: the next write came %lld ms after the kill\n", whose, (long long)took_ms);
    assert_in_range(took_ms, 0, bound_ms);
    expect_written(stage, "a one; a two");
}

/* ---- with a supervisor ---- */

static const struct stage_options slow = {.sources = scene_two_comments, .sandbox_args = {"--latency", "3000"}};

static void what_a_killed_worker_ran_goes_on_within_a_second(void **state)
{
    struct stage stage;
    char id[27];

    (void)state;
    stage_open(&stage, &slow);
    assert_int_equal(scene_note(&stage, 1, "a", id), 202);
    stage_wait_writes(&stage, 1);
    scene_sandbox(&stage, "{\"latency\":\"0\"}");
    pid_t busy = scene_freeze_busy_worker(&stage);
    assert_int_equal(kill(busy, SIGKILL), 0);
    expect_second_write_within(&stage, clock_now_ms(), 1000, "one of two workers");
    stage_close(&stage);
}

static void when_all_workers_are_killed_new_ones_go_on_within_a_second(void **state)
{
    struct stage stage;
    char id[27];

    (void)state;
    stage_open(&stage, &slow);
    assert_int_equal(scene_note(&stage, 1, "a", id), 202);
    stage_wait_writes(&stage, 1);
    scene_sandbox(&stage, "{\"latency\":\"0\"}");
    assert_int_equal(scene_signal(&stage, " worker ", SIGKILL), 2);
    expect_second_write_within(&stage, clock_now_ms(), 1000, "both workers");
    stage_close(&stage);
}

/* ---- without one ---- */

/* Parts that somebody has started by hand, on one Redis. */
struct parts {
    struct stage *stage;
    struct process *receiver, *workers[2];
};

static void on_part_exit(void *arg, int code, int number)
{
    (void)arg;
    (void)code;
    (void)number;
}

static struct process *start_part(struct stage *stage, const char *part, const char *id)
{
    char *config = mem_printf("%s/hookline.json", stage->directory);
    char *log = mem_printf("%s/serve.log", stage->directory);
    const char *argv[] = {stage_program(), part, "--config", config, id ? "--id" : NULL, id, NULL};
    struct error err = {0};
    struct process *process = process_open(stage->loop, argv, log, on_part_exit, NULL, &err);

    if (!process)
        fail_msg("%s", err.text);
    mem_free(config);
    mem_free(log);
    return process;
}

static bool no_children_are_left(struct stage *stage, void *arg)
{
    char *output;
    int code = stage_command(stage, &output, "status", NULL);

    (void)arg;
    mem_free(output);
    return code == 0 && stage_pids(stage, "hookline", &(pid_t){0}, 1) == 0;
}

static int in_flight_of(struct stage *stage, const char *id)
{
    cJSON *status = stage_command_json(stage, "status", NULL);
    const cJSON *worker;
    int result = 0;

    cJSON_ArrayForEach(worker, json_get(status, "workers"))
    {
        if (strcmp(json_get_string(worker, "id", ""), id) == 0)
            result = (int)json_get_integer(worker, "in_flight", 0);
    }
    cJSON_Delete(status);
    return result;
}

static bool takes_notes(struct stage *stage, void *arg)
{
    return scene_note(stage, 1, "a", arg) == 202;
}

static void run_parts_and_kill_the_busy_worker(struct parts *parts)
{
    struct stage *stage = parts->stage;
    char id[27];

    stage_wait(stage, "the receiver to take a note", takes_notes, id);
    stage_wait_writes(stage, 1);
    scene_sandbox(stage, "{\"latency\":\"0\"}");
    for (int i = 0; i < 2; i++)
        process_signal(parts->workers[i], SIGSTOP);
    int busy = in_flight_of(stage, "by-hand-1") > 0 ? 0 : 1;
    process_signal(parts->workers[!busy], SIGCONT);
    process_signal(parts->workers[busy], SIGKILL);
    expect_second_write_within(stage, clock_now_ms(), SCENE_LEASE_MS + 700, "no supervisor, a lease of 2 s");
    stage_wait_state(stage, id, "done");
}

static void without_a_supervisor_events_go_on_as_soon_as_the_lease_is_over(void **state)
{
    struct redis_fixture *redis = redis_fixture_open(NULL);
    char *more = mem_printf("\"redis\": {\"url\": \"%s\"}," SCENE_LEASE, redis_fixture_url(redis));
    const struct stage_options options = {
        .more = more, .sources = scene_two_comments, .sandbox_args = {"--latency", "3000"}};
    struct stage stage;

    (void)state;
    stage_open(&stage, &options);
    stage_kill_serve(&stage);
    stage_wait(&stage, "serve's children to end", no_children_are_left, NULL);
    struct parts parts = {&stage,
                          start_part(&stage, "receiver", NULL),
                          {start_part(&stage, "worker", "by-hand-1"), start_part(&stage, "worker", "by-hand-2")}};
    run_parts_and_kill_the_busy_worker(&parts);
    process_signal(parts.receiver, SIGKILL);
    for (int i = 0; i < 2; i++)
        process_signal(parts.workers[i], SIGKILL);
    stage_serve_again(&stage);
    process_close(parts.receiver);
    for (int i = 0; i < 2; i++)
        process_close(parts.workers[i]);
    stage_close(&stage);
    redis_fixture_close(redis);
    mem_free(more);
}

/* ---- poison ---- */

struct culprit {
    char id[27];
    int kills;
};

/* Kills the worker whenever it runs the culprit; true when that is dead. */
static bool is_dead_after_killing(struct stage *stage, void *arg)
{
    struct culprit *culprit = arg;
    cJSON *event = stage_command_json(stage, "show", culprit->id);
    const char *state = json_get_string(event, "state", "");
    bool is_dead = strcmp(state, "dead") == 0;

    assert_string_not_equal(state, "done");
    if (strcmp(state, "in_flight") == 0 && json_get_integer(event, "crashes", -1) == culprit->kills) {
        assert_int_equal(scene_signal(stage, " worker ", SIGKILL), 1);
        culprit->kills++;
    }
    if (is_dead)
        assert_non_null(strstr(json_get_string(event, "reason", ""), "poison: 3 workers were lost"));
    cJSON_Delete(event);
    return is_dead;
}

/* In any order; what else was written is one write at most, also: its writer may have been killed before or after. */
static void expect_each_once(struct stage *stage, const char *const *texts, size_t count, const char *also)
{
    char *written = scene_written(stage);
    char *rest = NULL;
    size_t seen[8] = {0}, others = 0;

    for (char *text = strtok_r(written, "; ", &rest); text; text = strtok_r(NULL, "; ", &rest)) {
        size_t i = 0;
        while (i < count && strcmp(texts[i], text) != 0)
            i++;
        seen[i]++;
        others += i == count;
        assert_true(i < count || strcmp(text, also) == 0);
    }
    for (size_t i = 0; i < count; i++)
        assert_int_equal(seen[i], 1);
    assert_in_range(others, 0, 1);
    mem_free(written);
}

static void an_event_that_kills_three_workers_is_dead_and_its_neighbours_are_written(void **state)
{
    static const char *const texts[] = {"a", "b", "c"};
    const struct stage_options options = {.processes = 1, .sandbox_args = {"--latency", "500"}};
    struct culprit culprit = {.kills = 0};
    char neighbours[3][27];
    struct stage stage;

    (void)state;
    stage_open(&stage, &options);
    assert_int_equal(scene_note(&stage, 6, "culprit", culprit.id), 202);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(scene_note(&stage, i + 1, texts[i], neighbours[i]), 202);
    stage_wait(&stage, "the culprit to be dead", is_dead_after_killing, &culprit);
    assert_int_equal(culprit.kills, 3);
    for (unsigned i = 0; i < 3; i++)
        stage_wait_state(&stage, neighbours[i], "done");
    expect_each_once(&stage, texts, 3, "culprit");
    stage_close(&stage);
}

/* ---- a newer program's records ---- */

/* The record's first byte is its version. */
static void set_version(struct redis_fixture *redis, const char *id, char version)
{
    redisReply *keys = redis_fixture_command(redis, "KEYS *:e:%s", id);

    assert_int_equal(keys->elements, 1);
    redis_fixture_do(redis, "SETRANGE %s 0 %b", keys->element[0]->str, &version, (size_t)1);
    freeReplyObject(keys);
}

/* What is parked is due now. */
static void end_parking(struct redis_fixture *redis)
{
    redisReply *keys = redis_fixture_command(redis, "KEYS *:park");

    for (size_t i = 0; i < keys->elements; i++) {
        redisReply *lanes = redis_fixture_command(redis, "ZRANGE %s 0 -1", keys->element[i]->str);
        for (size_t j = 0; j < lanes->elements; j++)
            redis_fixture_do(redis, "ZADD %s XX 1 %b", keys->element[i]->str, lanes->element[j]->str,
                             lanes->element[j]->len);
        freeReplyObject(lanes);
    }
    freeReplyObject(keys);
}

static void expect_newer_waits_and_others_run(struct stage *stage, struct redis_fixture *redis)
{
    char newer[27], behind[27], other[27], *output;

    assert_int_equal(stage_command(stage, &output, "pause", "acme", NULL), 0);
    mem_free(output);
    assert_int_equal(scene_note(stage, 1, "newer", newer), 202);
    assert_int_equal(scene_note(stage, 1, "behind", behind), 202);
    assert_int_equal(scene_note(stage, 2, "other", other), 202);
    set_version(redis, newer, 3);
    assert_int_equal(stage_command(stage, &output, "resume", "acme", NULL), 0);
    mem_free(output);
    stage_wait_state(stage, other, "done");
    scene_wait_log(stage, "event record has version 3, this program reads 2");
    expect_written(stage, "other");
    assert_string_equal(stage_state(stage, behind), "waiting");

    set_version(redis, newer, 2); /* as if a program that knows it had come */
    end_parking(redis);
    stage_wait_state(stage, behind, "done");
    assert_string_equal(stage_state(stage, newer), "done");
    expect_written(stage, "other; newer; behind");
}

static void a_newer_programs_record_waits_and_its_neighbours_run(void **state)
{
    struct redis_fixture *redis = redis_fixture_open(NULL);
    char *more = mem_printf("\"redis\": {\"url\": \"%s\"},", redis_fixture_url(redis));
    const struct stage_options options = {.more = more};
    struct stage stage;

    (void)state;
    stage_open(&stage, &options);
    expect_newer_waits_and_others_run(&stage, redis);
    stage_close(&stage);
    redis_fixture_close(redis);
    mem_free(more);
}

/* ---- kill -9 of anything ---- */

#define KILLS_MS   10000
#define TICK_MS    50
#define ROUND_SIZE 50

struct killer {
    struct stage *stage;
    struct timer *timer;
    int64_t next_ms; /* monotonic */
    unsigned kills, supervisor_kills;
};

/* One of serve's children, all workers, or serve itself; what is not there just now is spared. */
static void kill_something(struct killer *killer)
{
    static const char *const kinds[] = {"serve", "serve", " worker ", " receiver ", " janitor ", "redis-server"};
    const char *kind = kinds[(size_t)rand() % COUNT_OF(kinds)];

    if (strcmp(kind, "serve") == 0) {
        process_signal(killer->stage->serve, SIGKILL);
        killer->supervisor_kills++;
        killer->kills++;
    } else {
        killer->kills += scene_signal(killer->stage, kind, SIGKILL) > 0;
    }
}

static void on_tick(void *arg)
{
    struct killer *killer = arg;
    int64_t now_ms = clock_monotonic_ms();

    timer_start(killer->timer, TICK_MS);
    stage_start_serve(killer->stage);
    if (now_ms < killer->next_ms)
        return;
    killer->next_ms = now_ms + 300 + rand() % 900;
    kill_something(killer);
}

static size_t post_while_killing(struct stage *stage, struct load *load)
{
    struct killer killer = {.stage = stage, .next_ms = clock_monotonic_ms() + 300};
    int64_t until_ms = clock_monotonic_ms() + KILLS_MS;
    size_t count = 0;

    killer.timer = timer_new(stage->loop, on_tick, &killer);
    timer_start(killer.timer, TICK_MS);
    while (clock_monotonic_ms() < until_ms) {
        assert_int_equal(stage_post_range(stage, count, ROUND_SIZE, 8, load_body, load), ROUND_SIZE);
        count += ROUND_SIZE;
        stage_pass(stage, 100);
    }
    timer_free(killer.timer);
    printf("%u kills, %u of them of the supervisor; %zu events\n", killer.kills, killer.supervisor_kills, count);
    return count;
}

static void kills_in_any_order_lose_and_double_nothing(void **state)
{
    struct load load = {.applications = 60};
    const struct stage_options options = {.more = SCENE_LEASE,
                                          .sandbox_args = {"--applications", "60", "--latency", "20-60"}};
    const char *given = getenv("SEED");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)clock_now_ms();
    struct stage stage;

    (void)state;
    printf("SEED=%u\n", seed);
    srand(seed);
    stage_open(&stage, &options);
    size_t count = post_while_killing(&stage, &load);
    stage_serve_again(&stage);
    stage_wait_writes(&stage, count);
    ledger_check(&stage, &load, count, false);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_killed_worker_ran_goes_on_within_a_second),
        cmocka_unit_test(when_all_workers_are_killed_new_ones_go_on_within_a_second),
        cmocka_unit_test(without_a_supervisor_events_go_on_as_soon_as_the_lease_is_over),
        cmocka_unit_test(an_event_that_kills_three_workers_is_dead_and_its_neighbours_are_written),
        cmocka_unit_test(a_newer_programs_record_waits_and_its_neighbours_run),
        cmocka_unit_test(kills_in_any_order_lose_and_double_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
