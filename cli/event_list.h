/*
 * event_list.h - a list of events as a table; for the commands events and dead.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "cli/options.h"

#define EVENT_LIST_DEFAULT 20   /* events, unless --limit says otherwise */
#define EVENT_LIST_MAX     1000 /* the most that --limit may ask for */

/* For that command: asks for the events of that state (NULL: all) and of --account, at most --limit, and prints them as
 * a table, or as JSON with --json. Returns the exit code. */
int event_list_print(const char *command, const struct arguments *arguments, const char *state);
