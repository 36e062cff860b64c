/*
 * gauges.h - the queue's report on itself (queue/inspect.h, queue_status) as Prometheus gauges. Pure.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "config/config.h"

#include <cjson/cJSON.h>

/* Adds the gauges of report; of its accounts only those that config has, so their number is bounded. A report of NULL
 * means that Redis could not be asked: only hookline_redis_up is added, as 0. */
void gauges_print(const cJSON *report, const struct config *config, struct buf *out);
