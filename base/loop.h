/*
 * loop.h - the event loop of a process: timers, descriptors, signals. The only home of libuv beside process.c.
 *
 * Everything runs on the thread that calls loop_run. A callback may free any watch or timer, its own included.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct timer;
struct watch;

typedef void loop_fn(void *arg);
typedef void watch_fn(void *arg, unsigned events);
typedef void signal_fn(void *arg, int number);

struct loop *loop_new(void);
void loop_free(struct loop *loop); /* every timer and watch must be freed before; takes NULL */

/* Runs until loop_stop, or until no timer, watch or process is active. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* The libuv loop underneath, for process.c. */
void *loop_uv(struct loop *loop);

/* A timer that is not running yet. Times in milliseconds; a due time in the past means: next turn. */
struct timer *timer_new(struct loop *loop, loop_fn *fn, void *arg);
void timer_start(struct timer *timer, int64_t after_ms);
void timer_repeat(struct timer *timer, int64_t every_ms);
void timer_stop(struct timer *timer);
bool timer_is_active(const struct timer *timer);
void timer_free(struct timer *timer); /* takes NULL */

enum { WATCH_READ = 1, WATCH_WRITE = 2 };

/* Tells fn when fd, which stays the caller's, is readable or writable (or broken, which counts as what was asked for),
 * again each turn until that has changed. A new watch is paused; events 0 pauses. */
struct watch *watch_new(struct loop *loop, int fd, watch_fn *fn, void *arg);
void watch_set(struct watch *watch, unsigned events);
void watch_free(struct watch *watch); /* takes NULL; free the watch before closing fd */

/* Calls fn for each signal number, on the loop, until loop_free. Does not keep the loop alive. */
void loop_on_signal(struct loop *loop, int number, signal_fn *fn, void *arg);

/* Calls fn once each turn, after the callbacks of that turn and before the loop waits: the place to send in one
 * batch what the callbacks have gathered. Does not keep the loop alive. At most 4 a loop; until loop_free. */
void loop_before_wait(struct loop *loop, loop_fn *fn, void *arg);
