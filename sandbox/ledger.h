/*
 * ledger.h - every write that took effect through the API, in order: what tests count and people read.
 *
 * A write is entered when it is done, whether or not its answer reached the client; answered says which.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEDGER_ENTRIES_MAX    500000 /* then the oldest half is forgotten; the numbers go on */
#define LEDGER_BODY_MAX_BYTES 16384  /* a longer body is not kept */

struct ledger;
struct record;

struct ledger_entry {
    const char *method;
    const char *path;
    const struct record *record; /* what was made or changed */
    const struct record *parent; /* what it belongs to, or NULL */
    const char *summary;
    const char *body; /* the JSON text that was sent */
    size_t body_size;
};

struct ledger *ledger_new(void);
void ledger_free(struct ledger *ledger); /* takes NULL */

/* Copies what it needs. The entry's number: 1, 2, 3 … */
uint64_t ledger_add(struct ledger *ledger, const struct ledger_entry *entry);

/* The client of that write was told of its success. Nothing when it is forgotten. */
void ledger_mark_answered(struct ledger *ledger, uint64_t number);

/* How many writes there were in all. */
uint64_t ledger_count(const struct ledger *ledger);

/* {"writes":[…],"count":…}: the first limit ones numbered above since. Owned. */
cJSON *ledger_list(const struct ledger *ledger, uint64_t since, size_t limit);
