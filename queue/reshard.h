/*
 * reshard.h - changing how many shards a queue is made of. For the command line.
 *
 * An account's events are where its name and the number of shards say, so everybody must have the same number, and it
 * changes only while nothing would be looked for in another place afterwards: docs/queue.md, "Shards".
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/queue.h"

/* Has the queue at options->url made of shards parts from now on; needs no open queue, and no more of options. fn is
 * called with ERROR_REFUSED when there is something in the queue that must not be, and nothing has changed then; with
 * ERROR_UNAVAILABLE when Redis did not answer: the queue may take no events then until this was called again. */
MUST_CHECK bool queue_reshard(struct loop *loop, const struct queue_options *options, unsigned shards,
                              queue_done_fn *fn, void *arg, struct error *err);
