/*
 * seed_fields.c - custom fields, with two traps for a client that looks them up by name: those of applications stand
 * partly before and partly behind more than a page of others, and one name is taken twice.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/seed_fields.h"

#include "base/mem.h"

#include <assert.h>
#include <stdio.h>

#define FILLER_COUNT 110

struct field {
    const char *name;
    const char *field_type;
    const char *resource_type;
    const char *sample_value;
    const char *options[5];
};

/* Before the fillers and behind them: none of the two pages is enough. The candidate's "Coding score" comes before
 * the application's. */
static const struct field first_fields[] = {
    {"Coding score", "integer", "candidate", "80", {NULL}},
    {"Right to work", "single_select", "candidate", "Verified", {"Verified", "Pending", "Missing"}},
    {"Assessment score", "integer", "application", "85", {NULL}},
    {"Assessment report", "varchar", "application", "https://reports.example/1", {NULL}},
    {"Background check", "single_select", "application", "Clear", {"Pending", "Clear", "Consider", "Failed"}},
};

static const struct field last_fields[] = {
    {"Coding score", "integer", "application", "85", {NULL}},
    {"Recommended", "boolean", "application", "true", {NULL}},
    {"Availability", "date", "application", "2026-01-31", {NULL}},
    {"Rating", "decimal", "application", "4.5", {NULL}},
    {"Languages", "multi_select", "application", "English", {"English", "French", "German", "Spanish"}},
    {"Notes", "text", "application", "Anything worth keeping", {NULL}},
    {"Source campaign", "varchar", "job_seeker", "Spring fair", {NULL}},
};

static void seed_field(struct store *store, const struct field *field, int64_t created_ms)
{
    cJSON *attributes = cJSON_CreateObject();
    struct record *record;

    cJSON_AddStringToObject(attributes, "name", field->name);
    cJSON_AddStringToObject(attributes, "field_type", field->field_type);
    cJSON_AddStringToObject(attributes, "resource_type", field->resource_type);
    cJSON_AddStringToObject(attributes, "sample_value", field->sample_value);
    cJSON_AddFalseToObject(attributes, "required");
    cJSON_AddNumberToObject(attributes, "position", (double)store_all(store, schema_of("custom_fields"))->count + 1);
    if (field->options[0]) {
        cJSON *options = cJSON_AddArrayToObject(attributes, "options");

        for (size_t i = 0; i < COUNT_OF(field->options) && field->options[i]; i++)
            cJSON_AddItemToArray(options, cJSON_CreateString(field->options[i]));
    }
    record = store_add(store, schema_of("custom_fields"), attributes);
    assert(record);
    record->created_ms = record->updated_ms = created_ms;
}

void seed_fields(struct store *store, int64_t created_ms)
{
    for (size_t i = 0; i < COUNT_OF(first_fields); i++)
        seed_field(store, &first_fields[i], created_ms);
    for (unsigned i = 1; i <= FILLER_COUNT; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "Field %03u", i);
        seed_field(store, &(struct field){name, "varchar", "job", "Sample value", {NULL}}, created_ms);
    }
    for (size_t i = 0; i < COUNT_OF(last_fields); i++)
        seed_field(store, &last_fields[i], created_ms);
}
