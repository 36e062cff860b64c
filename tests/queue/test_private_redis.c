/*
 * test_private_redis.c - a redis-server of our own: starts, keeps its data, is restarted, ends with us, is ours alone.
 *
 * Run as "test_private_redis _exec …" it is the guard that the program itself is for its server.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/private_redis.h"

#include "base/mem.h"
#include "tests/fakes/wait.h"
#include "tests/queue/bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A directory that does not exist yet, inside one that goes with the test. */
struct place {
    char root[40];
    char directory[60];
    struct loop *loop;
    bool has_stopped;
};

static int open_place(void **state)
{
    struct place *place = mem_new(sizeof(*place));

    snprintf(place->root, sizeof(place->root), "/tmp/hookline-private-XXXXXX");
    assert_non_null(mkdtemp(place->root));
    snprintf(place->directory, sizeof(place->directory), "%s/data/redis", place->root);
    place->loop = loop_new();
    *state = place;
    return 0;
}

static int close_place(void **state)
{
    struct place *place = *state;

    loop_free(place->loop);
    redis_fixture_remove_files(place->root);
    mem_free(place);
    return 0;
}

static struct private_redis *open_redis(struct place *place, const char *program)
{
    struct error err = {0};
    struct private_redis *redis = private_redis_open(place->loop, place->directory, program, "always", &err);

    assert_string_equal(err.text, "");
    assert_non_null(redis);
    return redis;
}

static void on_stopped(void *arg)
{
    struct place *place = arg;

    place->has_stopped = true;
    loop_stop(place->loop);
}

static void stop(struct place *place, struct private_redis *redis)
{
    place->has_stopped = false;
    private_redis_stop(redis, on_stopped, place);
    assert_true(wait_for(place->loop, &place->has_stopped));
    assert_int_equal(private_redis_pid(redis), 0);
    private_redis_close(redis);
}

/* A queue on it, as a bench. */
static struct bench open_queue(struct place *place, const struct private_redis *redis)
{
    struct bench bench = {.loop = place->loop};
    struct queue_options options = {.url = private_redis_url(redis)};
    struct error err;

    bench.queue = queue_open(place->loop, &options, &err);
    assert_non_null(bench.queue);
    assert_true(bench_when_ready(&bench, 4000));
    return bench;
}

static void it_starts_and_its_data_survive_a_stop(void **state)
{
    struct place *place = *state;
    struct private_redis *redis = open_redis(place, "redis-server");
    struct bench bench = open_queue(place, redis);

    assert_int_equal(bench_store(&bench, "acme", "k", ""), QUEUE_STORED);
    queue_close(bench.queue);
    stop(place, redis);

    redis = open_redis(place, "redis-server");
    bench = open_queue(place, redis);
    assert_int_equal(bench_claim(&bench, 1).claim_count, 1);
    bench_expect_order(&bench);
    queue_close(bench.queue);
    stop(place, redis);
}

static void it_is_started_again_when_it_dies_and_has_lost_nothing(void **state)
{
    struct place *place = *state;
    struct private_redis *redis = open_redis(place, "redis-server");
    struct bench bench = open_queue(place, redis);
    pid_t first = private_redis_pid(redis);

    assert_int_equal(bench_store(&bench, "acme", "k", ""), QUEUE_STORED);
    kill(first, SIGKILL);
    while (bench_claim(&bench, 1).claim_count == 0)
        bench_when_ready(&bench, 4000);
    assert_int_not_equal(private_redis_pid(redis), first);
    queue_close(bench.queue);
    stop(place, redis);
}

