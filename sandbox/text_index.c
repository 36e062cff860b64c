/*
 * text_index.c - a chained hash table that doubles when it has as many entries as buckets.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/text_index.h"

#include "base/mem.h"

#include <string.h>

struct entry {
    struct entry *next;
    uint64_t hash;
    char *key;
    struct record_list records;
};

struct text_index {
    struct entry **buckets;
    size_t bucket_count; /* a power of two */
    size_t entry_count;
};

void record_list_add(struct record_list *list, struct record *record)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 4;
        list->items = mem_resize(list->items, list->capacity * sizeof(struct record *));
    }
    list->items[list->count++] = record;
}

/* FNV-1a. The keys come from a developer's own tests, so nobody needs to be kept from making them collide. */
static uint64_t hash_of(const char *key)
{
    uint64_t hash = 14695981039346656037u;

    for (; *key; key++)
        hash = (hash ^ (unsigned char)*key) * 1099511628211u;
    return hash;
}

struct text_index *text_index_new(void)
{
    struct text_index *index = mem_new(sizeof(*index));

    index->bucket_count = 1024;
    index->buckets = mem_new(index->bucket_count * sizeof(struct entry *));
    return index;
}

void text_index_free(struct text_index *index)
{
    for (size_t i = 0; index && i < index->bucket_count; i++) {
        for (struct entry *entry = index->buckets[i], *next = NULL; entry; entry = next) {
            next = entry->next;
            mem_free(entry->records.items);
            mem_free(entry->key);
            mem_free(entry);
        }
    }
    if (index)
        mem_free(index->buckets);
    mem_free(index);
}

static void grow(struct text_index *index)
{
    size_t count = index->bucket_count * 2;
    struct entry **buckets = mem_new(count * sizeof(struct entry *));

    for (size_t i = 0; i < index->bucket_count; i++) {
        for (struct entry *entry = index->buckets[i], *next = NULL; entry; entry = next) {
            next = entry->next;
            entry->next = buckets[entry->hash & (count - 1)];
            buckets[entry->hash & (count - 1)] = entry;
        }
    }
    mem_free(index->buckets);
    index->buckets = buckets;
    index->bucket_count = count;
}

static struct entry *find(const struct text_index *index, const char *key, uint64_t hash)
{
    struct entry *entry = index->buckets[hash & (index->bucket_count - 1)];

    while (entry && (entry->hash != hash || strcmp(entry->key, key) != 0))
        entry = entry->next;
    return entry;
}

void text_index_add(struct text_index *index, const char *key, struct record *record)
{
    uint64_t hash = hash_of(key);
    struct entry *entry = find(index, key, hash);

    if (!entry) {
        if (index->entry_count == index->bucket_count)
            grow(index);
        entry = mem_new(sizeof(*entry));
        entry->hash = hash;
        entry->key = mem_string(key);
        entry->next = index->buckets[hash & (index->bucket_count - 1)];
        index->buckets[hash & (index->bucket_count - 1)] = entry;
        index->entry_count++;
    }
    for (size_t i = 0; i < entry->records.count; i++)
        if (entry->records.items[i] == record)
            return;
    record_list_add(&entry->records, record);
}

const struct record_list *text_index_find(const struct text_index *index, const char *key)
{
    const struct entry *entry = find(index, key, hash_of(key));

    return entry ? &entry->records : NULL;
}
