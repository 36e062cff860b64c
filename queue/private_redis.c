/*
 * private_redis.c - the life of our own redis-server: start it, restart it when it dies, end it.
 *
 * Called by serve. The directory, its lock and the server's configuration are redis_directory.c's.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/private_redis.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/process.h"
#include "queue/redis_directory.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { RESTART_FIRST_MS = 100, RESTART_MAX_MS = 5000, STOP_MS = 10000, ARGUMENTS_MAX = 5 };

#ifdef CRASH_POINTS
enum { STEADY_MS = 0 }; /* as child.h has it */
#else
enum { STEADY_MS = 10000 };
#endif

struct private_redis {
    struct loop *loop;
    struct redis_directory directory;
    char *program; /* NULL: redis-server, by way of our own program */
    char *own_path;
    struct process *process; /* NULL while it is down */
    struct timer *timer;     /* until the next start, or until a stop has taken too long */
    int64_t started_ms;
    int64_t restart_ms; /* how long the next restart waits */
    bool is_stopping;
    loop_fn *stopped_fn;
    void *stopped_arg;
};

static void finish_stop(struct private_redis *redis)
{
    loop_fn *fn = redis->stopped_fn;

    redis->stopped_fn = NULL;
    timer_stop(redis->timer);
    if (fn)
        fn(redis->stopped_arg);
}

/* A server that has run well for a while gets a quick restart; one that keeps dying gets a slower one each time. */
static void plan_restart(struct private_redis *redis)
{
    if (clock_monotonic_ms() - redis->started_ms > STEADY_MS)
        redis->restart_ms = RESTART_FIRST_MS;
    timer_start(redis->timer, redis->restart_ms);
    redis->restart_ms = redis->restart_ms * 2 < RESTART_MAX_MS ? redis->restart_ms * 2 : RESTART_MAX_MS;
}

static void on_exit_of_server(void *arg, int code, int number)
{
    struct private_redis *redis = arg;

    process_close(redis->process);
    redis->process = NULL;
    if (redis->is_stopping) {
        finish_stop(redis);
        return;
    }
    if (number)
        log_error("the private redis-server was ended by signal %d: starting it again", number);
    else
        log_error("the private redis-server ended with status %d, see %s: starting it again", code,
                  redis->directory.log_path);
    plan_restart(redis);
}

/* The server inherits the lock: as long as it lives, no other is started over its files, even when we are killed. */
static bool start(struct private_redis *redis, struct error *err)
{
    const char *through_us[ARGUMENTS_MAX] = {redis->own_path, "_exec", "redis-server", redis->directory.config_path};
    const char *directly[ARGUMENTS_MAX] = {redis->program, redis->directory.config_path};

    redis->started_ms = clock_monotonic_ms();
    redis_directory_share_lock(&redis->directory, true);
    redis->process = process_open(redis->loop, redis->program ? directly : through_us, redis->directory.log_path,
                                  on_exit_of_server, redis, err);
    redis_directory_share_lock(&redis->directory, false);
    return redis->process != NULL;
}

static void on_timer(void *arg)
{
    struct private_redis *redis = arg;
    struct error err;

    if (redis->is_stopping && redis->process) {
        log_warn("the private redis-server did not end in time, killing it; its append-only file is whole");
        process_signal(redis->process, SIGKILL);
    } else if (redis->is_stopping) {
        finish_stop(redis);
    } else if (!start(redis, &err)) {
        log_error("%s", err.text);
        plan_restart(redis);
    }
}

static void free_redis(struct private_redis *redis)
{
    redis_directory_close(&redis->directory);
    timer_free(redis->timer);
    mem_free(redis->program);
    mem_free(redis->own_path);
    mem_free(redis);
}

struct private_redis *private_redis_open(struct loop *loop, const char *directory, const char *program,
                                         const char *appendfsync, struct error *err)
{
    struct private_redis *redis = mem_new(sizeof(*redis));

    redis->loop = loop;
    redis->program = mem_string(program);
    redis->own_path = process_own_path();
    redis->restart_ms = RESTART_FIRST_MS;
    redis->timer = timer_new(loop, on_timer, redis);
    if (redis_directory_find_program(program, err) && redis_directory_open(&redis->directory, directory, err) &&
        redis_directory_write_config(&redis->directory, appendfsync, err) && start(redis, err))
        return redis;
    free_redis(redis);
    return NULL;
}

const char *private_redis_url(const struct private_redis *redis)
{
    return redis->directory.url;
}

pid_t private_redis_pid(const struct private_redis *redis)
{
    return redis->process ? process_pid(redis->process) : 0;
}

void private_redis_stop(struct private_redis *redis, loop_fn *fn, void *arg)
{
    redis->is_stopping = true;
    redis->stopped_fn = fn;
    redis->stopped_arg = arg;
    if (redis->process)
        process_signal(redis->process, SIGTERM);
    timer_start(redis->timer, redis->process ? STOP_MS : 0);
}

void private_redis_close(struct private_redis *redis)
{
    if (!redis)
        return;
    if (redis->process)
        process_signal(redis->process, SIGTERM);
    process_close(redis->process);
    free_redis(redis);
}

int private_redis_exec(char *const *argv)
{
    process_follow_parent();
    (void)setpgid(0, 0); /* a terminal's Ctrl-C is for the supervisor, which stops Redis when everyone else is done */
    if (argv[0])
        execvp(argv[0], argv);
    log_error("cannot become %s: %s", argv[0] ? argv[0] : "nothing", strerror(errno));
    return 1;
}
