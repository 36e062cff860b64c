/*
 * retry.h - how long to wait before the next attempt, and when to give up.
 *
 * Exponential backoff with full jitter: the wait is drawn evenly from 0 up to a ceiling that doubles with every
 * attempt, so that many events that failed together do not come back together.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define RETRY_BASE_MS 1000LL
#define RETRY_CAP_MS  (3600LL * 1000)

/* The ceiling before attempt number attempts + 1, when attempts have been made: base, 2 base, 4 base, … cap. */
int64_t retry_ceiling_ms(unsigned attempts);

/* A wait drawn with random (any 32 bits) from 0 to the ceiling. */
int64_t retry_delay_ms(unsigned attempts, uint32_t random);

/* The same, drawn by itself, and never under at_least_ms (a Retry-After, say). */
int64_t retry_draw_ms(unsigned attempts, int64_t at_least_ms);
