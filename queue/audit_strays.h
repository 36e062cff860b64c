/*
 * audit_strays.h - finding events that are in a lane which is not theirs. Called by inspect_audit.c; knows no Redis.
 *
 * A lane holds only ids, and a record says whose it is; so both are gathered, and compared at the end.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/text_set.h"

/* Starts zeroed. */
struct audit_strays {
    struct text_set own; /* lane and id of each record */
    struct sighting {
        char *lane, *id;
    } * seen; /* in lanes */
    size_t seen_count, seen_capacity;
};

void audit_strays_add_record(struct audit_strays *strays, const char *lane, const char *id);
void audit_strays_add_seen(struct audit_strays *strays, const char *lane, const char *id);

/* Called for each that was seen in a lane and has no record that says so. */
typedef void audit_stray_fn(void *arg, const char *lane, const char *id);
void audit_strays_compare(const struct audit_strays *strays, audit_stray_fn *fn, void *arg);

void audit_strays_clear(struct audit_strays *strays);
