/*
 * metrics.h - what the receiver counts, and how Prometheus wants to read it.
 *
 * One row of counters per configured source, so a stranger cannot grow the list by asking for other names. The state
 * of the queue is not counted here but read from a report: gauges.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "config/config.h"
#include "receiver/verdict.h"

#include <stdint.h>

struct metrics;
struct counts; /* of one source; lives as long as the metrics */

struct metrics *metrics_new(void);
void metrics_free(struct metrics *metrics); /* takes NULL */

/* From now on the sources are config's. A source that was there before goes on counting where it was. */
void metrics_set_sources(struct metrics *metrics, const struct config *config);

/* The counters of config->sources[index], config being the one set last. */
struct counts *metrics_of(struct metrics *metrics, size_t index);

/* The counters of requests that named no configured source. */
struct counts *metrics_of_unknown(struct metrics *metrics);

/* The name of the source they count for; "" for the unknown ones. Borrowed from the metrics. */
const char *counts_source(const struct counts *counts);

void metrics_count(struct metrics *metrics, struct counts *counts, enum verdict verdict, int64_t duration_ms);

/* Adds everything in Prometheus' text format. */
void metrics_print(const struct metrics *metrics, struct buf *out);