static void what_it_writes_is_for_nobody_else(void **state)
{
    struct place *place = *state;
    struct private_redis *redis = open_redis(place, "redis-server");
    char *config = mem_printf("%s/redis.conf", place->directory), *url = private_redis_url_of(place->directory);
    struct stat status;

    assert_int_equal(stat(place->directory, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(stat(config, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_string_equal(url, private_redis_url(redis));
    mem_free(config);
    mem_free(url);
    stop(place, redis);
}

static void a_second_start_over_the_same_directory_is_refused(void **state)
{
    struct place *place = *state;
    struct private_redis *redis = open_redis(place, "redis-server");
    char *pid = mem_printf("(pid %ld)", (long)getpid());
    struct error err;

    assert_null(private_redis_open(place->loop, place->directory, "redis-server", "always", &err));
    assert_non_null(strstr(err.text, "in use by another hookline"));
    assert_non_null(strstr(err.text, pid));
    mem_free(pid);
    stop(place, redis);
}

/* Not stopped, only closed: the next start waits until the old server has ended. */
static void a_start_waits_for_a_server_that_is_ending(void **state)
{
    struct place *place = *state;

    private_redis_close(open_redis(place, "redis-server"));
    stop(place, open_redis(place, "redis-server"));
}

/* In a process of its own: starts the server by way of the guard, and lives until it is killed. */
static void live_until_killed(const char *directory, int ready_fd)
{
    struct error err = {0};
    struct loop *loop = loop_new();
    struct private_redis *redis = private_redis_open(loop, directory, NULL, "always", &err);
    struct queue_options options = {.url = redis ? private_redis_url(redis) : ""};
    struct bench bench = {.loop = loop, .queue = queue_open(loop, &options, &err)};

    if (!redis || !bench_when_ready(&bench, 4000) || write(ready_fd, "r", 1) != 1)
        _exit(1);
    for (;;)
        loop_run(loop);
}

static void it_ends_with_a_hookline_that_is_killed(void **state)
{
    struct place *place = *state;
    char ready;
    int pipe_fds[2];
    pid_t child;

    assert_int_equal(pipe(pipe_fds), 0);
    child = fork();
    if (child == 0)
        live_until_killed(place->directory, pipe_fds[1]);
    close(pipe_fds[1]);
    assert_int_equal(read(pipe_fds[0], &ready, 1), 1);
    close(pipe_fds[0]);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    stop(place, open_redis(place, "redis-server")); /* has its lock only when the old one is gone */
}

static void mistakes_are_explained(void **state)
{
    static const struct {
        const char *directory, *program, *appendfsync, *complaint;
    } cases[] = {
        {NULL, "no-such-redis-server", "always", "apt-get install redis-server"},
        {NULL, "redis-server", "sometimes", "\"always\" or \"everysec\""},
        {"/tmp/hookline-private/"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "redis-server", "always", "too long"},
        {"/tmp/hookline\"private", "redis-server", "always", "control character"},
        {"/proc/hookline", "redis-server", "always", "cannot use"},
    };
    struct place *place = *state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error err = {0};
        const char *directory = cases[i].directory ? cases[i].directory : place->directory;

        assert_null(private_redis_open(place->loop, directory, cases[i].program, cases[i].appendfsync, &err));
        assert_non_null(strstr(err.text, cases[i].complaint));
    }
}

static void a_path_with_marks_is_found_by_its_url(void **state)
{
    struct place *place = *state;
    struct private_redis *redis;
    struct bench bench;

    snprintf(place->directory, sizeof(place->directory), "%s/a?b%%20 c", place->root);
    redis = open_redis(place, "redis-server");
    bench = open_queue(place, redis);
    queue_close(bench.queue);
    stop(place, redis);
}

int main(int argc, char **argv)
{
#define PLACE_TEST(f) cmocka_unit_test_setup_teardown(f, open_place, close_place)
    const struct CMUnitTest tests[] = {
        PLACE_TEST(it_starts_and_its_data_survive_a_stop),
        PLACE_TEST(it_is_started_again_when_it_dies_and_has_lost_nothing),
        PLACE_TEST(what_it_writes_is_for_nobody_else),
        PLACE_TEST(a_second_start_over_the_same_directory_is_refused),
        PLACE_TEST(a_start_waits_for_a_server_that_is_ending),
        PLACE_TEST(it_ends_with_a_hookline_that_is_killed),
        PLACE_TEST(mistakes_are_explained),
        PLACE_TEST(a_path_with_marks_is_found_by_its_url),
    };

    if (argc > 1 && strcmp(argv[1], "_exec") == 0)
        return private_redis_exec(argv + 2);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
