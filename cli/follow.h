/*
 * follow.h - waits until an event is settled, and says what it waits for. For send --wait.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "cli/session.h"

#include <cjson/cJSON.h>

/* What an unsettled event waits for, on one line: "retrying: 503", "waiting: account acme is suspended: 401". status is
 * a report of queue_status, or NULL. */
void follow_words(const cJSON *event, const cJSON *status, struct buf *out);

/* Waits until the event is done or dead; meanwhile a line on standard error tells each change. Returns its report,
 * owned (cJSON_Delete); NULL after having said what went wrong. */
cJSON *follow_event(struct session *session, const char *id);
