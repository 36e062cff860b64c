/*
 * webhook.h - Pinpoint's own webhook: tells an address that an application moved to another stage.
 *
 * Signed as Pinpoint signs; the body names ids only. A delivery that is not answered with a 2xx is tried again a
 * few times, with the same bytes.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "base/loop.h"

#include <cjson/cJSON.h>

struct webhook;
struct record;

/* NULL and err when url is none or secret cannot sign. */
MUST_CHECK struct webhook *webhook_open(struct loop *loop, const char *url, const char *secret, struct error *err);
void webhook_close(struct webhook *webhook); /* gives up what is under way; takes NULL */

/* Sends "application_stage_changed", or "application_hired" when the stage it is in now is that. */
void webhook_stage_changed(struct webhook *webhook, const struct record *application);

/* {"sent":…,"delivered":…,"failed":…,"under_way":…}, owned. Takes NULL: all 0. */
cJSON *webhook_print(const struct webhook *webhook);
