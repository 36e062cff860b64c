/*
 * demo_child.h - one process that the demo starts: the sandbox, or hookline serve.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "base/loop.h"
#include "base/process.h"

#include <stdbool.h>

struct demo_child {
    const char *name; /* "sandbox" */
    const char *log_path;
    struct loop *loop;
    struct process *process; /* NULL before its start */
    bool has_ended;
    int code, signal; /* how it ended */
};

/* Starts argv with HOOKLINE_SUPERVISED=1, so that it leaves Ctrl-C to us and ends when we do. The loop stops when the
 * child ends. name and log_path are borrowed. */
MUST_CHECK bool demo_child_start(struct demo_child *child, struct loop *loop, const char *const *argv,
                                 struct error *err);

/* Asks it to end and runs the loop until it has; kills it when that takes longer than timeout_ms. Nothing when it does
 * not run. */
void demo_child_stop(struct demo_child *child, int64_t timeout_ms);

/* Says on standard error how it ended, and how its log ends. */
void demo_child_complain(const struct demo_child *child);
