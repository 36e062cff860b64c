/*
 * supervisor.c - the phases of a life: running, then stopping the receiver, the others, the private Redis.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/supervisor.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/process.h"
#include "config/config.h"
#include "queue/private_redis.h"
#include "queue/queue.h"
#include "worker/address.h"
#include "worker/crew.h"
#include "worker/handback.h"
#include "worker/proving.h"
#include "worker/readiness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_CONFIGURATION 2
#define GRACE_MS           5000
#define HEAD_START_MS      2000 /* what the receiver gets to stop before the others are asked to */
#define KILLED_WAIT_MS     2000 /* for what was killed, and for its lanes to be given back */
#define REDIS_WAIT_MS      10000

enum phase {
    PHASE_RUNNING,
    PHASE_STOPPING_RECEIVER,
    PHASE_STOPPING_OTHERS,
    PHASE_STOPPING_REDIS,
};

struct supervisor {
    const struct supervisor_options *options;
    struct loop *loop;
    struct config *config;
    struct private_redis *redis; /* NULL when one is configured */
    struct queue *queue;
    struct handback *handback;
    struct crew *crew;
    struct readiness *readiness;
    char *program;
    struct address address; /* of the receiver */
    enum phase phase;
    bool is_ready; /* was at least once */
    int exit_code;
    struct timer *head_start;
    struct timer *deadline;
};

/* ---- stopping ---- */

static void finish(void *arg)
{
    struct supervisor *supervisor = arg;

    loop_stop(supervisor->loop);
}

static void stop_redis(struct supervisor *supervisor)
{
    supervisor->phase = PHASE_STOPPING_REDIS;
    timer_start(supervisor->deadline, REDIS_WAIT_MS);
    queue_close(supervisor->queue);
    supervisor->queue = NULL;
    if (supervisor->redis)
        private_redis_stop(supervisor->redis, finish, supervisor);
    else
        finish(supervisor);
}

static void stop_others(struct supervisor *supervisor)
{
    timer_stop(supervisor->head_start);
    supervisor->phase = PHASE_STOPPING_OTHERS;
    crew_stop_others(supervisor->crew);
}

static void on_head_start_over(void *arg)
{
    stop_others(arg);
}

/* Goes on to the next phase when the present one has nothing left to wait for. */
static void advance(void *arg)
{
    struct supervisor *supervisor = arg;

    if (supervisor->phase == PHASE_STOPPING_RECEIVER && !crew_has_receiver(supervisor->crew))
        stop_others(supervisor);
    if (supervisor->phase == PHASE_STOPPING_OTHERS && crew_is_gone(supervisor->crew) &&
        !handback_is_busy(supervisor->handback))
        stop_redis(supervisor);
}

static void kill_all(struct supervisor *supervisor)
{
    if (supervisor->exit_code == EXIT_SUCCESS)
        supervisor->exit_code = EXIT_FAILURE;
    timer_start(supervisor->deadline, KILLED_WAIT_MS);
    stop_others(supervisor);
    crew_signal(supervisor->crew, SIGKILL);
}

static void on_deadline(void *arg)
{
    struct supervisor *supervisor = arg;

    if (supervisor->phase == PHASE_STOPPING_REDIS) {
        log_warn("the private redis-server is still busy: leaving");
        finish(supervisor);
    } else if (crew_is_gone(supervisor->crew)) {
        log_warn("Redis does not take the lanes back: their leases will run out");
        stop_redis(supervisor);
    } else {
        log_warn("drain time is over: killing what still runs");
        kill_all(supervisor);
    }
}

static void stop(struct supervisor *supervisor, int exit_code)
{
    int64_t grace_ms = supervisor->options->grace_ms ? supervisor->options->grace_ms : GRACE_MS;

    if (supervisor->phase != PHASE_RUNNING)
        return;
    supervisor->exit_code = exit_code;
    supervisor->phase = PHASE_STOPPING_RECEIVER;
    crew_stop_receiver(supervisor->crew);
    timer_start(supervisor->head_start, HEAD_START_MS);
    timer_start(supervisor->deadline, supervisor->config->drain_ms + grace_ms);
    advance(supervisor);
}

static void on_stop_signal(void *arg, int number)
{
    struct supervisor *supervisor = arg;

    if (supervisor->phase == PHASE_RUNNING) {
        log_info("stopping signal=%d", number);
        stop(supervisor, EXIT_SUCCESS);
    } else if (supervisor->phase != PHASE_STOPPING_REDIS) {
        log_warn("asked again to stop: killing what still runs signal=%d", number);
        kill_all(supervisor);
    }
}

/* ---- what the crew does ---- */

/* What no further start would mend: a first one that found the configuration wrong, or a receiver that cannot listen.
 * Later the same ends mean that somebody is editing the file or holds the port, and what runs must go on. */
static int fatal_exit(const struct supervisor *supervisor, enum crew_role role, const struct child_end *end)
{
    if (end->was_wanted && end->start == 1 && end->code == EXIT_CONFIGURATION)
        return EXIT_CONFIGURATION;
    if (end->was_wanted && role == CREW_RECEIVER && end->code > 0 && !supervisor->is_ready)
        return EXIT_FAILURE;
    return EXIT_SUCCESS;
}

static void on_ended(void *arg, enum crew_role role, const char *worker_id, const struct child_end *end)
{
    struct supervisor *supervisor = arg;
    int exit_code = fatal_exit(supervisor, role, end);

    if (worker_id)
        handback_begin(supervisor->handback, worker_id);
    if (exit_code != EXIT_SUCCESS)
        stop(supervisor, exit_code);
    advance(supervisor);
}

