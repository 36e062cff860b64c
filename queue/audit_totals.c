/*
 * audit_totals.c - counting events by account. Called by inspect_audit.c; knows no Redis.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/audit_totals.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void audit_totals_clear(struct audit_totals *totals)
{
    mem_free(totals->events);
    mem_free(totals->accounts);
    memset(totals, 0, sizeof(*totals));
}

static void *grown(void *items, size_t count, size_t *capacity, size_t item_size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity ? *capacity * 2 : 256;
    return mem_resize(items, *capacity * item_size);
}

void audit_totals_add_event(struct audit_totals *totals, const char *id, const char *account, int64_t bytes)
{
    struct seen_event *event;

    totals->events = grown(totals->events, totals->event_count, &totals->event_capacity, sizeof(*event));
    event = &totals->events[totals->event_count++];
    snprintf(event->id, sizeof(event->id), "%s", id);
    snprintf(event->account, sizeof(event->account), "%s", account);
    event->bytes = bytes;
}

void audit_totals_add_account(struct audit_totals *totals, const char *name, int64_t waiting)
{
    struct seen_account *account;

    totals->accounts = grown(totals->accounts, totals->account_count, &totals->account_capacity, sizeof(*account));
    account = &totals->accounts[totals->account_count++];
    snprintf(account->name, sizeof(account->name), "%s", name);
    account->waiting = waiting;
}

static int by_account_and_id(const void *a, const void *b)
{
    const struct seen_event *one = a, *other = b;
    int order = strcmp(one->account, other->account);

    return order ? order : strcmp(one->id, other->id);
}

/* Drops what was met twice. */
static void sort_events(struct audit_totals *totals)
{
    size_t kept = 0;

    if (totals->event_count > 0)
        qsort(totals->events, totals->event_count, sizeof(totals->events[0]), by_account_and_id);
    for (size_t i = 0; i < totals->event_count; i++)
        if (kept == 0 || by_account_and_id(&totals->events[kept - 1], &totals->events[i]) != 0)
            totals->events[kept++] = totals->events[i];
    totals->event_count = kept;
}

/* The first event whose account is not before name: the events are sorted. */
static size_t first_of(const struct audit_totals *totals, const char *name, int beyond)
{
    size_t low = 0, high = totals->event_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(totals->events[middle].account, name) < beyond)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void audit_totals_compare(struct audit_totals *totals, audit_wrong_fn *fn, void *arg)
{
    sort_events(totals);
    for (size_t i = 0; i < totals->account_count; i++) {
        const struct seen_account *account = &totals->accounts[i];
        size_t counted = first_of(totals, account->name, 1) - first_of(totals, account->name, 0);

        if ((int64_t)counted != account->waiting)
            fn(arg, account->name, account->waiting, (int64_t)counted);
    }
}

int64_t audit_totals_bytes(const struct audit_totals *totals)
{
    int64_t bytes = 0;

    for (size_t i = 0; i < totals->event_count; i++)
        bytes += totals->events[i].bytes;
    return bytes;
}
