/*
 * spill.h - deliveries outlive Redis: what it cannot store goes to the local disk, and to the queue when it can.
 *
 * Called by ingest.c. While the spill holds anything, newer events belong behind it, or an older one would be
 * overtaken. All functions but spill_open take NULL for a receiver that has no spill.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "base/loop.h"
#include "queue/queue.h"

struct spill;

/* The queue is borrowed. What an earlier run has left in the directory is queued. */
MUST_CHECK struct spill *spill_open(struct loop *loop, struct queue *queue, const char *directory, size_t max_bytes,
                                    struct error *err);

/* Queues nothing more: for when the queue is about to be closed, which answers what is under way. */
void spill_quiet(struct spill *spill);

/* After the queue was closed. Writes and answers what was added last. */
void spill_close(struct spill *spill);

/* Whether an event belongs here without asking Redis first. */
bool spill_is_in_use(const struct spill *spill);

/* err is NULL when the event is on disk, and says why it is not otherwise. */
typedef void spilled_fn(void *arg, const struct error *err);

/* Keeps a record (event_encode); its bytes are copied. Those of one turn of the loop share one write and one fdatasync,
 * which block the loop: without Redis there is little else to do. fn is called once, on the next turn or, when the
 * spill is full, from inside this call. why is what Redis said, for the log. */
void spill_add(struct spill *spill, const struct buf *record, const char *why, spilled_fn *fn, void *arg);

/* Whether a delivery could be kept now: there is room, and the disk took the last one. */
bool spill_can_take(const struct spill *spill);

size_t spill_events(const struct spill *spill);

/* Adds the gauges in Prometheus' text format. */
void spill_print(const struct spill *spill, struct buf *out);