static void on_ready(void *arg)
{
    struct supervisor *supervisor = arg;
    const struct supervisor_options *options = supervisor->options;

    supervisor->is_ready = true;
    log_info("ready on %s", supervisor->address.url);
    if (options->ready)
        options->ready(options->arg, supervisor->address.url);
}

/* ---- reading the configuration again ---- */

static void warn_of_what_stays(const struct config *old, const struct config *new)
{
    const struct {
        const char *key, *old, *new;
    } fixed[] = {
        {"receiver.listen", old->listen, new->listen},
        {"redis.url", old->redis_url, new->redis_url},
        {"redis.data_dir", old->data_dir, new->data_dir},
        {"receiver.spill", old->spill, new->spill},
        {"redis.durability", old->redis_durability, new->redis_durability},
    };

    for (size_t i = 0; i < COUNT_OF(fixed); i++) {
        if (strcmp(fixed[i].old, fixed[i].new) != 0)
            log_warn("%s has changed: it takes effect at the next start", fixed[i].key);
    }
}

static void on_hangup(void *arg, int number)
{
    struct supervisor *supervisor = arg;
    struct error err = {0};

    (void)number;
    if (supervisor->phase != PHASE_RUNNING)
        return;
    struct config *config = proving_load(supervisor->options->config_path, &err);
    if (!config) {
        log_error("the configuration stays as it was: %s", err.text);
        return;
    }
    warn_of_what_stays(supervisor->config, config);
    config_free(supervisor->config);
    supervisor->config = config;
    log_init("supervisor", config->log_level);
    log_info("configuration read again");
    crew_signal(supervisor->crew, SIGHUP);
    crew_start(supervisor->crew, config->worker_processes);
}

/* ---- starting ---- */

static bool open_redis(struct supervisor *supervisor, struct error *err)
{
    const struct config *config = supervisor->config;

    if (supervisor->options->redis_url || *config->redis_url)
        return true;
    supervisor->redis = private_redis_open(supervisor->loop, config->data_dir, NULL, config->redis_appendfsync, err);
    return supervisor->redis != NULL;
}

/* The URL that the children must be told; NULL when they find it in the configuration. It may hold a password there,
 * and a command line is open to everybody on the machine. */
static const char *told_redis_url(const struct supervisor *supervisor)
{
    return supervisor->redis ? private_redis_url(supervisor->redis) : supervisor->options->redis_url;
}

static bool open_queue(struct supervisor *supervisor, struct error *err)
{
    struct queue_options options = supervisor->config->queue;
    const char *told = told_redis_url(supervisor);

    options.url = told ? told : supervisor->config->redis_url;
    options.stores_nothing = true;
    supervisor->queue = queue_open(supervisor->loop, &options, err);
    if (supervisor->queue)
        supervisor->handback = handback_new(supervisor->queue, advance, supervisor);
    return supervisor->queue != NULL;
}

static bool settle_address(struct supervisor *supervisor, struct error *err)
{
    const char *listen = supervisor->options->listen ? supervisor->options->listen : supervisor->config->listen;

    return address_settle(&supervisor->address, listen, err);
}

static void start_crew(struct supervisor *supervisor)
{
    const struct crew_options options = {
        .program = supervisor->program,
        .config_path = supervisor->options->config_path,
        .redis_url = told_redis_url(supervisor),
        .listen = supervisor->address.listen,
        .ended = on_ended,
        .arg = supervisor,
    };

    supervisor->crew = crew_new(supervisor->loop, &options);
    crew_start(supervisor->crew, supervisor->config->worker_processes);
    supervisor->readiness = readiness_new(supervisor->loop, supervisor->address.url, on_ready, supervisor);
}

static void watch_signals(struct supervisor *supervisor)
{
    loop_on_signal(supervisor->loop, SIGTERM, on_stop_signal, supervisor);
    loop_on_signal(supervisor->loop, SIGINT, on_stop_signal, supervisor);
    loop_on_signal(supervisor->loop, SIGHUP, on_hangup, supervisor);
}

static void open_all(struct supervisor *supervisor, const struct supervisor_options *options)
{
    setenv(SUPERVISED_VARIABLE, "1", 1);
    log_init("supervisor", supervisor->config->log_level);
    supervisor->options = options;
    supervisor->program = options->program ? mem_string(options->program) : process_own_path();
    supervisor->loop = loop_new();
    supervisor->head_start = timer_new(supervisor->loop, on_head_start_over, supervisor);
    supervisor->deadline = timer_new(supervisor->loop, on_deadline, supervisor);
    watch_signals(supervisor);
}

static void close_all(struct supervisor *supervisor)
{
    readiness_free(supervisor->readiness);
    queue_close(supervisor->queue);
    handback_free(supervisor->handback);
    crew_free(supervisor->crew);
    private_redis_close(supervisor->redis);
    timer_free(supervisor->head_start);
    timer_free(supervisor->deadline);
    loop_free(supervisor->loop);
    mem_free(supervisor->program);
    config_free(supervisor->config);
}

static int complain(const struct error *err, int exit_code)
{
    fprintf(stderr, "hookline: %s\n", err->text);
    return exit_code;
}

int supervisor_run(const struct supervisor_options *options)
{
    struct supervisor supervisor = {0};
    struct error err = {0};

    supervisor.config = proving_load(options->config_path, &err);
    if (!supervisor.config)
        return complain(&err, EXIT_CONFIGURATION);
    open_all(&supervisor, options);
    if (settle_address(&supervisor, &err) && open_redis(&supervisor, &err) && open_queue(&supervisor, &err)) {
        start_crew(&supervisor);
        loop_run(supervisor.loop);
    } else {
        supervisor.exit_code = complain(&err, EXIT_FAILURE);
    }
    close_all(&supervisor);
    return supervisor.exit_code;
}
