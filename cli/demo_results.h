/*
 * demo_results.h - what the demo's events have changed, read back from the sandbox through Pinpoint's API.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "cli/demo.h"

/* Prints a table: event, account, action, what Pinpoint now holds, attempts, milliseconds. Returns whether every event
 * is done and everything it asked for is there. */
bool demo_results_print(struct demo *demo);
