/*
 * scene.h - what the scenes of trouble have in common: a slow sandbox, who runs an event, how long things took, and
 * what a process cost meanwhile.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tests/e2e/stage.h"

#include <stdint.h>

#define SCENE_LEASE    "\"queue\": {\"lease\": \"2s\"},"
#define SCENE_LEASE_MS 2000

/* Members of "sources": one source "s" whose events of type "note" post two comments on .data.application_id,
 * .data.text with " one" and " two" behind it; order_by is the application. */
extern const char scene_two_comments[];

/* Changes settings of the sandbox: {"fault":…,"latency":…}, see docs/sandbox.md. */
void scene_sandbox(struct stage *stage, const char *settings);

/* Posts a note for an application; gives the status. */
int scene_note(struct stage *stage, unsigned application, const char *text, char id[27]);

/* The words of each write in the ledger, in order, parted by "; ", owned (mem_free): "a one; a two". */
char *scene_written(struct stage *stage);

/* When the n-th write (from 1) came to the sandbox, by the machine's clock; -1 when there is none. */
int64_t scene_write_ms(struct stage *stage, size_t n);

/* Waits until the log of serve holds text. */
void scene_wait_log(struct stage *stage, const char *text);

/* The pids of all processes of one kind (" worker ") get a signal; gives how many. */
size_t scene_signal(struct stage *stage, const char *kind, int number);

/* Stops all workers but lets those go on that have nothing in flight; gives the one that stays stopped. */
pid_t scene_freeze_busy_worker(struct stage *stage);

/* Processor time a process has used, in ticks of 10 ms. */
long scene_ticks(pid_t pid);
