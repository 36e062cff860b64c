/*
 * loop.c - timers, descriptors and signals over libuv.
 *
 * libuv keeps a handle in its lists until it has called back after uv_close, so what is freed here is closed at once
 * and its memory returned on the next turn. Callers never see a libuv type.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/loop.h"

#include "base/log.h"
#include "base/mem.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <uv.h>

enum { BEFORE_WAIT_MAX = 4, CLOSING_TURNS_MAX = 100 };

struct before_wait {
    uv_prepare_t handle;
    loop_fn *fn;
    void *arg;
};

struct signal_watch {
    uv_signal_t handle;
    signal_fn *fn;
    void *arg;
    struct signal_watch *next;
};

struct loop {
    uv_loop_t uv;
    struct signal_watch *signals;
    struct before_wait before_wait[BEFORE_WAIT_MAX];
    unsigned before_wait_count;
    bool is_in_timer; /* a timer's callback is running */
};

struct timer {
    uv_timer_t handle;
    struct loop *loop;
    loop_fn *fn;
    void *arg;
};

struct watch {
    uv_poll_t handle;
    watch_fn *fn;
    void *arg;
    unsigned events; /* what libuv is polling for */
};

/* What fails here is a wrong descriptor of ours or the end of the machine's resources: no caller could go on. */
static void must(int status, const char *what)
{
    if (status == 0)
        return;
    log_error("%s failed: %s", what, uv_strerror(status));
    abort();
}

struct loop *loop_new(void)
{
    struct loop *loop = mem_new(sizeof(*loop));

    /* A peer that hangs up is an error of the write, not the end of the process. */
    signal(SIGPIPE, SIG_IGN);
    must(uv_loop_init(&loop->uv), "uv_loop_init");
    return loop;
}

static void free_signal(uv_handle_t *handle)
{
    mem_free(handle->data);
}

static void close_signals(struct loop *loop)
{
    struct signal_watch *next;

    for (struct signal_watch *each = loop->signals; each; each = next) {
        next = each->next;
        uv_close((uv_handle_t *)&each->handle, free_signal);
    }
}

void loop_free(struct loop *loop)
{
    int status;

    if (!loop)
        return;
    close_signals(loop);
    for (unsigned i = 0; i < loop->before_wait_count; i++)
        uv_close((uv_handle_t *)&loop->before_wait[i].handle, NULL);
    status = uv_loop_close(&loop->uv);
    for (int turns = 0; status == UV_EBUSY && turns < CLOSING_TURNS_MAX; turns++) {
        uv_run(&loop->uv, UV_RUN_NOWAIT);
        status = uv_loop_close(&loop->uv);
    }
    assert(status == 0 && "a timer, watch or process was not freed before its loop");
    mem_free(loop);
}

void loop_run(struct loop *loop)
{
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
    uv_stop(&loop->uv);
}

void *loop_uv(struct loop *loop)
{
    return &loop->uv;
}

struct timer *timer_new(struct loop *loop, loop_fn *fn, void *arg)
{
    struct timer *timer = mem_new(sizeof(*timer));

    timer->loop = loop;
    timer->fn = fn;
    timer->arg = arg;
    timer->handle.data = timer;
    must(uv_timer_init(&loop->uv, &timer->handle), "uv_timer_init");
    return timer;
}

/* The callback may free the timer; its memory stays until the turn's end, but only the loop is touched then. */
static void on_timer(uv_timer_t *handle)
{
    struct timer *timer = handle->data;
    struct loop *loop = timer->loop;

    loop->is_in_timer = true;
    timer->fn(timer->arg);
    loop->is_in_timer = false;
}

/* libuv counts from the time it last looked, which a long callback leaves far behind: a timer started at its end
 * would fire early. And a timer that is due at once, started by a timer, would run again in the same turn and keep
 * descriptors waiting, so the earliest is then a millisecond away. */
static void start(struct timer *timer, int64_t after_ms, int64_t every_ms)
{
    int64_t earliest = timer->loop->is_in_timer ? 1 : 0;

    if (after_ms < earliest)
        after_ms = earliest;
    uv_update_time(&timer->loop->uv);
    must(uv_timer_start(&timer->handle, on_timer, (uint64_t)after_ms, (uint64_t)every_ms), "uv_timer_start");
}

