/*
 * deadline.h - an end to jq programs that never end.
 *
 * A worker is one thread: an expression such as  until(false; .)  would stop all its events and its heartbeat. jq looks
 * at its halt flag before every instruction; a timer of processor time sets it. One program at a time in a process.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <jq.h>
#include <stdbool.h>

#define DEADLINE_CPU_MS 250 /* a usual run takes tens of microseconds */

/* From here on jq is halted when the process has used DEADLINE_CPU_MS more. Uses SIGVTALRM and ITIMER_VIRTUAL. */
void deadline_start(jq_state *jq);

/* Ends the watch; must come before jq is torn down. Whether the deadline had passed. */
bool deadline_stop(void);
