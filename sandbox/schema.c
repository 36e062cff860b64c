/*
 * schema.c - finding rows in the tables of schemas.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/schema.h"

#include <assert.h>
#include <string.h>

const struct schema *schema_of(const char *type)
{
    for (const struct schema *schema = schemas; schema->type; schema++)
        if (strcmp(schema->type, type) == 0)
            return schema;
    return NULL;
}

size_t schema_number(const struct schema *schema)
{
    size_t number = (size_t)(schema - schemas);

    assert(number < SCHEMA_COUNT);
    return number;
}

size_t schema_relation_count(const struct schema *schema)
{
    size_t count = 0;

    while (schema->relations[count].name)
        count++;
    return count;
}

const struct attribute *schema_attribute(const struct schema *schema, const char *name)
{
    for (const struct attribute *attribute = schema->attributes; attribute->name; attribute++)
        if (strcmp(attribute->name, name) == 0)
            return attribute;
    return NULL;
}

const struct relation *schema_relation(const struct schema *schema, const char *name)
{
    for (const struct relation *relation = schema->relations; relation->name; relation++)
        if (strcmp(relation->name, name) == 0)
            return relation;
    return NULL;
}

const struct filter *schema_filter(const struct schema *schema, const char *name)
{
    for (const struct filter *filter = schema->filters; filter->name; filter++)
        if (strcmp(filter->name, name) == 0)
            return filter;
    return NULL;
}

bool schema_has_word(const char *text, const char *word)
{
    size_t size = strlen(word);

    for (const char *at = text; size > 0 && *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");

        if (length == size && memcmp(at, word, size) == 0)
            return true;
        at += length;
    }
    return false;
}
