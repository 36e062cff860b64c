/*
 * filter.c - the comparisons behind filter[…].
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/filter.h"

#include "base/json.h"
#include "base/mem.h"
#include "sandbox/store.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool filter_text(const struct record *record, const struct filter *filter, const char *value)
{
    const char *text = json_get_string(record->attributes, filter->on, NULL);

    return text && strcasecmp(text, value) == 0;
}

bool filter_boolean(const struct record *record, const struct filter *filter, const char *value)
{
    return cJSON_IsTrue(json_get(record->attributes, filter->on)) == (strcmp(value, "true") == 0);
}

static bool contains(const char *text, const char *part)
{
    size_t size = strlen(part);

    for (; *text; text++)
        if (strncasecmp(text, part, size) == 0)
            return true;
    return size == 0;
}

bool filter_title(const struct record *record, const struct filter *filter, const char *value)
{
    return contains(record_text(record, filter->on), value);
}

bool filter_name(const struct record *record, const struct filter *filter, const char *value)
{
    char *name = record_full_name(record);
    bool passes = contains(name, value) || contains(record_text(record, "email"), value);

    (void)filter;
    mem_free(name);
    return passes;
}

bool filter_link_id(const struct record *record, const struct filter *filter, const char *value)
{
    const struct record *target = record_link(record, filter->on);

    return target && target->id == strtoll(value, NULL, 10);
}

bool filter_link_class(const struct record *record, const struct filter *filter, const char *value)
{
    const struct record *target = record_link(record, filter->on);

    return target && strcmp(target->schema->class_name, value) == 0;
}

bool filter_stage_type(const struct record *record, const struct filter *filter, const char *value)
{
    const struct record *stage = record_link(record, filter->on);

    return stage && strcmp(record_text(stage, "basic_type"), value) == 0;
}

const char *record_visibility(const struct record *record)
{
    if (schema_attribute(record->schema, "visibility"))
        return record_text(record, "visibility");
    for (const char *const *name = (const char *const[]){"job", "interviewable", NULL}; *name; name++) {
        const struct record *target = schema_relation(record->schema, *name) ? record_link(record, *name) : NULL;

        if (target)
            return record_visibility(target);
    }
    return "external";
}

bool filter_visibility(const struct record *record, const struct filter *filter, const char *value)
{
    (void)filter;
    return strcmp(record_visibility(record), value) == 0;
}

bool filter_time(const struct record *record, const struct filter *filter, const char *value)
{
    (void)record;
    (void)filter;
    (void)value;
    return true;
}

bool filter_none(const struct record *record, const struct filter *filter, const char *value)
{
    (void)record;
    (void)filter;
    (void)value;
    return false;
}
