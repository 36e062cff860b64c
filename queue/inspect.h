/*
 * inspect.h - looking into the queue, and an operator's hand on it. For the command line and the metrics.
 *
 * Reports are JSON documents, owned by the queue and gone after the callback. Each is read in bounded steps on a
 * live system, so a report is a look at a moving thing, not a snapshot. Their members: docs/queue.md, "Reports".
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/queue.h"

typedef void queue_report_fn(void *arg, const cJSON *report, const struct error *err);

/* {"waiting":n,"bytes":n,"in_flight":n,"retrying":n,"dead":n,"done":n,"oldest_waiting_ms":n|null,
 *  "workers":[{"id":s,"heartbeat_ms_ago":n,"in_flight":n}],
 *  "accounts":[{"name":s,"state":"active|limited|paused|suspended","reason":s,"until_ms":n|null,"ready_lanes":n,
 *               "in_flight":n,"rate":n|null,"waiting":n,"done":n,"dead":n}]}
 * A shard that is away is left out; an error when all are. */
void queue_status(struct queue *queue, queue_report_fn *fn, void *arg);

#define QUEUE_LIST_MAX 1000 /* events in one list, whatever limit says */

/* Events of a state ("waiting", "in_flight", "retrying", "dead", "done"; NULL for all), newest first, at most limit:
 * {"events":[{"id":s,"state":s,"account":s,"source":s,"type":s,"order_key":s,"received_ms":n,"attempts":n,
 *             "reason":s,"settled_ms":n|null,"due_ms":n|null}]} */
void queue_list(struct queue *queue, const char *state, const char *account, size_t limit, queue_report_fn *fn,
                void *arg);

/* One event: the members above, and "delivery_id", "headers", "payload" (JSON), "crashes",
 * "attempts_made":[the settlements' traces, oldest first]. A report of NULL, and no error, when there is none. */
void queue_show(struct queue *queue, const char *id, queue_report_fn *fn, void *arg);

/* Queues a dead event again (attempts start at 0; its progress is kept, so what was written is not written twice). A
 * done event too when also_done. ERROR_INVALID when there is no such event, ERROR_REFUSED when it is in another state.
 */
void queue_replay(struct queue *queue, const char *id, bool also_done, queue_done_fn *fn, void *arg);

/* Forgets a dead event for good. */
void queue_drop(struct queue *queue, const char *id, queue_done_fn *fn, void *arg);

/* An operator's hand on an account: paused until resumed; resume also ends a suspension and a 429's rest. */
void queue_pause(struct queue *queue, const char *account, const char *reason, queue_done_fn *fn, void *arg);
void queue_resume(struct queue *queue, const char *account, queue_done_fn *fn, void *arg);

/* Ends a suspension, and nothing else: the key works again. */
void queue_resume_suspended(struct queue *queue, const char *account, queue_done_fn *fn, void *arg);

/* Walks all keys and proves the invariants of docs/queue.md:
 * {"keys":n,"lanes":n,"events":n,"problems":[{"key":s,"problem":s}]} */
void queue_audit(struct queue *queue, queue_report_fn *fn, void *arg);

/* Audits, mends what was found, one problem in one step, and audits again, until nothing more can be mended. No event's
 * record is removed. {"keys":n,"lanes":n,"events":n,"left":n,"problems":[{"key":s,"problem":s,"repair":s}]}: how many
 * problems the last audit has found, and what was done about each ("mended: …") or why nothing was ("left: …"). */
void queue_repair(struct queue *queue, queue_report_fn *fn, void *arg);
