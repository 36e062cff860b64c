/*
 * dice.c - splitmix64, after Steele, Lea and Flood.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/dice.h"

static uint64_t dice_next(struct dice *dice)
{
    uint64_t z = dice->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

double dice_roll(struct dice *dice)
{
    return (double)(dice_next(dice) >> 11) / 9007199254740992.0;
}

int64_t dice_between(struct dice *dice, int64_t min, int64_t max)
{
    return max <= min ? min : min + (int64_t)(dice_next(dice) % (uint64_t)(max - min + 1));
}
