/*
 * list.h - which records a query asks for: filtered, sorted, one page of them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/query.h"
#include "sandbox/store.h"

struct page {
    const struct record **records; /* owned; the records themselves are the store's */
    size_t count;
    size_t total; /* how many there are on all pages */
};

/* Starts from the smallest list that an index offers, so a record's comments cost nothing to those of others. */
void list_read(const struct store *store, const struct query *query, struct page *page);
void list_clear(struct page *page);

/* Whether the API shows record to who did not ask for it by visibility: confidential jobs and what hangs on them
 * are left out. */
bool list_is_public(const struct record *record);
