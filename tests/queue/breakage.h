/*
 * breakage.h - a queue with an event in each state, and all the ways to break it by hand: for the audit, which finds
 * each, and the repair, which mends it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tests/queue/bench.h"

/* Run over a queue with: acme's lane "ready" (2 events), "leased" (in flight), "parked"; beta paused with one lane; a
 * dead and a done event. READY, LEASED, DEAD and DONE in script stand for those events' ids. */
struct breakage {
    const char *name;
    const char *script;  /* Lua that breaks it */
    const char *problem; /* a part of what the audit must say */
};

extern const struct breakage breakages[];
extern const size_t breakage_count;

enum { CAST_UNSETTLED = 5 };

/* Who plays: the ids of the scene's events. unsettled has ready, after it in its lane, leased, parked and lone. */
struct cast {
    char ready[ULID_SIZE], leased[ULID_SIZE], dead[ULID_SIZE], done[ULID_SIZE], lone[ULID_SIZE];
    char unsettled[CAST_UNSETTLED][ULID_SIZE];
};

struct cast breakage_scene(struct bench *bench);
void breakage_run(struct bench *bench, const struct breakage *breakage, const struct cast *cast);
