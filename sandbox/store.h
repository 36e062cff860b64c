/*
 * store.h - the sandbox's records in memory, and the indexes that keep 10,000 applications quick.
 *
 * A record has an id (1, 2, 3 … in its type), its stored attributes, and one slot for each relation of its schema.
 * Linking a record to another also adds it to the other's list, so what belongs to a record is found without search.
 * Nothing is ever deleted: the API that this stands for has no way to, for what the sandbox offers.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/schema.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_RECORDS_MAX 1000000

struct store;
struct record;

struct record_list {
    struct record **items;
    size_t count, capacity;
};

union slot {
    struct record *one;
    struct record_list many;
};

struct record {
    const struct schema *schema;
    long long id;
    int64_t created_ms, updated_ms;
    uint64_t version;   /* grows whenever the record, or one linked to it, changes */
    uint64_t mark;      /* for whoever walks over records and wants each once: see store_new_mark */
    cJSON *attributes;  /* the stored ones */
    union slot slots[]; /* in the order of schema->relations */
};

struct store *store_new(void);
void store_free(struct store *store); /* takes NULL */

/* A new record with the type's next id, created now. Takes attributes. NULL when the store is full. */
struct record *store_add(struct store *store, const struct schema *schema, cJSON *attributes);

/* Links record to target by that relation to one, which had none or another before, and back. */
void store_link(struct store *store, struct record *record, const char *relation, struct record *target);

/* Sets a stored attribute. Takes value. */
void store_set(struct store *store, struct record *record, const char *name, cJSON *value);

/* Marks record as changed now, and what it is linked to as changed with it. */
void store_touch(struct store *store, struct record *record);

/* NULL when there is none. */
struct record *store_find(const struct store *store, const char *type, long long id);

/* All records of a type, by id. */
const struct record_list *store_all(const struct store *store, const struct schema *schema);

/* Those whose INDEXED attribute had that value at some time, letter case aside; NULL when none had. */
const struct record_list *store_indexed(const struct store *store, const struct schema *schema, const char *attribute,
                                        const char *value);

uint64_t store_version(const struct store *store); /* grows with every change */
uint64_t store_new_mark(struct store *store);      /* a mark that no record bears */

/* The record at a relation to one, or NULL. */
struct record *record_link(const struct record *record, const char *relation);

/* The records at a relation to many. */
const struct record_list *record_many(const struct record *record, const char *relation);

/* The stored text at name, or "". */
const char *record_text(const struct record *record, const char *name);

/* "Ada Okafor": first and last name, owned. */
char *record_full_name(const struct record *record);
