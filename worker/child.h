/*
 * child.h - one supervised process: kept running, and started again with backoff when it ends by itself.
 *
 * Between child_start and child_stop it is wanted: when it ends all the same it is started again, after 100 ms, then
 * 200 ms, and so on up to 10 s; having lived for 30 s makes the next wait 100 ms again. What a child is started with,
 * and what its end means, its owner decides.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define CHILD_BACKOFF_MIN_MS 100
#define CHILD_BACKOFF_MAX_MS 10000
#ifdef CRASH_POINTS
#define CHILD_STABLE_MS 0 /* tests kill by the hundred, and do not want to wait longer each time */
#else
#define CHILD_STABLE_MS 30000
#endif
#define CHILD_ARGUMENTS_MAX 16
#define CHILD_CANNOT_START  127 /* as shells say it */

struct child;

/* Fills argv for a start, which is counted from 1; argv is all NULL before. The texts must stay until the next call. */
typedef void child_arguments_fn(void *arg, unsigned start, const char *argv[CHILD_ARGUMENTS_MAX]);

struct child_end {
    int code;         /* exit status; -1 when a signal ended it; CHILD_CANNOT_START when there was no process */
    int signal;       /* 0 when none did */
    unsigned start;   /* of which start, counted from 1 */
    bool was_wanted;  /* it ended by itself */
    int64_t again_ms; /* the next start is in so long; -1 when none is planned */
};

/* Called after each end, when the next start is already planned: child_stop in it calls that off. */
typedef void child_ended_fn(void *arg, const struct child_end *end);

struct child_options {
    const char *name; /* in log lines; copied */
    child_arguments_fn *arguments;
    child_ended_fn *ended;
    void *arg;
};

struct child *child_new(struct loop *loop, const struct child_options *options);

/* Kills what still runs, without a word to ended. Takes NULL. */
void child_free(struct child *child);

/* Wants it: starts it on the loop's next turn, or when the run that was asked to stop has ended. */
void child_start(struct child *child);

/* Wants it no more: SIGTERM if it runs, no start if it does not. */
void child_stop(struct child *child);

void child_signal(struct child *child, int number); /* nothing when it does not run */
bool child_is_running(const struct child *child);
pid_t child_pid(const struct child *child); /* 0 when it does not run */

/* How long to wait before the start that follows so many ends in a row. */
int64_t child_backoff_ms(unsigned ends);
