/*
 * view.h - how states, times and numbers of the queue's reports look to people; the same in every command.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "cli/table.h"
#include "cli/terminal.h"

#include <cjson/cJSON.h>
#include <stdint.h>

#define VIEW_TEXT_SIZE 40

/* The tone of an event's state ("dead"), an account's ("suspended") or an attempt's outcome ("retry"). */
enum tone view_tone(const char *state);

/* "waiting", "in flight": a state in words. */
const char *view_state(const char *state);

/* The row of that account in a report of queue_status, borrowed; NULL for none. */
const cJSON *view_account(const cJSON *status, const char *name);

/* The member as a cell: "-" when it is null or missing. */
void view_add_number(struct table *table, const cJSON *object, const char *name);
void view_add_duration(struct table *table, const cJSON *object, const char *name);
void view_add_age(struct table *table, const cJSON *object, const char *name); /* since a time in the past */
void view_add_string(struct table *table, const cJSON *object, const char *name);
void view_add_state(struct table *table, const cJSON *object, const char *name);

/* The member as text for a sentence: "12", "3 min"; "-" when there is none. Returns text. */
char *view_duration(const cJSON *object, const char *name, char text[VIEW_TEXT_SIZE]);
