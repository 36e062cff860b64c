/*
 * query.c - asking a query that was read what it says.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/query.h"

#include "base/mem.h"

#include <string.h>

void query_clear(struct query *query)
{
    for (size_t i = 0; i < query->filter_count; i++)
        mem_free(query->filters[i].value);
    for (size_t i = 0; i < query->include_count; i++)
        mem_free(query->includes[i]);
    for (size_t i = 0; i < query->field_set_count; i++)
        mem_free(query->field_sets[i].names);
    *query = (struct query){0};
}

bool query_includes(const struct query *query, const char *prefix, const char *relation)
{
    size_t prefix_size = strlen(prefix);
    size_t size = strlen(relation);

    for (size_t i = 0; i < query->include_count; i++) {
        const char *path = query->includes[i];

        if (strncmp(path, prefix, prefix_size) != 0)
            continue;
        path += prefix_size;
        if (strncmp(path, relation, size) == 0 && (!path[size] || path[size] == '.'))
            return true;
    }
    return false;
}

bool query_shows(const struct query *query, const struct schema *schema, const struct attribute *attribute)
{
    bool is_extra = (attribute->flags & EXTRA) != 0;
    bool shows = !is_extra;

    for (size_t i = 0; i < query->field_set_count; i++) {
        const struct field_set *set = &query->field_sets[i];

        if (set->schema == schema && set->is_extra == is_extra)
            shows = schema_has_word(set->names, attribute->name);
    }
    return shows && !(attribute->flags & HIDDEN);
}
