/*
 * demo_event.h - one of the demo's events: sent as its vendor would, then looked at until it is settled.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/ulid.h"
#include "cli/demo_config.h"
#include "config/config.h"
#include "http/client.h"
#include "queue/queue.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

struct demo_event {
    const struct demo_sample *sample;
    char id[ULID_SIZE];
    cJSON *report; /* owned: queue_show's latest; NULL before the first look */
};

/* Posts it to the receiver at url; err says what was answered instead of 202. */
MUST_CHECK bool demo_event_send(struct demo_event *event, const struct config *config, const char *url,
                                struct loop *loop, struct http_client *client, struct error *err);
void demo_event_clear(struct demo_event *event);

/* Asks the queue for the event as it is now; nothing changes when that fails. */
void demo_event_look(struct demo_event *event, struct loop *loop, struct queue *queue);

const char *demo_event_state(const struct demo_event *event); /* "" before the first look */
bool demo_event_is_settled(const struct demo_event *event);   /* done or dead */
