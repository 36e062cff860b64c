/*
 * roster.h - the runs that a worker has in hand: those that are running, and those that have ended and are to be
 * settled.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "worker/run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

TAILQ_HEAD(runs, run_link);

struct roster {
    struct runs running;
    struct runs ended;
    size_t running_count;
    uint64_t last_serial;
};

void roster_init(struct roster *roster);
void roster_clear(struct roster *roster); /* frees all that is in it */

/* Takes run over, as running, and gives it a serial number: tokens repeat from shard to shard. */
void roster_add(struct roster *roster, struct run *run);
void roster_end(struct roster *roster, struct run *run);  /* from running to ended */
void roster_drop(struct roster *roster, struct run *run); /* frees it */

/* An ended run that leaves to be settled, and one that comes back because it was not. */
void roster_take(struct roster *roster, struct run *run);
void roster_put_back(struct roster *roster, struct run *run);

struct run *roster_find(const struct roster *roster, uint64_t serial); /* NULL when it is not here (any more) */

/* All runs, those that are running first; an owned array of borrowed runs. */
struct run **roster_runs(const struct roster *roster, size_t *count);
