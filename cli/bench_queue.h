/*
 * bench_queue.h - looks into the queue for a measurement: until everything is settled, or somebody has had enough.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "cli/session.h"

#include <stdbool.h>
#include <stdint.h>

struct bench_queue {
    struct session session;
    int64_t dead_before;
    bool is_stopped; /* by Ctrl-C: set by the caller too */
};

/* Opens the queue and notes what is in it; the exit code, after having said what is wrong. */
MUST_CHECK int bench_queue_open(struct bench_queue *queue, const struct arguments *arguments);
void bench_queue_close(struct bench_queue *queue); /* also when it was never opened, but zeroed */

/* Waits until nothing is unsettled. settled: whether that came before the end; dead: how many more dead letters there
 * are than before. False when the queue cannot be asked, which was said. */
MUST_CHECK bool bench_queue_wait(struct bench_queue *queue, bool *settled, int64_t *dead);
