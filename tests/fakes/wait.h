/*
 * wait.h - running a loop until something is so; instead of sleeping.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"

#include <stdbool.h>

typedef bool wait_fn(void *arg);

/* Runs loop until is_so(arg), which is asked whenever the loop was stopped: whoever changes something for a waiting
 * test calls loop_stop. False when it is not so within five seconds. */
bool wait_until(struct loop *loop, wait_fn *is_so, void *arg);

/* wait_until for a flag. */
bool wait_for(struct loop *loop, const bool *flag);
