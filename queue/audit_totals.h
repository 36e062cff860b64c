/*
 * audit_totals.h - what an audit has counted, to be compared with what the queue says it holds.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/event.h"

#include <stdbool.h>
#include <stdint.h>

/* A walk over all keys may meet a key twice, so events are kept by id until they are counted. */
struct seen_event {
    char id[ULID_SIZE];
    char account[EVENT_NAME_MAX + 1];
    int64_t bytes;
};

/* What an account says of itself. */
struct seen_account {
    char name[EVENT_NAME_MAX + 1];
    int64_t waiting;
};

struct audit_totals {
    struct seen_event *events;
    size_t event_count, event_capacity;
    struct seen_account *accounts;
    size_t account_count, account_capacity;
};

void audit_totals_clear(struct audit_totals *totals);
void audit_totals_add_event(struct audit_totals *totals, const char *id, const char *account, int64_t bytes);
void audit_totals_add_account(struct audit_totals *totals, const char *name, int64_t waiting);

/* Called once for each account whose own count is wrong. */
typedef void audit_wrong_fn(void *arg, const char *account, int64_t says, int64_t counted);

/* Counts each event once from now on, and compares what accounts say. */
void audit_totals_compare(struct audit_totals *totals, audit_wrong_fn *fn, void *arg);

int64_t audit_totals_bytes(const struct audit_totals *totals);