void timer_start(struct timer *timer, int64_t after_ms)
{
    start(timer, after_ms, 0);
}

void timer_repeat(struct timer *timer, int64_t every_ms)
{
    int64_t every = every_ms < 1 ? 1 : every_ms; /* 0 would mean "do not repeat" to libuv */

    start(timer, every, every);
}

void timer_stop(struct timer *timer)
{
    uv_timer_stop(&timer->handle);
}

bool timer_is_active(const struct timer *timer)
{
    return uv_is_active((const uv_handle_t *)&timer->handle) != 0;
}

static void free_timer(uv_handle_t *handle)
{
    mem_free(handle->data);
}

void timer_free(struct timer *timer)
{
    if (timer)
        uv_close((uv_handle_t *)&timer->handle, free_timer);
}

struct watch *watch_new(struct loop *loop, int fd, watch_fn *fn, void *arg)
{
    struct watch *watch = mem_new(sizeof(*watch));

    watch->fn = fn;
    watch->arg = arg;
    watch->handle.data = watch;
    must(uv_poll_init(&loop->uv, &watch->handle, fd), "uv_poll_init");
    return watch;
}

static void poll_for(struct watch *watch);

/* On an error of the descriptor libuv stops polling and would tell no more. The owner hears of it as of any event:
 * its next read or write gets the error itself. Polling goes on first, as the owner may free the watch. */
static void on_poll(uv_poll_t *handle, int status, int ready)
{
    struct watch *watch = handle->data;
    unsigned events = ((ready & UV_READABLE) ? WATCH_READ : 0u) | ((ready & UV_WRITABLE) ? WATCH_WRITE : 0u);

    if (status < 0) {
        events = watch->events;
        poll_for(watch);
    }
    watch->fn(watch->arg, events);
}

static void poll_for(struct watch *watch)
{
    unsigned events = watch->events;
    int wanted = ((events & WATCH_READ) ? UV_READABLE : 0) | ((events & WATCH_WRITE) ? UV_WRITABLE : 0);

    must(uv_poll_start(&watch->handle, wanted, on_poll), "uv_poll_start");
}

/* Most calls change nothing: curl and hiredis say what they want on every turn. */
void watch_set(struct watch *watch, unsigned events)
{
    if (events == watch->events)
        return;
    watch->events = events;
    if (events == 0)
        must(uv_poll_stop(&watch->handle), "uv_poll_stop");
    else
        poll_for(watch);
}

static void free_watch(uv_handle_t *handle)
{
    mem_free(handle->data);
}

void watch_free(struct watch *watch)
{
    if (watch)
        uv_close((uv_handle_t *)&watch->handle, free_watch);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct signal_watch *watch = handle->data;

    watch->fn(watch->arg, number);
}

void loop_on_signal(struct loop *loop, int number, signal_fn *fn, void *arg)
{
    struct signal_watch *watch = mem_new(sizeof(*watch));

    watch->fn = fn;
    watch->arg = arg;
    watch->next = loop->signals;
    loop->signals = watch;
    watch->handle.data = watch;
    must(uv_signal_init(&loop->uv, &watch->handle), "uv_signal_init");
    must(uv_signal_start(&watch->handle, on_signal, number), "uv_signal_start");
    uv_unref((uv_handle_t *)&watch->handle);
}

static void on_prepare(uv_prepare_t *handle)
{
    struct before_wait *each = handle->data;

    each->fn(each->arg);
}

void loop_before_wait(struct loop *loop, loop_fn *fn, void *arg)
{
    struct before_wait *each;

    assert(loop->before_wait_count < BEFORE_WAIT_MAX);
    each = &loop->before_wait[loop->before_wait_count++];
    each->fn = fn;
    each->arg = arg;
    each->handle.data = each;
    must(uv_prepare_init(&loop->uv, &each->handle), "uv_prepare_init");
    must(uv_prepare_start(&each->handle, on_prepare), "uv_prepare_start");
    uv_unref((uv_handle_t *)&each->handle);
}
