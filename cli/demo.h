/*
 * demo.h - the demo's parts on their way through it; shared by demo.c, which has the course of things, and
 * demo_stage.c, which starts, waits and stops.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"
#include "cli/demo_child.h"
#include "cli/demo_event.h"
#include "cli/demo_place.h"
#include "cli/report.h"
#include "config/config.h"
#include "http/client.h"
#include "queue/queue.h"

#include <stdbool.h>

struct demo {
    struct demo_place place;
    struct config *config; /* what demo_place wrote, read as every process reads it */
    struct loop *loop;
    struct http_client *client;
    struct queue *queue;
    struct demo_child sandbox, serve;
    struct demo_event events[DEMO_SAMPLES];
    char receiver_url[64], sandbox_url[64];
    char *program;
    struct progress progress;
    bool is_interrupted; /* Ctrl-C or SIGTERM */
};

/* Starts the sandbox and hookline serve and waits until both take requests. False after it was said what is wrong. */
MUST_CHECK bool demo_stage_open(struct demo *demo, const struct demo_place_options *options);

/* Stops both in order: what is in flight is finished first. Takes what demo_stage_open left half done. */
void demo_stage_close(struct demo *demo);

/* Runs the loop until is_true says so. False when timeout_ms (0: no limit) has passed, a child has ended, both of which
 * are said, or the demo was interrupted. */
typedef bool demo_fn(struct demo *demo);
MUST_CHECK bool demo_stage_wait(struct demo *demo, const char *what, demo_fn *is_true, int64_t timeout_ms);
