/*
 * chance.h - choices that a seed repeats.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

struct chance {
    uint64_t state;
};

static inline void chance_init(struct chance *chance, unsigned seed)
{
    chance->state = seed * UINT64_C(2654435761) + 88172645463325252u;
}

/* xorshift64: 0 to below - 1, evenly enough for a test. */
static inline unsigned chance_below(struct chance *chance, unsigned below)
{
    chance->state ^= chance->state << 13;
    chance->state ^= chance->state >> 7;
    chance->state ^= chance->state << 17;
    return (unsigned)((chance->state >> 16) % below);
}

static inline int64_t chance_between(struct chance *chance, int64_t least, int64_t most)
{
    return least + (int64_t)chance_below(chance, (unsigned)(most - least + 1));
}
