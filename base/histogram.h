/*
 * histogram.h - how often each size of a value was seen, in bounded memory: counts by powers of two, each of them cut
 * into equal parts, so that a percentile is at most 3 % too high.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { HISTOGRAM_PARTS = 32, HISTOGRAM_POWERS = 40 }; /* values up to 2^44; larger ones count as that */

/* Starts zeroed. */
struct histogram {
    uint64_t counts[HISTOGRAM_POWERS * HISTOGRAM_PARTS];
    uint64_t count;
    int64_t max;
};

/* Negative values count as 0. */
void histogram_add(struct histogram *histogram, int64_t value);

/* The value that share (0 to 1) of all are not above; the largest for 1; 0 when there is none. */
int64_t histogram_at(const struct histogram *histogram, double share);
