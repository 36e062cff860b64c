/*
 * query_read.c - filter[…], include, fields[…], extra_fields[…], sort, page[…], stats[total], locale.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/query.h"

#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/filter.h"

#include <stdlib.h>
#include <string.h>

#define LOCALES "de en es fr pt pt-BR"

/* What is being read, for the callback. */
struct reading {
    struct query *query;
    struct reply *reply;
    bool is_list;
    bool ok;
};

/* One parameter, cut up: "filter[created_at][gt]" has family "filter", key "created_at" and suffix "gt". */
struct parameter {
    const char *name; /* as it was given */
    char family[24];
    char key[48];
    char suffix[8];
    const char *value;
};

typedef bool parameter_fn(struct reading *reading, const struct parameter *parameter);

/* Copies what stands between "[" and "]" at *at and moves behind it. An empty text when nothing is there. */
static bool cut_bracket(const char **at, char *text, size_t size)
{
    const char *end;

    text[0] = '\0';
    if (**at != '[')
        return true;
    end = strchr(*at, ']');
    if (!end || end - *at - 1 <= 0 || (size_t)(end - *at - 1) >= size)
        return false;
    memcpy(text, *at + 1, (size_t)(end - *at - 1));
    text[end - *at - 1] = '\0';
    *at = end + 1;
    return true;
}

static bool cut_name(const char *name, struct parameter *parameter)
{
    size_t size = strcspn(name, "[");
    const char *at = name + size;

    if (size >= sizeof(parameter->family))
        return false;
    memcpy(parameter->family, name, size);
    parameter->family[size] = '\0';
    return cut_bracket(&at, parameter->key, sizeof(parameter->key)) &&
           cut_bracket(&at, parameter->suffix, sizeof(parameter->suffix)) && !*at;
}

/* Calls fn for each part of text between commas, as an owned string that fn keeps or frees. */
typedef bool part_fn(struct reading *reading, const struct parameter *parameter, const char *part);

static bool each_part(struct reading *reading, const struct parameter *parameter, part_fn *fn)
{
    char *parts = mem_string(parameter->value);
    char *at = parts;
    bool ok = true;

    while (ok && at) {
        char *comma = strchr(at, ',');

        if (comma)
            *comma = '\0';
        ok = fn(reading, parameter, at);
        at = comma ? comma + 1 : NULL;
    }
    mem_free(parts);
    return ok;
}

static bool is_number(const char *text)
{
    size_t size = strspn(text, "0123456789");

    return size > 0 && size <= 18 && !text[size];
}

static bool check_filter_value(struct reading *reading, const struct parameter *parameter, const char *value)
{
    const struct filter *filter = schema_filter(reading->query->schema, parameter->key);

    return !filter->values || schema_has_word(filter->values, value) ||
           reply_bad_parameter(reading->reply, parameter->name, "takes %s", filter->values);
}

/* The value of a [gt] or [lt]. */
static bool read_time(struct reading *reading, const struct parameter *parameter, struct given_filter *given)
{
    if (strcmp(parameter->suffix, "gt") != 0 && strcmp(parameter->suffix, "lt") != 0)
        return reply_bad_parameter(reading->reply, parameter->name, "must end in [gt] or [lt]");
    if (!clock_parse(parameter->value, &given->at_ms))
        return reply_bad_parameter(reading->reply, parameter->name, "is no ISO 8601 time");
    given->comparison = strcmp(parameter->suffix, "gt") == 0 ? COMPARE_AFTER : COMPARE_BEFORE;
    return true;
}

static bool check_filter(struct reading *reading, const struct parameter *parameter, struct given_filter *given)
{
    if (given->filter->matches == filter_time)
        return read_time(reading, parameter, given);
    if (parameter->suffix[0])
        return reply_bad_parameter(reading->reply, parameter->name, "is not known");
    if (given->filter->matches == filter_link_id && !is_number(parameter->value))
        return reply_bad_parameter(reading->reply, parameter->name, "must be a number");
    return each_part(reading, parameter, check_filter_value);
}

static bool read_filter(struct reading *reading, const struct parameter *parameter)
{
    struct query *query = reading->query;
    struct given_filter given = {.filter = schema_filter(query->schema, parameter->key)};

    if (!reading->is_list || !given.filter || query->filter_count == QUERY_FILTERS_MAX)
        return reply_bad_parameter(reading->reply, parameter->name, "is not a filter of %s", query->schema->type);
    if (!check_filter(reading, parameter, &given))
        return false;
    given.value = mem_string(parameter->value);
    query->filters[query->filter_count++] = given;
    return true;
}

/* Whether path leads along relations that are shown. Behind a relation that the sandbox never has any of, every
 * path is taken. */
static bool is_path(const struct schema *schema, const char *path)
{
    while (*path) {
        char name[48] = "";
        size_t size = strcspn(path, ".");
        const struct relation *relation;

        if (size >= sizeof(name))
            return false;
        memcpy(name, path, size);
        relation = schema_relation(schema, name);
        if (!relation || (relation->flags & HIDDEN))
            return false;
        path += size;
        if (!*path || !relation->types[0])
            return true;
        path++;
        schema = schema_of(relation->types);
        if (!schema)
            return false;
    }
    return false;
}

static bool read_include_path(struct reading *reading, const struct parameter *parameter, const char *path)
{
    struct query *query = reading->query;

    if (!is_path(query->schema, path) || query->include_count == QUERY_PATHS_MAX) {
        return reply_bad_parameter(reading->reply, parameter->name, "%s is not known for %s", path,
                                   query->schema->type);
    }
    query->includes[query->include_count++] = mem_string(path);
    return true;
}

static bool read_include(struct reading *reading, const struct parameter *parameter)
{
    return each_part(reading, parameter, read_include_path);
}

