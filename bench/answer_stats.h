/*
 * answer_stats.h - what arrived at the answering machine, told apart by segment: how much, when, how late.
 *
 * Called by answer_connection.c. Latencies are kept one by one, so that percentiles are exact; all memory is reserved
 * at the start and touched when it is needed, so that nothing ever stops to grow.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"

#include <stddef.h>
#include <stdint.h>

struct answer_stats;
struct answer_segment;

/* One write that arrived; times in microseconds since 1970. */
struct answer_arrival {
    int64_t at_us;     /* its first byte */
    int64_t marker_us; /* when its event was made; 0 where the body does not say */
    const char *body;  /* two bodies with a marker that are the same are one write that came again */
    size_t body_size;
};

struct answer_stats *answer_stats_new(void);
void answer_stats_free(struct answer_stats *stats); /* takes NULL */

/* Each connection and each request, of whatever kind, is counted once. */
void answer_stats_count_connection(struct answer_stats *stats);
void answer_stats_count_request(struct answer_stats *stats);

/* The segment of that name, made when it is new. Beyond a bound of segments all new ones share the last. */
struct answer_segment *answer_stats_segment(struct answer_stats *stats, const char *name, size_t size);

/* A write has arrived and is in flight from now on, until answer_stats_left. */
void answer_stats_arrived(struct answer_stats *stats, struct answer_segment *segment,
                          const struct answer_arrival *arrival);
void answer_stats_left(struct answer_segment *segment);

/* Forgets all but what is in flight. */
void answer_stats_reset(struct answer_stats *stats);

/* {"quiet":{"count":…,"timed":…,"p50_us":…,"p99_us":…,"max_us":…,"first_ms":…,"last_ms":…,"in_flight":…,
 * "max_in_flight":…,"again":…,"last_again_ms":…},…}. Sorts: not to be asked for while something is measured. */
void answer_stats_render(struct answer_stats *stats, struct buf *out);

/* {"count":…,"last_again_ms":…}: the writes of all segments that had come before. */
void answer_stats_render_again(struct answer_stats *stats, struct buf *out);

/* Connections and requests since the start, as nginx's stub_status has them, so that one reader reads both. Cheap
 * enough to be asked for during a measurement. */
void answer_stats_render_count(struct answer_stats *stats, struct buf *out);
