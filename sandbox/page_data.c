/*
 * page_data.c - rows, profiles, comments.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/page_data.h"

#include "base/json.h"
#include "base/mem.h"
#include "sandbox/jsonapi.h"
#include "sandbox/list.h"
#include "sandbox/seed.h"

#include <string.h>

static void add_number(cJSON *object, const char *name, double number)
{
    cJSON_AddNumberToObject(object, name, number);
}

static void add_owned(cJSON *object, const char *name, char *text)
{
    cJSON_AddStringToObject(object, name, text);
    mem_free(text);
}

static void add_text(cJSON *object, const char *name, const struct record *record, const char *attribute)
{
    cJSON_AddStringToObject(object, name, record ? record_text(record, attribute) : "");
}

/* What both pages tell of an application. */
static cJSON *headline(const struct record *application)
{
    const struct record *stage = record_link(application, "stage");
    cJSON *row = cJSON_CreateObject();

    add_number(row, "id", (double)application->id);
    add_owned(row, "name", record_full_name(application));
    add_text(row, "job", record_link(application, "job"), "title");
    add_text(row, "stage", stage, "name");
    add_text(row, "stage_type", stage, "basic_type");
    cJSON_AddBoolToObject(row, "confidential", !list_is_public(application));
    add_number(row, "comments", (double)record_many(application, "comments")->count);
    add_number(row, "values", (double)record_many(application, "custom_attributes")->count);
    return row;
}

static size_t page_count(size_t rows)
{
    return rows == 0 ? 1 : (rows + PAGE_DATA_ROWS - 1) / PAGE_DATA_ROWS;
}

static cJSON *figures(const struct sandbox *sandbox)
{
    cJSON *shown = cJSON_CreateObject();

    add_number(shown, "requests", (double)sandbox->traffic.requests);
    add_number(shown, "writes", (double)ledger_count(sandbox->ledger));
    add_number(shown, "rate", traffic_rate(&sandbox->traffic));
    add_number(shown, "refused", (double)sandbox->traffic.answers[429]);
    return shown;
}

cJSON *page_data_list(const struct sandbox *sandbox, long long page)
{
    const struct record_list *all = store_all(sandbox->store, schema_of("applications"));
    size_t first = (size_t)(page - 1) * PAGE_DATA_ROWS;
    cJSON *data = cJSON_CreateObject();
    cJSON *rows;

    cJSON_AddStringToObject(data, "account", SEED_ACCOUNT);
    cJSON_AddItemToObject(data, "figures", figures(sandbox));
    add_number(data, "page", (double)page);
    add_number(data, "pages", (double)page_count(all->count));
    add_number(data, "total", (double)all->count);
    rows = cJSON_AddArrayToObject(data, "applications");
    for (size_t i = first; i < all->count && i < first + PAGE_DATA_ROWS; i++)
        cJSON_AddItemToArray(rows, headline(all->items[i]));
    return data;
}

static cJSON *list_stages(const struct record *application)
{
    const struct record_list *stages = record_many(record_link(application, "job"), "stages");
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < stages->count; i++) {
        cJSON *stage = cJSON_CreateObject();

        add_number(stage, "id", (double)stages->items[i]->id);
        add_text(stage, "name", stages->items[i], "name");
        cJSON_AddItemToArray(list, stage);
    }
    return list;
}

static void list_values(cJSON *list, const struct record *holder)
{
    const struct record_list *values = record_many(holder, "custom_attributes");

    for (size_t i = 0; i < values->count; i++) {
        const struct record *field = record_link(values->items[i], "custom_field");
        cJSON *value = cJSON_CreateObject();

        add_number(value, "id", (double)values->items[i]->id);
        add_text(value, "name", field, "name");
        add_text(value, "type", field, "field_type");
        add_text(value, "value", values->items[i], "value");
        cJSON_AddStringToObject(value, "on", holder->schema->class_name);
        cJSON_AddItemToObject(value, "at", jsonapi_time(values->items[i]->updated_ms));
        cJSON_AddItemToArray(list, value);
    }
}

/* The newest first. */
static cJSON *list_comments(const struct record *application)
{
    const struct record_list *comments = record_many(application, "comments");
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < comments->count && i < PAGE_DATA_COMMENTS; i++) {
        const struct record *comment = comments->items[comments->count - 1 - i];
        cJSON *shown = cJSON_CreateObject();

        add_number(shown, "id", (double)comment->id);
        add_text(shown, "text", comment, "body_text");
        add_owned(shown, "author", record_full_name(record_link(comment, "user")));
        cJSON_AddItemToObject(shown, "at", jsonapi_time(comment->created_ms));
        cJSON_AddItemToArray(list, shown);
    }
    return list;
}

static cJSON *list_interviews(const struct record *application)
{
    const struct record_list *interviews = record_many(application, "interviews");
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < interviews->count; i++) {
        const struct record *interview = interviews->items[i];
        cJSON *shown = cJSON_CreateObject();

        add_number(shown, "id", (double)interview->id);
        cJSON_AddItemToObject(shown, "start_at", jsonapi_time(json_get_integer(interview->attributes, "start_at", 0)));
        add_text(shown, "status", interview, "status");
        add_text(shown, "summary", interview, "summary");
        cJSON_AddItemToArray(list, shown);
    }
    return list;
}

cJSON *page_data_application(const struct record *application)
{
    static const char *const shown[] = {"email", "phone", "town", "country", "channel_source"};
    cJSON *data = headline(application);
    const cJSON *tags = json_get(application->attributes, "tags");
    cJSON *values;

    for (size_t i = 0; i < COUNT_OF(shown); i++)
        add_text(data, shown[i], application, shown[i]);
    cJSON_AddItemToObject(data, "applied_at", jsonapi_time(application->created_ms));
    add_number(data, "stage_id", (double)record_link(application, "stage")->id);
    cJSON_AddItemToObject(data, "stages", list_stages(application));
    cJSON_AddItemToObject(data, "tags", tags ? cJSON_Duplicate(tags, true) : cJSON_CreateArray());
    values = cJSON_AddArrayToObject(data, "custom_attributes");
    list_values(values, application);
    list_values(values, record_link(application, "candidate"));
    cJSON_AddItemToObject(data, "newest_comments", list_comments(application));
    cJSON_AddItemToObject(data, "interviews", list_interviews(application));
    return data;
}

char *page_data_list_tag(const struct sandbox *sandbox, long long page)
{
    return mem_printf("\"%llx-%llx-%llx-%g-%lld\"", (unsigned long long)sandbox->epoch,
                      (unsigned long long)store_version(sandbox->store), (unsigned long long)sandbox->traffic.requests,
                      traffic_rate(&sandbox->traffic), page);
}

char *page_data_application_tag(const struct sandbox *sandbox, const struct record *application)
{
    return mem_printf("\"%llx-%llx-%llx\"", (unsigned long long)sandbox->epoch,
                      (unsigned long long)application->version,
                      (unsigned long long)record_link(application, "candidate")->version);
}
