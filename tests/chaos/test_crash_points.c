/*
 * test_crash_points.c - kill -9 at each crash point, again and again under load: whatever was acknowledged is written
 * once and in order, and the audit finds nothing.
 *
 * KILLS in the environment says how often at each point (20), POINT names a single one. It needs a program with crash
 * points: `make crash`. A point of a process is base/crash.h's; at one of a script, which tools/embed.sh puts in, it is
 * redis-server that is killed.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/mem.h"
#include "tests/chaos/vendor.h"
#include "tests/fakes/redis_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <unistd.h>

#define LANES         24
#define A_SECOND      120
#define BUSY_LOOKS    2  /* in a row: a script that never ends, not one that is slow */
#define BETWEEN       10 /* notes acknowledged before the next kill: so that the queue lives in between */
#define WORKER_EVERY  15 /* looks between two kills of a worker, where a point needs them */
#define QUEUE_SETTING "\"queue\": {\"lease\": \"2s\", \"max_crashes\": 100},"

/* To add a point: write CRASH_POINT("name") or --@crash name where it is, and its row here. */
static const struct point {
    const char *name;
    bool is_script;
    bool kills_workers; /* it is reached only when a worker was lost; a quarter of the kills: leases have to run out */
    const char *fault;  /* the sandbox's, so that the point is reached */
    unsigned doomed;
} points[] = {
    {.name = "after-verify"},
    {.name = "before-enqueue-reply"},
    {.name = "after-enqueue-reply"},
    {.name = "after-claim"},
    {.name = "before-send"},
    {.name = "after-send"},
    {.name = "mid-settle"},
    {.name = "mid-retry", .fault = "500=0.15,only=POST"},
    {.name = "mid-enqueue-script", .is_script = true},
    {.name = "mid-settle-script", .is_script = true},
    {.name = "mid-retry-script", .is_script = true, .fault = "500=0.15,only=POST"},
    {.name = "mid-promotion", .is_script = true, .fault = "500=0.15,only=POST"},
    {.name = "mid-bury", .is_script = true, .doomed = 3},
    {.name = "mid-reclaim", .is_script = true, .kills_workers = true},
};

struct series {
    const struct point *point;
    struct stage stage;
    struct vendor *vendor;
    char token[64]; /* the file that arms a point of a process */
    struct redis_fixture *redis;
    redisContext *subscriber, *asker; /* of the point of a script, while it is armed */
    unsigned looks, busy_looks;
};

static unsigned kills_at(const struct point *point)
{
    const char *text = getenv("KILLS");
    unsigned kills = text && *text ? (unsigned)strtoul(text, NULL, 10) : 20;

    return point->kills_workers ? (kills + 3) / 4 : kills;
}

/* ---- a process ---- */

static bool has_crashed(struct stage *stage, void *arg)
{
    const struct series *series = arg;

    (void)stage;
    return access(series->token, F_OK) != 0;
}

static void kill_process(struct series *series)
{
    int file = open(series->token, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    assert_true(file >= 0);
    close(file);
    stage_wait(&series->stage, series->point->name, has_crashed, series);
}

/* ---- redis-server in a script ---- */

static redisContext *connect_to(const struct series *series)
{
    redisContext *context = redisConnectUnix(redis_fixture_socket(series->redis));

    assert_non_null(context);
    assert_int_equal(context->err, 0);
    return context;
}

static bool is_busy(redisContext *context)
{
    const char *words[] = {"PING"};
    redisReply *reply = redisCommandArgv(context, 1, words, NULL);

    assert_non_null(reply);
    bool result = reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, "BUSY", 4) == 0;
    freeReplyObject(reply);
    return result;
}

static void kill_a_worker(struct stage *stage)
{
    pid_t pid;

    if (stage_pids(stage, " worker ", &pid, 1) == 1)
        kill(pid, SIGKILL);
}

