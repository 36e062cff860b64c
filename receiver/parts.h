/*
 * parts.h - the receiver as its own files see it. For receiver/ only; everybody else takes receiver.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "http/server.h"
#include "queue/queue.h"
#include "receiver/complaints.h"
#include "receiver/fields.h"
#include "receiver/kept_headers.h"
#include "receiver/metrics.h"
#include "receiver/receiver.h"
#include "receiver/scrapes.h"
#include "receiver/spill.h"

struct receiver {
    const struct config *config; /* borrowed; may be another one at the next request */
    struct queue *queue;
    struct spill *spill; /* NULL: off */
    struct http_server *server;
    struct metrics *metrics;
    struct complaints complaints;
    struct scrapes *scrapes;
    struct fields fields;      /* of the request being read: a handler finishes with them before it returns */
    struct kept_headers kept;  /* likewise */
    struct timer *drain_timer; /* active while draining */
    unsigned idle_looks;       /* how often in a row draining found nothing under way */
    loop_fn *drained;
    void *drained_arg;
    bool is_draining;
};
