/*
 * jsonapi.c - rendering.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/jsonapi.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

/* One document in the making. Bearers of mark are in it already. */
struct drawing {
    const struct query *query;
    uint64_t mark;
    cJSON *included;
};

cJSON *jsonapi_time(int64_t at_ms)
{
    char text[CLOCK_TEXT_SIZE];
    char shown[CLOCK_TEXT_SIZE + 8];

    (void)snprintf(shown, sizeof(shown), "%.19s+00:00", clock_format(at_ms, text));
    return cJSON_CreateString(shown);
}

static cJSON *create_id(const struct record *record)
{
    char id[24];

    (void)snprintf(id, sizeof(id), "%lld", record->id);
    return cJSON_CreateString(id);
}

static cJSON *create_owned(char *text)
{
    cJSON *string = cJSON_CreateString(text);

    mem_free(text);
    return string;
}

static cJSON *stored_attribute(const struct record *record, const struct attribute *attribute)
{
    const cJSON *value = json_get(record->attributes, attribute->name);

    if (!value)
        return attribute->kind == KIND_OBJECTS ? cJSON_CreateArray() : cJSON_CreateNull();
    return attribute->kind == KIND_TIME ? jsonapi_time((int64_t)value->valuedouble) : cJSON_Duplicate(value, true);
}

static cJSON *link_attribute(const struct record *record, const struct attribute *attribute)
{
    const struct record *target = record_link(record, attribute->from);

    if (!target)
        return cJSON_CreateNull();
    if (attribute->kind == KIND_LINK_ID)
        return create_id(target);
    return cJSON_CreateString(attribute->kind == KIND_LINK_CLASS ? target->schema->class_name
                                                                 : record_text(target, "name"));
}

cJSON *jsonapi_attribute(const struct record *record, const struct attribute *attribute)
{
    switch (attribute->kind) {
    case KIND_CREATED_AT:
        return jsonapi_time(record->created_ms);
    case KIND_UPDATED_AT:
        return jsonapi_time(record->updated_ms);
    case KIND_FULL_NAME:
        return create_owned(record_full_name(record));
    case KIND_UNIQUE_REFERENCE:
        return create_owned(mem_printf("custom_field_%lld", record->id));
    case KIND_LINK_ID:
    case KIND_LINK_CLASS:
    case KIND_LINK_NAME:
        return link_attribute(record, attribute);
    default:
        return stored_attribute(record, attribute);
    }
}

static cJSON *create_identifier(const struct record *record)
{
    cJSON *identifier = cJSON_CreateObject();

    cJSON_AddStringToObject(identifier, "type", record->schema->type);
    cJSON_AddItemToObject(identifier, "id", create_id(record));
    return identifier;
}

static void include(struct drawing *drawing, struct record *record, const char *prefix);

/* The linkage of an included relation; what it leads to joins the document. */
static cJSON *draw_linkage(struct drawing *drawing, const struct record *record, const struct relation *relation,
                           const char *prefix)
{
    const union slot *slot = &record->slots[relation - record->schema->relations];
    char *path = mem_printf("%s%s.", prefix, relation->name);
    cJSON *data = NULL;

    if (relation->flags & MANY) {
        data = cJSON_CreateArray();
        for (size_t i = 0; i < slot->many.count; i++) {
            cJSON_AddItemToArray(data, create_identifier(slot->many.items[i]));
            include(drawing, slot->many.items[i], path);
        }
    } else if (slot->one) {
        data = create_identifier(slot->one);
        include(drawing, slot->one, path);
    }
    mem_free(path);
    return data ? data : cJSON_CreateNull();
}

static cJSON *draw_relations(struct drawing *drawing, const struct record *record, const char *prefix)
{
    cJSON *relations = cJSON_CreateObject();

    for (const struct relation *relation = record->schema->relations; relation->name; relation++) {
        cJSON *shown;

        if (relation->flags & HIDDEN)
            continue;
        shown = cJSON_AddObjectToObject(relations, relation->name);
        if (query_includes(drawing->query, prefix, relation->name))
            cJSON_AddItemToObject(shown, "data", draw_linkage(drawing, record, relation, prefix));
        else
            cJSON_AddFalseToObject(cJSON_AddObjectToObject(shown, "meta"), "included");
    }
    return relations;
}

static cJSON *draw(struct drawing *drawing, const struct record *record, const char *prefix)
{
    cJSON *drawn = cJSON_CreateObject();
    cJSON *attributes;

    cJSON_AddItemToObject(drawn, "id", create_id(record));
    cJSON_AddStringToObject(drawn, "type", record->schema->type);
    attributes = cJSON_AddObjectToObject(drawn, "attributes");
    for (const struct attribute *attribute = record->schema->attributes; attribute->name; attribute++)
        if (query_shows(drawing->query, record->schema, attribute))
            cJSON_AddItemToObject(attributes, attribute->name, jsonapi_attribute(record, attribute));
    if (record->schema->relations[0].name)
        cJSON_AddItemToObject(drawn, "relationships", draw_relations(drawing, record, prefix));
    return drawn;
}

static void include(struct drawing *drawing, struct record *record, const char *prefix)
{
    if (record->mark == drawing->mark)
        return;
    record->mark = drawing->mark;
    if (!drawing->included)
        drawing->included = cJSON_CreateArray();
    cJSON_AddItemToArray(drawing->included, draw(drawing, record, prefix));
}

static cJSON *finish(struct drawing *drawing, cJSON *data)
{
    cJSON *document = cJSON_CreateObject();

    cJSON_AddItemToObject(document, "data", data);
    if (drawing->included)
        cJSON_AddItemToObject(document, "included", drawing->included);
    cJSON_AddObjectToObject(document, "meta");
    return document;
}

cJSON *jsonapi_record(struct store *store, const struct query *query, const struct record *record)
{
    struct drawing drawing = {query, store_new_mark(store), NULL};
    cJSON *data = draw(&drawing, record, "");

    return finish(&drawing, data);
}

cJSON *jsonapi_page(struct store *store, const struct query *query, const struct page *page)
{
    struct drawing drawing = {query, store_new_mark(store), NULL};
    cJSON *data = cJSON_CreateArray();
    cJSON *document;

    for (size_t i = 0; i < page->count; i++)
        cJSON_AddItemToArray(data, draw(&drawing, page->records[i], ""));
    document = finish(&drawing, data);
    if (query->wants_total) {
        cJSON *stats = cJSON_AddObjectToObject(json_get(document, "meta"), "stats");
        cJSON *total = cJSON_AddObjectToObject(stats, "total");

        cJSON_AddNumberToObject(total, "count", (double)page->total);
    }
    return document;
}