static bool is_in_script(struct stage *stage, void *arg)
{
    struct series *series = arg;

    series->busy_looks = is_busy(series->asker) ? series->busy_looks + 1 : 0;
    if (series->point->kills_workers && series->busy_looks == 0 && series->looks++ % WORKER_EVERY == 0)
        kill_a_worker(stage);
    return series->busy_looks >= BUSY_LOOKS;
}

static void subscribe(struct series *series)
{
    char *channel = mem_printf("{q0}:crash:%s", series->point->name);
    const char *words[] = {"SUBSCRIBE", channel};
    redisReply *reply = redisCommandArgv(series->subscriber, 2, words, NULL);

    assert_non_null(reply);
    freeReplyObject(reply);
    mem_free(channel);
}

static void kill_redis(struct series *series)
{
    series->subscriber = connect_to(series);
    series->asker = connect_to(series);
    series->looks = series->busy_looks = 0;
    subscribe(series);
    stage_wait(&series->stage, series->point->name, is_in_script, series);
    redis_fixture_kill(series->redis);
    redisFree(series->subscriber);
    redisFree(series->asker);
    redis_fixture_start(series->redis);
}

/* ---- a series of kills at one point ---- */

static void open_series(struct series *series)
{
    static const char *const redis_options[] = {
        "--appendonly", "yes", "--appendfsync", "always", "--busy-reply-threshold", "1", NULL};
    const struct point *point = series->point;
    struct stage_options options = {
        .sources = vendor_sources,
        .more = QUEUE_SETTING,
        .sandbox_args = {"--applications", "30", "--latency", "20", "--fault", point->fault ? point->fault : "500=0"}};
    char *more = NULL;

    snprintf(series->token, sizeof(series->token), "/tmp/hookline-crash-%ld", (long)getpid());
    setenv("HOOKLINE_CRASH", point->name, 1);
    setenv("HOOKLINE_CRASH_FILE", series->token, 1);
    if (point->is_script) {
        series->redis = redis_fixture_open(redis_options);
        options.more = more =
            mem_printf("%s\"redis\": {\"url\": \"%s\"},", QUEUE_SETTING, redis_fixture_url(series->redis));
    }
    stage_open(&series->stage, &options);
    mem_free(more);
}

/* One for each arming, and no other. */
static void check_deaths(struct series *series, size_t count)
{
    char *path = mem_printf("%s/serve.log", series->stage.directory);
    FILE *file = fopen(path, "r");
    char line[1024];
    size_t deaths = 0;

    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        deaths += strstr(line, "ended name=") && strstr(line, "signal=9");
    fclose(file);
    mem_free(path);
    assert_int_equal(deaths, count);
}

static void close_series(struct series *series)
{
    if (!series->point->is_script)
        check_deaths(series, kills_at(series->point));
    vendor_free(series->vendor);
    stage_close(&series->stage);
    redis_fixture_close(series->redis);
}

static void survive(const struct point *point)
{
    const struct vendor_options vendor = {.lanes = LANES, .accounts = 1, .a_second = A_SECOND, .doomed = point->doomed};
    struct series series = {.point = point};
    int64_t start_ms = clock_monotonic_ms();

    open_series(&series);
    series.vendor = vendor_new(&series.stage, &vendor);
    vendor_begin(series.vendor);
    for (unsigned i = 0; i < kills_at(point); i++) {
        if (point->is_script)
            kill_redis(&series);
        else
            kill_process(&series);
        vendor_wait_more(series.vendor, BETWEEN);
    }
    int64_t killed_ms = clock_monotonic_ms();
    vendor_finish(series.vendor);
    vendor_check(series.vendor);
    print_message("%-21s %u kills in %lld ms, %zu notes written once and in order after %lld ms\n", point->name,
                  kills_at(point), (long long)(killed_ms - start_ms), vendor_acknowledged(series.vendor),
                  (long long)(clock_monotonic_ms() - start_ms));
    close_series(&series);
}

static void a_kill_at_any_point_loses_and_doubles_nothing(void **state)
{
    const char *only = getenv("POINT");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(points); i++) {
        if (!only || !*only || strcmp(only, points[i].name) == 0)
            survive(&points[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kill_at_any_point_loses_and_doubles_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