static bool check_field(struct reading *reading, const struct parameter *parameter, const char *name)
{
    const struct attribute *attribute = schema_attribute(schema_of(parameter->key), name);
    bool is_extra = strcmp(parameter->family, "extra_fields") == 0;

    if (!is_extra && strcmp(name, "id") == 0)
        return true;
    return (attribute && !(attribute->flags & HIDDEN) && (!is_extra || (attribute->flags & EXTRA))) ||
           reply_bad_parameter(reading->reply, parameter->name, "%s is not an attribute", name);
}

static bool read_fields(struct reading *reading, const struct parameter *parameter)
{
    struct query *query = reading->query;
    struct field_set *set = &query->field_sets[query->field_set_count];

    if (!schema_of(parameter->key) || query->field_set_count == QUERY_FIELD_SETS_MAX)
        return reply_bad_parameter(reading->reply, parameter->name, "names no type");
    if (!each_part(reading, parameter, check_field))
        return false;
    set->schema = schema_of(parameter->key);
    set->is_extra = strcmp(parameter->family, "extra_fields") == 0;
    set->names = mem_string(parameter->value);
    for (char *at = set->names; *at; at++)
        *at = *at == ',' ? ' ' : *at;
    query->field_set_count++;
    return true;
}

/* The name as the schema's own literal, which outlives the query. */
static const char *sort_name(const struct schema *schema, const char *name)
{
    if (!schema_has_word(schema->sorts, name))
        return NULL;
    return strcmp(name, "id") == 0 ? "id" : schema_attribute(schema, name)->name;
}

static bool read_sort_key(struct reading *reading, const struct parameter *parameter, const char *key)
{
    struct query *query = reading->query;
    bool descending = key[0] == '-';
    const char *name = sort_name(query->schema, key + descending);

    if (!name || query->sort_count == QUERY_SORTS_MAX) {
        return reply_bad_parameter(reading->reply, parameter->name, "%s is not a sort key of %s", key,
                                   query->schema->type);
    }
    for (size_t i = 0; i < query->sort_count; i++)
        if (query->sorts[i].name == name)
            return reply_bad_parameter(reading->reply, parameter->name, "names %s twice", name);
    query->sorts[query->sort_count++] = (struct sort_key){name, descending};
    return true;
}

static bool read_sort(struct reading *reading, const struct parameter *parameter)
{
    return reading->is_list ? each_part(reading, parameter, read_sort_key)
                            : reply_bad_parameter(reading->reply, parameter->name, "is for lists");
}

static bool read_page(struct reading *reading, const struct parameter *parameter)
{
    struct query *query = reading->query;
    bool is_size = strcmp(parameter->key, "size") == 0;
    int64_t number = is_number(parameter->value) ? strtoll(parameter->value, NULL, 10) : -1;

    if (!reading->is_list || (!is_size && strcmp(parameter->key, "number") != 0))
        return reply_bad_parameter(reading->reply, parameter->name, "is not known");
    if (is_size && (number < 0 || number > PAGE_SIZE_MAX))
        return reply_bad_parameter(reading->reply, parameter->name, "must be between 0 and %d", PAGE_SIZE_MAX);
    if (!is_size && (number < 1 || number > INT32_MAX))
        return reply_bad_parameter(reading->reply, parameter->name, "must be at least 1");
    *(is_size ? &query->page_size : &query->page_number) = number;
    return true;
}

static bool read_stats(struct reading *reading, const struct parameter *parameter)
{
    if (!reading->is_list || strcmp(parameter->key, "total") != 0 || strcmp(parameter->value, "count") != 0)
        return reply_bad_parameter(reading->reply, parameter->name, "must be stats[total]=count");
    reading->query->wants_total = true;
    return true;
}

static bool read_locale(struct reading *reading, const struct parameter *parameter)
{
    char *detail;

    if (parameter->key[0] && strcmp(parameter->key, "locale") != 0)
        return reply_bad_parameter(reading->reply, parameter->name, "is not known");
    if (schema_has_word(LOCALES, parameter->value))
        return true;
    detail = mem_printf("%.40s is not a valid locale", parameter->value);
    (void)reply_refuse(reading->reply, 400, detail);
    mem_free(detail);
    return false;
}

/* Every family of parameters, and whether it has a key in brackets. */
static const struct family {
    const char *name;
    bool has_key;
    parameter_fn *read;
} families[] = {
    {"filter", true, read_filter}, {"include", false, read_include},    {"fields", true, read_fields},
    {"sort", false, read_sort},    {"extra_fields", true, read_fields}, {"page", true, read_page},
    {"stats", true, read_stats},   {"locale", false, read_locale},      {"filters", true, read_locale},
};

static void read_parameter(void *arg, const char *name, const char *value)
{
    struct reading *reading = arg;
    struct parameter parameter = {.name = name, .value = value};

    if (!reading->ok)
        return;
    if (!cut_name(name, &parameter)) {
        reading->ok = reply_bad_parameter(reading->reply, "query", "has a parameter that is not known");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(families); i++) {
        if (strcmp(families[i].name, parameter.family) == 0 && families[i].has_key == (parameter.key[0] != '\0')) {
            reading->ok = families[i].read(reading, &parameter);
            return;
        }
    }
    reading->ok = reply_bad_parameter(reading->reply, name, "is not known");
}

bool query_read(struct query *query, const struct schema *schema, bool is_list, struct http_exchange *exchange,
                struct reply *reply)
{
    struct reading reading = {query, reply, is_list, true};

    *query = (struct query){.schema = schema, .page_number = 1, .page_size = PAGE_SIZE_DEFAULT};
    http_exchange_each_query(exchange, read_parameter, &reading);
    return reading.ok;
}
