/*
 * progress.h - what earlier attempts of an event have done, and how long they took, carried from one attempt to the
 * next.
 *
 * Actions are named by their ref. An action that is done is not done again. An action that is in doubt may have
 * taken effect: its handler looks before it writes, at every attempt until it is done.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REF_SIZE 13 /* 12 hex digits and a NUL */

/* A few of them, each once. */
struct refs {
    char (*at)[REF_SIZE]; /* owned */
    size_t count;
};

struct progress {
    struct refs done;
    struct refs in_doubt;
    int64_t
        spent_ms; /* in attempts and the waits between them. A sum, as clocks of several machines cannot be compared */
};

/* The ref of the ordinal-th action (from 0) of that name in an event: the same at every attempt, and whatever
 * the words of the rule become meanwhile. */
void progress_ref(const char *event_id, const char *action, size_t ordinal, char ref[REF_SIZE]);

/* From progress_print's text; "" and text that cannot be read give an empty one. */
void progress_init(struct progress *progress, const char *text);
void progress_clear(struct progress *progress);

bool progress_is_done(const struct progress *progress, const char *ref);
bool progress_is_in_doubt(const struct progress *progress, const char *ref);
void progress_set_done(struct progress *progress, const char *ref);
void progress_set_in_doubt(struct progress *progress, const char *ref);

/* The event is done: whatever was written comes into doubt, so that a later replay looks before it writes again; and
 * its time counts from the start. */
void progress_close(struct progress *progress);

/* Owned text (mem_free); "" when there is nothing to remember. */
char *progress_print(const struct progress *progress);
