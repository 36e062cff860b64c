/*
 * target.c - the ways to name a record, and asking for one that is not named by its id.
 *
 * Choosing among those found is match.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers/target.h"

#include "base/json.h"
#include "base/mem.h"
#include "handlers/argument.h"
#include "handlers/match.h"
#include "handlers/step.h"
#include "pinpoint/item.h"
#include "pinpoint/words.h"

#include <assert.h>
#include <string.h>

#define NAME_MAX_CHARACTERS 255 /* of an e-mail address or a reference */

/* To add a way: its row. */
static const struct way ways[] = {
    {"application", "email", "filter[candidate_email]", "email", "e-mail address"},
    {"application", "external_reference", "filter[external_system_reference]", "external_system_reference",
     "external reference"},
    {"candidate", "external_reference", "filter[external_system_reference]", "external_system_reference",
     "external reference"},
    {"job_seeker", "external_reference", "filter[external_system_reference]", "external_system_reference",
     "external reference"},
};

static bool is_application(const struct resource *resource)
{
    return strcmp(resource->argument, "application") == 0;
}

static const struct way *way_of(const struct resource *resource, const char *key)
{
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        if (strcmp(ways[i].resource, resource->argument) == 0 && strcmp(ways[i].key, key) == 0)
            return &ways[i];
    return NULL;
}

/* "expected an id such as "42", {"email": …} or {"external_reference": …}" */
static bool expected(const struct resource *resource, const cJSON *value, struct error *err)
{
    struct buf what;
    char got[WORDS_VALUE_SIZE];

    buf_init(&what, 200);
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        if (strcmp(ways[i].resource, resource->argument) == 0)
            buf_addf(&what, " or {\"%s\": \xe2\x80\xa6}", ways[i].key);
    error_set(err, ERROR_INVALID, "expected an id such as \"42\"%s, got %s", what.data, words_value(value, got));
    buf_clear(&what);
    return false;
}

static bool check_member(const struct resource *resource, const cJSON *member, struct error *err)
{
    bool is_job = is_application(resource) && strcmp(member->string, "job") == 0;
    char id[ARGUMENT_ID_SIZE];

    if (!is_job && !way_of(resource, member->string))
        return error_set_at(err, ERROR_INVALID, member->string, "is no way to find a record of kind %s",
                            resource->argument);
    if (is_job && !argument_is_template(member) && !argument_id(member, id))
        return error_set_at(err, ERROR_INVALID, "job", "expected the id of a job");
    if (!is_job && !cJSON_IsNumber(member) && !(cJSON_IsString(member) && *member->valuestring))
        return error_set_at(err, ERROR_INVALID, member->string, "expected a text");
    return true;
}

/* The one member of value that says how to find the record; NULL when there is none, or several. */
static const cJSON *naming_member(const struct resource *resource, const cJSON *value)
{
    const cJSON *member, *found = NULL;

    cJSON_ArrayForEach(member, value)
    {
        if (way_of(resource, member->string) && found)
            return NULL;
        if (way_of(resource, member->string))
            found = member;
    }
    return found;
}

bool target_check(const struct resource *resource, const cJSON *value, struct error *err)
{
    const cJSON *member;
    char id[ARGUMENT_ID_SIZE];

    if (!cJSON_IsObject(value))
        return argument_is_template(value) || argument_id(value, id) || expected(resource, value, err);
    cJSON_ArrayForEach(member, value)
    {
        if (!check_member(resource, member, err))
            return false;
    }
    return naming_member(resource, value) || expected(resource, value, err);
}

/* The argument that names the record; handler_check has seen to it that there is one. */
static const cJSON *target_value(const struct action *action)
{
    const cJSON *value = NULL;

    for (const struct argument *argument = action->handler->arguments; argument->name && !value; argument++)
        if (argument->kind == ARGUMENT_TARGET)
            value = json_get(action->args, argument->name);
    assert(value);
    return value;
}

const struct resource *target_resource(const struct action *action)
{
    return resource_named(target_value(action)->string);
}

/* A comma would make two values of one in a filter. */
static bool is_address(const char *text)
{
    return strchr(text, '@') && !strpbrk(text, " ,\t\r\n");
}

/* What the filter is asked for; owned, NULL with err. */
static char *read_name(const cJSON *member, struct error *err)
{
    char *name = argument_text(member, member->string, NAME_MAX_CHARACTERS, err);

    if (name && strcmp(member->string, "email") == 0 && !is_address(name)) {
        mem_free(name);
        error_set_at(err, ERROR_INVALID, member->string, "is no e-mail address");
        return NULL;
    }
    return name;
}

/* Fills wanted from the argument's object; false, with nothing to free, when a template has given what will not do. */
static bool read_wanted(const struct action *action, struct wanted *wanted, struct error *err)
{
    const cJSON *value = target_value(action);
    const cJSON *job = json_get(value, "job");
    const cJSON *member = NULL;

    *wanted = (struct wanted){.resource = target_resource(action)};
    if (target_check(wanted->resource, value, err))
        member = naming_member(wanted->resource, value);
    if (!member) {
        error_prefix(err, "%s", value->string);
        return false;
    }
    wanted->way = way_of(wanted->resource, member->string);
    if (job && !argument_id(job, wanted->job))
        return error_set_at(err, ERROR_INVALID, "application.job", "expected the id of a job");
    wanted->value = read_name(member, err);
    if (!wanted->value)
        error_prefix(err, "%s", value->string);
    return wanted->value != NULL;
}

static void ask(const struct wanted *wanted, struct request *request)
{
    char *path = request_path(wanted->resource->type, NULL);

    request_get(request, path);
    mem_free(path);
    request_query(request, wanted->way->filter, wanted->value);
    if (*wanted->job)
        request_query(request, "filter[job_id]", wanted->job);
    if (is_application(wanted->resource))
        request_query(request, "filter[job_visibility]", "external,internal,confidential");
    request_query(request, "sort", "-created_at");
    request_page(request, 1);
}

enum step target_find(struct action *action, struct request *request, struct error *err)
{
    const cJSON *value = target_value(action);
    char id[ARGUMENT_ID_SIZE];
    struct wanted wanted;

    if (argument_id(value, id)) {
        mem_free(action->target_id);
        action->target_id = mem_string(id);
        return STEP_DONE;
    }
    if (!cJSON_IsObject(value)) {
        expected(target_resource(action), value, err);
        error_prefix(err, "%s", value->string);
        return STEP_FAIL;
    }
    if (!read_wanted(action, &wanted, err))
        return STEP_FAIL;
    ask(&wanted, request);
    mem_free(wanted.value);
    return STEP_SEND;
}

enum step target_found(struct action *action, const struct response *last, struct error *err)
{
    const cJSON *list = response_list(last);
    const cJSON *item;
    struct wanted wanted;

    if (step_was_refused(last))
        return step_refused(action, last, err);
    if (!list)
        return step_fail(err, "", "Pinpoint's answer holds no list of %s", target_resource(action)->type);
    if (!read_wanted(action, &wanted, err))
        return STEP_FAIL;
    item = match_choose(&wanted, list, err);
    mem_free(wanted.value);
    if (!item)
        return STEP_FAIL;
    mem_free(action->target_id);
    action->target_id = mem_string(item_id(item));
    return STEP_DONE;
}
