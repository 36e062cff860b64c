/*
 * audit_open.h - what a page of the audit could not prove in one step, because the list to be searched is long.
 *
 * Used by inspect_audit.c. Such a list is read once, a chunk at a time, and remembered as numbers. What it seems to
 * contradict, as a live list moves while it is read, is searched for again, one at a time, in one step each.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/shard.h"

struct audit_open;

/* One problem as scripts tell it: 3 values of reply, from at on. */
typedef void audit_problem_fn(void *arg, const redisReply *reply, size_t at);

struct audit_open *audit_open_new(struct shard *shard, audit_problem_fn *fn, void *arg);
void audit_open_free(struct audit_open *open); /* takes NULL */

/* Takes what a script left open, 4 values each. */
void audit_open_add(struct audit_open *open, const redisReply *left);

/* Compares what was added with its lists, reading those that are not known yet; and proves, when much is doubtful. */
void audit_open_compare(struct audit_open *open, queue_done_fn *fn, void *arg);

/* Searches again for what the lists seem to contradict. */
void audit_open_prove(struct audit_open *open, queue_done_fn *fn, void *arg);
