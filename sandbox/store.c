/*
 * store.c - records in one array per type, by id, with lists from each record to what belongs to it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/store.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "sandbox/text_index.h"

#include <assert.h>
#include <ctype.h>

struct store {
    struct record_list records[SCHEMA_COUNT];
    size_t record_count;
    struct text_index *index;
    uint64_t version;
    uint64_t mark;
};

static const struct record_list empty_list = {0};

struct store *store_new(void)
{
    struct store *store = mem_new(sizeof(*store));

    store->index = text_index_new();
    return store;
}

static void record_free(struct record *record)
{
    for (size_t i = 0; record->schema->relations[i].name; i++)
        if (record->schema->relations[i].flags & MANY)
            mem_free(record->slots[i].many.items);
    cJSON_Delete(record->attributes);
    mem_free(record);
}

void store_free(struct store *store)
{
    if (!store)
        return;
    for (size_t type = 0; type < SCHEMA_COUNT; type++) {
        for (size_t i = 0; i < store->records[type].count; i++)
            record_free(store->records[type].items[i]);
        mem_free(store->records[type].items);
    }
    text_index_free(store->index);
    mem_free(store);
}

/* "applications email ada@mail.example", owned. */
static char *index_key(const struct schema *schema, const char *attribute, const char *value)
{
    char *key = mem_printf("%s %s %s", schema->type, attribute, value);

    for (char *at = key; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return key;
}

static void index_attribute(struct store *store, struct record *record, const char *name)
{
    const struct attribute *attribute = schema_attribute(record->schema, name);
    const char *value = json_get_string(record->attributes, name, NULL);

    if (attribute && (attribute->flags & INDEXED) && value) {
        char *key = index_key(record->schema, name, value);

        text_index_add(store->index, key, record);
        mem_free(key);
    }
}

struct record *store_add(struct store *store, const struct schema *schema, cJSON *attributes)
{
    struct record_list *records = &store->records[schema_number(schema)];
    struct record *record;

    if (store->record_count == STORE_RECORDS_MAX) {
        cJSON_Delete(attributes);
        return NULL;
    }
    record = mem_new(sizeof(*record) + schema_relation_count(schema) * sizeof(union slot));
    record->schema = schema;
    record->id = (long long)records->count + 1;
    record->created_ms = record->updated_ms = clock_now_ms();
    record->version = ++store->version;
    record->attributes = attributes;
    record_list_add(records, record);
    store->record_count++;
    for (const struct attribute *attribute = schema->attributes; attribute->name; attribute++)
        index_attribute(store, record, attribute->name);
    return record;
}

static union slot *slot_of(const struct record *record, const char *relation)
{
    const struct relation *row = schema_relation(record->schema, relation);

    assert(row);
    return (union slot *)&record->slots[row - record->schema->relations];
}

void store_link(struct store *store, struct record *record, const char *relation, struct record *target)
{
    const struct relation *row = schema_relation(record->schema, relation);
    union slot *slot = slot_of(record, relation);

    assert(!(row->flags & MANY) && schema_has_word(row->types, target->schema->type));
    assert(!row->inverse || !slot->one);
    slot->one = target;
    if (row->inverse)
        record_list_add(&slot_of(target, row->inverse)->many, record);
    record->version = target->version = ++store->version;
}

void store_set(struct store *store, struct record *record, const char *name, cJSON *value)
{
    cJSON_DeleteItemFromObjectCaseSensitive(record->attributes, name);
    cJSON_AddItemToObject(record->attributes, name, value);
    index_attribute(store, record, name);
}

void store_touch(struct store *store, struct record *record)
{
    record->updated_ms = clock_now_ms();
    record->version = ++store->version;
    for (size_t i = 0; record->schema->relations[i].name; i++)
        if (!(record->schema->relations[i].flags & MANY) && record->slots[i].one)
            record->slots[i].one->version = store->version;
}

struct record *store_find(const struct store *store, const char *type, long long id)
{
    const struct schema *schema = schema_of(type);
    const struct record_list *records;

    if (!schema)
        return NULL;
    records = &store->records[schema_number(schema)];
    return id >= 1 && (unsigned long long)id <= records->count ? records->items[id - 1] : NULL;
}

const struct record_list *store_all(const struct store *store, const struct schema *schema)
{
    return &store->records[schema_number(schema)];
}

const struct record_list *store_indexed(const struct store *store, const struct schema *schema, const char *attribute,
                                        const char *value)
{
    char *key = index_key(schema, attribute, value);
    const struct record_list *records = text_index_find(store->index, key);

    mem_free(key);
    return records;
}

uint64_t store_version(const struct store *store)
{
    return store->version;
}

uint64_t store_new_mark(struct store *store)
{
    return ++store->mark;
}

struct record *record_link(const struct record *record, const char *relation)
{
    return slot_of(record, relation)->one;
}

const struct record_list *record_many(const struct record *record, const char *relation)
{
    return schema_relation(record->schema, relation) ? &slot_of(record, relation)->many : &empty_list;
}

const char *record_text(const struct record *record, const char *name)
{
    return json_get_string(record->attributes, name, "");
}

char *record_full_name(const struct record *record)
{
    return mem_printf("%s %s", record_text(record, "first_name"), record_text(record, "last_name"));
}
