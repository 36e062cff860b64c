/*
 * role.c - runs a role on a loop: signals in, drain and reload out. Knows no receiver, worker or sandbox.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/role.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/process.h"
#include "cli/report.h"
#include "cli/session.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DRAIN_GRACE_MS     2000  /* beyond the configured time, for what ends itself at that time */
#define GIVE_BACK_EVERY_MS 30000 /* memory that a burst has left; 0.2 ms for 3 MB, so also while there is work */

struct running {
    const struct role *role;
    const char *config_path; /* NULL when the role has no configuration */
    struct loop *loop;
    struct timer *deadline;
    struct timer *give_back;
    void *self;
    int64_t drain_ms;
    bool is_draining;
};

bool role_is_supervised(void)
{
    const char *supervised = getenv("HOOKLINE_SUPERVISED");

    return supervised && strcmp(supervised, "1") == 0;
}

/* Compiling every rule proves them, and takes time and memory. A supervisor has done it already; a rule is compiled
 * again when its first event comes. */
static bool must_compile(void)
{
    return !role_is_supervised();
}

static void on_drained(void *arg)
{
    struct running *running = arg;

    log_info("drained");
    loop_stop(running->loop);
}

static void on_deadline(void *arg)
{
    struct running *running = arg;

    log_warn("not drained in time, ending");
    loop_stop(running->loop);
}

static void on_stop(void *arg, int number)
{
    struct running *running = arg;

    if (running->is_draining) {
        log_warn("a second signal, ending at once");
        _exit(EXIT_FAILURE);
    }
    log_info("%s, draining", number == SIGTERM ? "SIGTERM" : "SIGINT");
    running->is_draining = true;
    timer_start(running->deadline, running->drain_ms + DRAIN_GRACE_MS);
    running->role->drain(running->self, on_drained, running);
}

static void on_reload(void *arg, int number)
{
    struct running *running = arg;
    struct error err = {0};

    (void)number;
    if (running->is_draining || !running->config_path)
        return;
    struct config *config = config_load(running->config_path, must_compile(), &err);
    if (!config) {
        log_error("the configuration stays as it was: %s", err.text);
        return;
    }
    running->drain_ms = config->drain_ms;
    log_init(running->role->name, config->log_level);
    running->role->reload(running->self, config);
    log_info("configuration read again from %s", running->config_path);
}

static void on_give_back(void *arg)
{
    (void)arg;
    mem_give_back();
}

static void listen_to_signals(struct running *running)
{
    loop_on_signal(running->loop, SIGTERM, on_stop, running);
    if (role_is_supervised())
        signal(SIGINT, SIG_IGN);
    else
        loop_on_signal(running->loop, SIGINT, on_stop, running);
    loop_on_signal(running->loop, SIGHUP, on_reload, running);
}

static int run(struct running *running, struct config *config, const struct arguments *arguments)
{
    struct error err = {0};

    running->self = running->role->open(running->loop, config, arguments, &err);
    if (!running->self)
        return report_failure("%s: %s", running->role->name, err.text);
    loop_run(running->loop);
    running->role->close(running->self);
    return EXIT_SUCCESS;
}

int role_run(const struct role *role, const struct arguments *arguments)
{
    struct running running = {.role = role};
    struct config *config = NULL;

    process_follow_parent();
    process_raise_descriptor_limit();
    if (role->reload) {
        running.config_path = session_config_path(arguments);
        if (!(config = session_config(arguments, must_compile())))
            return EXIT_USAGE;
        running.drain_ms = config->drain_ms;
    }
    log_init(role->name, config ? config->log_level : LOG_INFO);
    running.loop = loop_new();
    running.deadline = timer_new(running.loop, on_deadline, &running);
    running.give_back = timer_new(running.loop, on_give_back, &running);
    timer_repeat(running.give_back, GIVE_BACK_EVERY_MS);
    listen_to_signals(&running);
    int code = run(&running, config, arguments);
    timer_free(running.give_back);
    timer_free(running.deadline);
    loop_free(running.loop);
    return code;
}
