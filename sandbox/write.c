/*
 * write.c - from document to record: form, attributes, relations, what is missing, what is special; then store.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/write.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_number_text(const char *text)
{
    size_t size = strspn(text, "0123456789");

    return size > 0 && size <= 18 && !text[size];
}

/* Whether every member of object is one of the words. */
static bool check_members(struct write *write, const cJSON *object, const char *words, const char *pointer)
{
    const cJSON *member;

    cJSON_ArrayForEach(member, object)
    {
        if (!schema_has_word(words, member->string))
            return reply_bad_document(write->reply, pointer, "%.60s is not expected here", member->string);
    }
    return true;
}

static bool check_id(struct write *write, const cJSON *data)
{
    const cJSON *id = json_get(data, "id");

    if (!id)
        return true;
    if (write->verb == ON_CREATE)
        return reply_bad_document(write->reply, "/data/id", "A new record's id is not chosen by the client");
    if (!cJSON_IsString(id) || !is_number_text(id->valuestring) ||
        strtoll(id->valuestring, NULL, 10) != write->record->id)
        return reply_bad_document(write->reply, "/data/id", "The id is not that of the path");
    return true;
}

/* What holds of every document: {"data":{"type":…,"id":…,"attributes":{…},"relationships":{…}}}. */
static bool check_form(struct write *write, const cJSON *document)
{
    const cJSON *data = json_get(document, "data");
    const cJSON *attributes = json_get(data, "attributes");
    const cJSON *relationships = json_get(data, "relationships");

    if (!cJSON_IsObject(data))
        return reply_bad_document(write->reply, "/data", "The document has no data object");
    if (!check_members(write, document, "data", "") ||
        !check_members(write, data, "type id attributes relationships", "/data"))
        return false;
    if (strcmp(json_get_string(data, "type", ""), write->schema->type) != 0)
        return reply_bad_document(write->reply, "/data/type", "The type must be %s", write->schema->type);
    if (attributes && !cJSON_IsObject(attributes))
        return reply_bad_document(write->reply, "/data/attributes", "The attributes must be an object");
    if (relationships && !cJSON_IsObject(relationships))
        return reply_bad_document(write->reply, "/data/relationships", "The relationships must be an object");
    return check_id(write, data);
}

static bool all_are(const cJSON *array, cJSON_bool (*is)(const cJSON *const item))
{
    const cJSON *item;

    if (!cJSON_IsArray(array))
        return false;
    cJSON_ArrayForEach(item, array)
    {
        if (!is(item))
            return false;
    }
    return true;
}

static bool is_date(const cJSON *value)
{
    char text[32];
    int64_t at_ms;

    if (!cJSON_IsString(value) || strlen(value->valuestring) != 10)
        return false;
    (void)snprintf(text, sizeof(text), "%sT00:00:00Z", value->valuestring);
    return clock_parse(text, &at_ms);
}

/* NULL when value is of that kind, else what it must be. Kinds that are not stored are never written. */
static const char *kind_problem(enum kind kind, const cJSON *value)
{
    switch (kind) {
    case KIND_TEXT:
        return cJSON_IsString(value) ? NULL : "must be a string";
    case KIND_BOOLEAN:
        return cJSON_IsBool(value) ? NULL : "must be true or false";
    case KIND_INTEGER:
        return cJSON_IsNumber(value) && value->valuedouble == floor(value->valuedouble) ? NULL : "must be an integer";
    case KIND_NUMBER:
        return cJSON_IsNumber(value) ? NULL : "is not a number";
    case KIND_DATE:
        return is_date(value) ? NULL : "must be a date such as 2026-01-31";
    case KIND_TEXTS:
        return all_are(value, cJSON_IsString) ? NULL : "must be an array of strings";
    case KIND_OBJECT:
        return cJSON_IsObject(value) ? NULL : "must be an object";
    case KIND_OBJECTS:
        return all_are(value, cJSON_IsObject) ? NULL : "must be an array of objects";
    default:
        return "cannot be written";
    }
}

static bool check_attribute(struct write *write, const cJSON *value)
{
    const struct attribute *attribute = schema_attribute(write->schema, value->string);
    const char *problem;

    if (!attribute || !(attribute->flags & write->verb)) {
        char *pointer = mem_printf("/data/attributes/%.60s", value->string);

        (void)reply_bad_document(write->reply, pointer, "%.60s %s", value->string,
                                 attribute ? "cannot be written" : "is an unknown attribute");
        mem_free(pointer);
        return false;
    }
    if (cJSON_IsNull(value))
        return true;
    problem = kind_problem(attribute->kind, value);
    return !problem || reply_invalid(write->reply, "attributes", attribute->name, "%s", problem);
}

/* Every attribute is looked at, so that the answer names all that is wrong. */
static bool read_attributes(struct write *write, const cJSON *attributes)
{
    const cJSON *value;
    bool ok = true;

    write->attributes = attributes ? cJSON_Duplicate(attributes, true) : cJSON_CreateObject();
    cJSON_ArrayForEach(value, attributes)
    {
        ok &= check_attribute(write, value);
    }
    return ok;
}

