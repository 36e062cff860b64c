/*
 * handback.h - gives back the lanes of workers that have ended, so that nothing waits for their leases to run out.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"
#include "queue/queue.h"

#include <stdbool.h>

struct handback;

/* fn is called whenever nothing is under way any more. queue is borrowed and must be closed before handback_free. */
struct handback *handback_new(struct queue *queue, loop_fn *fn, void *arg);
void handback_free(struct handback *handback); /* takes NULL */

/* worker is the id of a process that is known to be dead; copied. What fails is left to the lease. */
void handback_begin(struct handback *handback, const char *worker);

bool handback_is_busy(const struct handback *handback);
