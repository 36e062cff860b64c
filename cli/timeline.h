/*
 * timeline.h - one event's life as text, from the queue's report of it (queue_show). Pure: for show and its test.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

/* What the event is, when it was received, each attempt with its actions and requests, how it was settled. */
void timeline_render(const cJSON *event, bool colour, struct buf *out);
