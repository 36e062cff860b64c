/*
 * receiver.h - takes webhooks in: verifies, reads and queues them; and says how it is doing.
 *
 * `hookline receiver` opens one. A delivery is answered with 202 or 200 only after Redis has acknowledged it (or, where
 * the configuration has a spill and Redis cannot, after it is on the local disk), and nothing of it is parsed, logged
 * or sent to Redis before its signature is proved. It knows nothing of rules.
 *
 *   POST /in/{source}, /in/{source}/{account}    GET /healthz, /readyz, /metrics, /
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "base/loop.h"
#include "config/config.h"

struct receiver;

struct receiver_options {
    const struct config *config; /* borrowed until receiver_reload or receiver_close */
    const char *redis_url;
    const char *listen; /* "host:port"; NULL for the configuration's. Port 0 takes a free one */
};

/* Listens, and begins to connect to Redis without waiting for it: /readyz says when it is there. */
MUST_CHECK struct receiver *receiver_open(struct loop *loop, const struct receiver_options *options, struct error *err);

/* "http://127.0.0.1:8080"; borrowed. */
const char *receiver_address(const struct receiver *receiver);

/* Sources and accounts are config's from the next request on. The configuration before is not looked at any more when
 * this returns, not even for requests whose answer is still to come: free it then. Where to listen, the bounds of a
 * request, the bounds of the queue and the spill stay as they were opened. */
void receiver_reload(struct receiver *receiver, const struct config *config);

/* Takes no new connections, answers what has arrived (each connection closes with its next answer), then calls fn,
 * once; with nothing under way a moment later, never from inside this call. */
void receiver_drain(struct receiver *receiver, loop_fn *fn, void *arg);

/* What has no answer yet gets none, and its sender delivers it again. Takes NULL. */
void receiver_close(struct receiver *receiver);
