/*
 * child.c - a process, a timer for its next start, and the count of its recent ends.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/child.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/process.h"

#include <signal.h>

struct child {
    struct loop *loop;
    struct child_options options; /* its name is ours */
    struct process *process;      /* NULL when it does not run */
    struct timer *timer;          /* active when a start is planned */
    bool is_wanted;
    unsigned starts;
    unsigned ends; /* in a row, without a long life between them */
    int64_t started_ms;
};

int64_t child_backoff_ms(unsigned ends)
{
    int64_t backoff_ms = CHILD_BACKOFF_MIN_MS;

    for (unsigned i = 1; i < ends && backoff_ms < CHILD_BACKOFF_MAX_MS; i++)
        backoff_ms *= 2;
    return backoff_ms < CHILD_BACKOFF_MAX_MS ? backoff_ms : CHILD_BACKOFF_MAX_MS;
}

static int64_t plan_next_start(struct child *child)
{
    if (clock_monotonic_ms() - child->started_ms >= CHILD_STABLE_MS)
        child->ends = 0;
    int64_t wait_ms = child_backoff_ms(++child->ends);
    timer_start(child->timer, wait_ms);
    return wait_ms;
}

static void log_end(const struct child *child, const struct child_end *end)
{
    enum log_level level = end->was_wanted ? LOG_WARN : LOG_INFO;
    int64_t lived_ms = clock_monotonic_ms() - child->started_ms;

    log_write(level, "ended name=%s pid=%ld %s=%d lived_ms=%lld again_in_ms=%lld", child->options.name,
              (long)child_pid(child), end->signal ? "signal" : "exit", end->signal ? end->signal : end->code,
              (long long)lived_ms, (long long)end->again_ms);
}

static void end(struct child *child, int code, int number)
{
    struct child_end ended = {.code = code, .signal = number, .start = child->starts, .again_ms = -1};

    ended.was_wanted = child->is_wanted;
    if (child->is_wanted)
        ended.again_ms = plan_next_start(child);
    log_end(child, &ended);
    process_close(child->process);
    child->process = NULL;
    child->options.ended(child->options.arg, &ended);
}

static void on_exit_of(void *arg, int code, int number)
{
    end(arg, code, number);
}

static void start(void *arg)
{
    struct child *child = arg;
    const char *argv[CHILD_ARGUMENTS_MAX] = {NULL};
    struct error err = {0};

    child->started_ms = clock_monotonic_ms();
    child->options.arguments(child->options.arg, ++child->starts, argv);
    child->process = process_open(child->loop, argv, NULL, on_exit_of, child, &err);
    if (child->process) {
        log_info("started name=%s pid=%ld", child->options.name, (long)child_pid(child));
    } else {
        log_error("%s", err.text);
        end(child, CHILD_CANNOT_START, 0);
    }
}

struct child *child_new(struct loop *loop, const struct child_options *options)
{
    struct child *child = mem_new(sizeof(*child));

    child->loop = loop;
    child->options = *options;
    child->options.name = mem_string(options->name);
    child->timer = timer_new(loop, start, child);
    return child;
}

void child_free(struct child *child)
{
    if (!child)
        return;
    child_signal(child, SIGKILL);
    process_close(child->process);
    timer_free(child->timer);
    mem_free((char *)child->options.name);
    mem_free(child);
}

void child_start(struct child *child)
{
    if (!child->is_wanted && !child->process)
        timer_start(child->timer, 0);
    child->is_wanted = true;
}

void child_stop(struct child *child)
{
    child->is_wanted = false;
    child->ends = 0;
    timer_stop(child->timer);
    child_signal(child, SIGTERM);
}

void child_signal(struct child *child, int number)
{
    if (child->process)
        process_signal(child->process, number);
}

bool child_is_running(const struct child *child)
{
    return child->process != NULL;
}

pid_t child_pid(const struct child *child)
{
    return child->process ? process_pid(child->process) : 0;
}