static bool read_target(struct write *write, const struct relation *relation, const cJSON *data)
{
    const char *type = json_get_string(data, "type", "");
    const char *id = json_get_string(data, "id", "");
    struct record *target;

    if (!schema_has_word(relation->types, type))
        return reply_invalid(write->reply, "relationships", relation->name, "must be of type %s", relation->types);
    target = is_number_text(id) ? store_find(write->store, type, strtoll(id, NULL, 10)) : NULL;
    if (!target)
        return reply_invalid(write->reply, "relationships", relation->name, "must exist");
    write->links[relation - write->schema->relations] = target;
    return true;
}

static bool read_relation(struct write *write, const cJSON *value)
{
    const struct relation *relation = schema_relation(write->schema, value->string);
    const cJSON *data = json_get(value, "data");

    if (!relation || !(relation->flags & write->verb) || !cJSON_IsObject(data)) {
        char *pointer = mem_printf("/data/relationships/%.60s", value->string);

        (void)reply_bad_document(write->reply, pointer, "%.60s %s", value->string,
                                 !relation                          ? "is an unknown relationship"
                                 : !(relation->flags & write->verb) ? "cannot be written"
                                                                    : "has no data object");
        mem_free(pointer);
        return false;
    }
    return check_members(write, value, "data", "/data/relationships") &&
           check_members(write, data, "type id", "/data/relationships") && read_target(write, relation, data);
}

static bool read_relations(struct write *write, const cJSON *relationships)
{
    const cJSON *value;
    bool ok = true;

    cJSON_ArrayForEach(value, relationships)
    {
        ok &= read_relation(write, value);
    }
    return ok;
}

static bool is_blank(const cJSON *value)
{
    return !value || cJSON_IsNull(value) ||
           (cJSON_IsString(value) && !value->valuestring[strspn(value->valuestring, " \t\r\n")]);
}

/* An update may leave out what a creation needs, but not empty it. */
static bool check_needed(struct write *write)
{
    bool is_new = write->verb == ON_CREATE;
    bool ok = true;

    for (const struct attribute *attribute = write->schema->attributes; attribute->name; attribute++) {
        const cJSON *value = json_get(write->attributes, attribute->name);

        if ((attribute->flags & NEEDED) && (is_new || value) && is_blank(value))
            ok = reply_invalid(write->reply, "attributes", attribute->name, "can't be blank");
    }
    for (size_t i = 0; is_new && write->schema->relations[i].name; i++)
        if ((write->schema->relations[i].flags & NEEDED) && !write->links[i])
            ok = reply_invalid(write->reply, "relationships", write->schema->relations[i].name, "must exist");
    return ok;
}

static bool create(struct write *write)
{
    write->record = store_add(write->store, write->schema, write->attributes);
    write->attributes = NULL;
    return write->record || reply_refuse(write->reply, 503, NULL);
}

static void update(struct write *write)
{
    while (write->attributes->child) {
        cJSON *value = cJSON_DetachItemViaPointer(write->attributes, write->attributes->child);
        char *name = mem_string(value->string);

        store_set(write->store, write->record, name, value);
        mem_free(name);
    }
}

static bool store(struct write *write)
{
    if (write->verb == ON_UPDATE)
        update(write);
    else if (!create(write))
        return false;
    for (size_t i = 0; write->schema->relations[i].name; i++)
        if (write->links[i])
            store_link(write->store, write->record, write->schema->relations[i].name, write->links[i]);
    store_touch(write->store, write->record);
    if (write->schema->stored)
        write->schema->stored(write);
    return true;
}

struct record *write_link(const struct write *write, const char *relation)
{
    struct record *target = write->links[schema_relation(write->schema, relation) - write->schema->relations];

    return target || !write->record ? target : record_link(write->record, relation);
}

void write_set_link(struct write *write, const char *relation, struct record *target)
{
    write->links[schema_relation(write->schema, relation) - write->schema->relations] = target;
}

/* Both are read even if the first has mistakes, so that the answer names them all. */
static bool read_data(struct write *write, const cJSON *data)
{
    bool attributes = read_attributes(write, json_get(data, "attributes"));
    bool relations = read_relations(write, json_get(data, "relationships"));

    return attributes && relations;
}

bool write_perform(struct write *write, const cJSON *document)
{
    assert(schema_relation_count(write->schema) <= WRITE_LINKS_MAX);
    write->verb = write->record ? ON_UPDATE : ON_CREATE;
    return check_form(write, document) && read_data(write, json_get(document, "data")) && check_needed(write) &&
           (!write->schema->prepare || write->schema->prepare(write)) && store(write);
}

void write_clear(struct write *write)
{
    cJSON_Delete(write->attributes);
    mem_free(write->summary);
    write->attributes = NULL;
    write->summary = NULL;
}
