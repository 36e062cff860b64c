/*
 * dice.h - numbers that look random and repeat with their seed (splitmix64), for faults and latencies.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

struct dice {
    uint64_t state; /* the seed at first */
};

double dice_roll(struct dice *dice); /* at least 0, less than 1 */
int64_t dice_between(struct dice *dice, int64_t min, int64_t max);
