/*
 * run.h - one attempt at one claimed event: its actions one after another, each through its handler's steps.
 *
 * A run ends with a settlement, which the worker takes to the queue. It writes nothing once its lease is over, and
 * remembers for the next attempt what is done and what is in doubt.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/queue.h"
#include "worker/setup.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct run;

/* The run has ended and waits to be settled. May be called from inside run_start. */
typedef void run_ended_fn(void *arg, struct run *run);

/* Copies what it needs of claim, which is all but the event's payload; holds on to setup; worker is borrowed. */
struct run *run_new(struct setup *setup, const struct claim *claim, const char *worker);
void run_free(struct run *run); /* gives up what is in flight; takes NULL */

/* event is that of the claim: once its actions are planned, nobody needs it any more, so it is borrowed for the call.
 * lease_until_ms: monotonic; the run sends nothing from then on unless it is renewed. */
void run_start(struct run *run, const struct event *event, int64_t lease_until_ms, run_ended_fn *fn, void *arg);
void run_renew(struct run *run, int64_t lease_until_ms);

/* Ends the run now, to be given back: the process stops. Nothing when it has ended already. */
void run_give_back(struct run *run);

/* How it ended; its strings live as long as the run. */
const struct settlement *run_settlement(const struct run *run);

struct lease run_lease(const struct run *run);

/* The worker's lists (roster.h) link runs through this. */
struct run_link {
    TAILQ_ENTRY(run_link) entry;
    struct run *run;
    uint64_t serial; /* of this worker's run */
    bool is_running;
};
struct run_link *run_link(struct run *run);
