/*
 * inspect_state.h - what the inspect_*.c files share: one row of an event as scripts answer it, and reports.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/inspect.h"

#include <hiredis/hiredis.h>

#define ROW_VALUES 8 /* see queue/scripts/rows.lua */

/* {"id":…,"state":…,"account":…,…} of the row that starts at element at, owned; NULL when it is not whole. */
cJSON *inspect_row(const redisReply *rows, size_t at);

/* Milliseconds of a reply that may be "": a number or null. */
cJSON *inspect_time(const redisReply *reply);

/* text as a JSON string: bytes that are not UTF-8 become U+FFFD. */
cJSON *inspect_string(const char *text);
