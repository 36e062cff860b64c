/*
 * list.c - lists: an index to start from, filters, sort keys, a page.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/list.h"

#include "base/json.h"
#include "base/mem.h"
#include "sandbox/filter.h"

#include <stdlib.h>
#include <string.h>

static const struct record_list empty_list = {0};

static const struct given_filter *given_by(const struct query *query, filter_fn *matches, const char *on)
{
    for (size_t i = 0; i < query->filter_count; i++) {
        const struct filter *filter = query->filters[i].filter;

        if (filter->matches == matches && (!on || strcmp(filter->on, on) == 0))
            return &query->filters[i];
    }
    return NULL;
}

/* The type that a link filter leads to: the relation's only one, or the one that its class filter names. */
static const struct schema *target_schema(const struct query *query, const struct relation *relation)
{
    const struct given_filter *given = given_by(query, filter_link_class, relation->name);

    if (!strchr(relation->types, ' '))
        return schema_of(relation->types);
    for (const struct schema *schema = schemas; given && schema->type; schema++)
        if (strcmp(schema->class_name, given->value) == 0)
            return schema;
    return NULL;
}

/* What belongs to the record that a link filter names, when the record keeps a list; NULL otherwise. */
static const struct record_list *list_of_parent(const struct store *store, const struct query *query)
{
    for (size_t i = 0; i < query->filter_count; i++) {
        const struct given_filter *given = &query->filters[i];
        const struct relation *relation =
            given->filter->matches == filter_link_id ? schema_relation(query->schema, given->filter->on) : NULL;
        const struct schema *target = relation && relation->inverse ? target_schema(query, relation) : NULL;

        if (target) {
            const struct record *parent = store_find(store, target->type, strtoll(given->value, NULL, 10));

            return parent ? record_many(parent, relation->inverse) : &empty_list;
        }
    }
    return NULL;
}

static const struct record_list *list_by_text(const struct store *store, const struct query *query)
{
    for (size_t i = 0; i < query->filter_count; i++) {
        const struct filter *filter = query->filters[i].filter;
        const struct attribute *attribute =
            filter->matches == filter_text ? schema_attribute(query->schema, filter->on) : NULL;

        if (attribute && (attribute->flags & INDEXED)) {
            const struct record_list *records =
                store_indexed(store, query->schema, attribute->name, query->filters[i].value);

            return records ? records : &empty_list;
        }
    }
    return NULL;
}

static const struct record_list *candidates(const struct store *store, const struct query *query)
{
    const struct record_list *records = list_of_parent(store, query);

    records = records ? records : list_by_text(store, query);
    return records ? records : store_all(store, query->schema);
}

static int64_t time_of(const struct record *record, const char *name)
{
    if (strcmp(name, "created_at") == 0)
        return record->created_ms;
    return strcmp(name, "updated_at") == 0 ? record->updated_ms : json_get_integer(record->attributes, name, 0);
}

/* Whether record passes for one of the values between commas. */
static bool passes_any(const struct record *record, const struct given_filter *given)
{
    const char *at = given->value;

    for (;;) {
        char part[64] = "";
        size_t size = strcspn(at, ",");

        if (size < sizeof(part))
            memcpy(part, at, size);
        if (given->filter->matches(record, given->filter, part))
            return true;
        if (!at[size])
            return false;
        at += size + 1;
    }
}

static bool passes(const struct record *record, const struct given_filter *given)
{
    switch (given->comparison) {
    case COMPARE_AFTER:
        return time_of(record, given->filter->on) > given->at_ms;
    case COMPARE_BEFORE:
        return time_of(record, given->filter->on) < given->at_ms;
    case COMPARE_EQUAL:
        break;
    }
    return given->filter->values ? passes_any(record, given)
                                 : given->filter->matches(record, given->filter, given->value);
}

bool list_is_public(const struct record *record)
{
    return strcmp(record_visibility(record), "confidential") != 0;
}

/* Comments and custom attributes are not hidden with their record: only types that can be asked for by visibility
 * leave the confidential out. */
static bool hides_confidential(const struct query *query)
{
    for (const struct filter *filter = query->schema->filters; filter->name; filter++)
        if (filter->matches == filter_visibility)
            return !given_by(query, filter_visibility, NULL);
    return false;
}

static bool is_asked_for(const struct record *record, const struct query *query)
{
    for (size_t i = 0; i < query->filter_count; i++)
        if (!passes(record, &query->filters[i]))
            return false;
    return true;
}

static int compare_by(const struct record *a, const struct record *b, const char *name)
{
    bool is_id = strcmp(name, "id") == 0;
    long long left = is_id ? a->id : time_of(a, name);
    long long right = is_id ? b->id : time_of(b, name);

    return (left > right) - (left < right);
}

static bool is_before(const struct record *a, const struct record *b, const struct query *query)
{
    for (size_t i = 0; i < query->sort_count; i++) {
        int order = compare_by(a, b, query->sorts[i].name);

        if (order != 0)
            return query->sorts[i].descending ? order > 0 : order < 0;
    }
    return a->id <= b->id;
}

/* Merge sort of count records; spare has room for as many. qsort cannot be told the query. */
static void sort(const struct record **records, const struct record **spare, size_t count, const struct query *query)
{
    size_t half = count / 2;
    size_t left = 0;
    size_t right = half;

    if (count < 2)
        return;
    sort(records, spare, half, query);
    sort(records + half, spare, count - half, query);
    for (size_t i = 0; i < count; i++) {
        bool take_left = right == count || (left < half && is_before(records[left], records[right], query));

        spare[i] = records[take_left ? left++ : right++];
    }
    memcpy(records, spare, count * sizeof(struct record *));
}

static void cut_page(struct page *page, const struct query *query)
{
    size_t size = (size_t)query->page_size;
    size_t first = size * (size_t)(query->page_number - 1);

    page->total = page->count;
    first = first < page->count ? first : page->count;
    page->count = page->count - first < size ? page->count - first : size;
    memmove(page->records, page->records + first, page->count * sizeof(struct record *));
}

void list_read(const struct store *store, const struct query *query, struct page *page)
{
    const struct record_list *records = candidates(store, query);
    bool hides = hides_confidential(query);
    const struct record **spare;

    *page = (struct page){.records = mem_new((records->count + 1) * sizeof(struct record *))};
    for (size_t i = 0; i < records->count; i++) {
        const struct record *record = records->items[i];

        if (is_asked_for(record, query) && !(hides && !list_is_public(record)))
            page->records[page->count++] = record;
    }
    if (query->sort_count > 0) {
        spare = mem_new((page->count + 1) * sizeof(struct record *));
        sort(page->records, spare, page->count, query);
        mem_free(spare);
    }
    cut_page(page, query);
}

void list_clear(struct page *page)
{
    mem_free((void *)page->records);
    *page = (struct page){0};
}
