/*
 * redis_group.h - redis-servers that belong together: a master with its replica and a sentinel, or a small cluster.
 *
 * All are real, on ports of loopback, and end with the test. What takes them time is waited for by asking them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tests/fakes/redis_fixture.h"

#include <stdbool.h>
#include <stddef.h>

enum { REDIS_GROUP_MAX = 6 };

struct redis_group {
    struct redis_fixture *members[REDIS_GROUP_MAX];
    unsigned ports[REDIS_GROUP_MAX];
    size_t count;
    struct redis_fixture *sentinel;
    unsigned sentinel_port;
    char url[200];
    unsigned slot, from, to; /* of the move that is under way */
};

/* A master (0), a replica of it (1), and a sentinel that knows both and finds a master dead after a second and a half.
 * The url names a sentinel that is not there before the one that is. */
void redis_group_open_sentinel(struct redis_group *group);

/* Three masters (0 to 2) with a third of the slots each, and a replica (3 to 5) of each. The url names the last two
 * masters. */
void redis_group_open_cluster(struct redis_group *group);

void redis_group_close(struct redis_group *group);

/* The member that is a master with that slot, or the only master; ends the test program when none is within 10 s. */
size_t redis_group_master_of(struct redis_group *group, unsigned slot);

/* Starts a member that was killed; it follows whoever has become the master in its place. */
void redis_group_revive(struct redis_group *group, size_t member);

/* Moves a slot as `redis-cli --cluster reshard` does: begin, then keys in portions until there are none, then the end.
 */
void redis_group_begin_move(struct redis_group *group, unsigned slot, size_t to);
bool redis_group_move_some(struct redis_group *group, unsigned most); /* whether there were some */
void redis_group_end_move(struct redis_group *group);
