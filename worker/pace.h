/*
 * pace.h - this process's share of an account's rate.
 *
 * Who wants to send asks for a turn. All who ask in one turn of the loop share one reservation with the queue, which
 * keeps the account's rate for all workers on all machines; their turns then come one interval apart.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"
#include "queue/queue.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

/* One who asks. It lives with the caller, from pace_ask until fn is called or pace_cancel. */
struct turn {
    TAILQ_ENTRY(turn) entry;
    loop_fn *fn;
    void *arg;
    int64_t due_ms; /* monotonic; set when granted */
    enum { TURN_IDLE, TURN_ASKING, TURN_GRANTED, TURN_FREE } state;
};

struct pace;

/* account is borrowed. Without is_limited every turn is free. */
struct pace *pace_new(struct loop *loop, struct queue *queue, const char *account, bool is_limited);
void pace_free(struct pace *pace); /* nobody may be waiting any more; takes NULL */

/* Calls turn->fn once, when a request may be sent; never from inside. fn and arg are set by the caller. A free turn
 * takes nothing of the rate: somebody has paid already. */
void pace_ask(struct pace *pace, struct turn *turn, bool is_free);

/* Gives a turn up, granted or not; nothing when it is idle. */
void pace_cancel(struct pace *pace, struct turn *turn);
