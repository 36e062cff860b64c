/*
 * wait.c - see wait.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fakes/wait.h"

enum { GUARD_MS = 5000 };

struct guard {
    struct loop *loop;
    bool has_fired;
};

static void on_guard(void *arg)
{
    struct guard *guard = arg;

    guard->has_fired = true;
    loop_stop(guard->loop);
}

bool wait_until(struct loop *loop, wait_fn *is_so, void *arg)
{
    struct guard guard = {.loop = loop};
    struct timer *timer = timer_new(loop, on_guard, &guard);

    timer_start(timer, GUARD_MS);
    while (!is_so(arg) && !guard.has_fired)
        loop_run(loop);
    timer_free(timer);
    return is_so(arg);
}

static bool is_set(void *arg)
{
    const bool *const *flag = arg;

    return **flag;
}

bool wait_for(struct loop *loop, const bool *flag)
{
    return wait_until(loop, is_set, &flag);
}
