/*
 * spill_drain.h - the way back: events from the spill's file into the queue, in order, once Redis takes them.
 *
 * At least once: after a crash an event may be queued again, and the queue's memory of delivery ids answers that it
 * has it. In order: two events of one lane are never under way together.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"
#include "queue/queue.h"
#include "receiver/spill_file.h"

struct spill_drain;

/* Both are borrowed. */
struct spill_drain *spill_drain_new(struct loop *loop, struct spill_file *file, struct queue *queue);
void spill_drain_free(struct spill_drain *drain); /* after the queue was closed; takes NULL */

/* There are events in the file: they are queued when Redis is there. Cheap when it is doing so already. */
void spill_drain_kick(struct spill_drain *drain);

/* Queues nothing more. What is under way is answered when the queue is closed, and stays in the file. */
void spill_drain_quiet(struct spill_drain *drain);
