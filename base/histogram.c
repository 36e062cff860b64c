/*
 * histogram.c - values below HISTOGRAM_PARTS are counted exactly; above, the leading bits of a value say where.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/histogram.h"

#include "base/mem.h"

enum { PART_BITS = 5 }; /* HISTOGRAM_PARTS is 2 to this power */

static size_t place_of(uint64_t value)
{
    unsigned power = 0;

    while (value >> power >= 2 * HISTOGRAM_PARTS)
        power++;
    if (value >= HISTOGRAM_PARTS)
        power++;
    if (power >= HISTOGRAM_POWERS)
        return (size_t)HISTOGRAM_POWERS * HISTOGRAM_PARTS - 1;
    return power == 0 ? (size_t)value : (size_t)power * HISTOGRAM_PARTS + (value >> (power - 1)) % HISTOGRAM_PARTS;
}

/* The largest value that is counted at place. */
static int64_t top_of(size_t place)
{
    size_t power = place >> PART_BITS;
    uint64_t part = place % HISTOGRAM_PARTS;

    return power == 0 ? (int64_t)part : (int64_t)(((HISTOGRAM_PARTS + part + 1) << (power - 1)) - 1);
}

void histogram_add(struct histogram *histogram, int64_t value)
{
    if (value < 0)
        value = 0;
    histogram->counts[place_of((uint64_t)value)]++;
    histogram->count++;
    if (value > histogram->max)
        histogram->max = value;
}

int64_t histogram_at(const struct histogram *histogram, double share)
{
    double wanted = share * (double)histogram->count;
    uint64_t seen = 0;

    for (size_t i = 0; i < COUNT_OF(histogram->counts); i++) {
        seen += histogram->counts[i];
        if (seen > 0 && (double)seen >= wanted && i + 1 < COUNT_OF(histogram->counts) && top_of(i) < histogram->max)
            return top_of(i);
    }
    return histogram->max;
}
