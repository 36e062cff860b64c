/*
 * target.c - ways to name a record, and choosing among those found.
 *
 * Of several applications a rejected one is never preferred, and between two that are alive there is no guessing:
 * a result on the wrong application is worse than a dead letter.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers/target.h"

#include "base/json.h"
#include "base/mem.h"
#include "handlers/argument.h"
#include "handlers/step.h"
#include "pinpoint/item.h"
#include "pinpoint/words.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#define NAME_MAX_CHARACTERS 255 /* of an e-mail address or a reference */
#define IDS_SHOWN_MAX       60  /* bytes */

/* How a record can be named other than by its id. To add a way: its row. */
static const struct way {
    const char *resource;
    const char *key;       /* in the argument */
    const char *filter;    /* of the list */
    const char *attribute; /* what a record must show to be the one */
    const char *words;
} ways[] = {
    {"application", "email", "filter[candidate_email]", "email", "e-mail address"},
    {"application", "external_reference", "filter[external_system_reference]", "external_system_reference",
     "external reference"},
    {"candidate", "external_reference", "filter[external_system_reference]", "external_system_reference",
     "external reference"},
    {"job_seeker", "external_reference", "filter[external_system_reference]", "external_system_reference",
     "external reference"},
};

/* What is looked for. */
struct wanted {
    const struct resource *resource;
    const struct way *way;
    char *value;                /* owned */
    char job[ARGUMENT_ID_SIZE]; /* "" for any */
};

/* What was found, newest first. */
struct matches {
    const cJSON *live, *rejected; /* the first of each */
    unsigned live_count, concealed_count;
    struct buf ids; /* of the live ones */
    struct word_list id_list;
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

static bool read_wanted(const struct action *action, struct wanted *wanted, struct error *err)
{
    const cJSON *value = target_value(action);
    const cJSON *job = json_get(value, "job");
    const cJSON *member;

    *wanted = (struct wanted){.resource = target_resource(action)};
    if (!target_check(wanted->resource, value, err) || !cJSON_IsObject(value))
        return error_prefix(err, "%s", value->string);
    member = naming_member(wanted->resource, value);
    wanted->way = way_of(wanted->resource, member->string);
    if (job && !argument_id(job, wanted->job))
        return error_set_at(err, ERROR_INVALID, "application.job", "expected the id of a job");
    wanted->value = argument_text(member, member->string, NAME_MAX_CHARACTERS, err);
    if (wanted->value && strcmp(wanted->way->key, "email") == 0 && !is_address(wanted->value)) {
        mem_free(wanted->value);
        wanted->value = NULL;
        error_set_at(err, ERROR_INVALID, "email", "is no e-mail address");
    }
    return wanted->value || error_prefix(err, "%s", value->string);
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

static bool is_wanted(const struct wanted *wanted, const cJSON *item)
{
    bool is_named = strcmp(wanted->way->key, "email") == 0
                        ? strcasecmp(item_text(item, wanted->way->attribute), wanted->value) == 0
                        : item_is(item, wanted->way->attribute, wanted->value);

    return is_named && item_id(item) && (!*wanted->job || item_is(item, "job_id", wanted->job));
}

static void add_match(struct matches *matches, const cJSON *item)
{
    if (item_attribute(item, "rejected_at")) {
        matches->rejected = matches->rejected ? matches->rejected : item;
        return;
    }
    matches->live = matches->live ? matches->live : item;
    matches->live_count++;
    word_list_add(&matches->id_list, item_id(item));
}

static void gather(const struct wanted *wanted, const cJSON *list, struct matches *matches)
{
    const cJSON *item;

    *matches = (struct matches){0};
    buf_init(&matches->ids, IDS_SHOWN_MAX);
    word_list_init(&matches->id_list, &matches->ids, IDS_SHOWN_MAX);
    cJSON_ArrayForEach(item, list)
    {
        if (is_wanted(wanted, item))
            add_match(matches, item);
        else if (cJSON_IsTrue(item_attribute(item, "concealed")))
            matches->concealed_count++;
    }
}

static enum step fail_none(const struct wanted *wanted, const struct matches *matches, struct error *err)
{
    const char *on_job = *wanted->job ? " on job " : "";

    if (matches->concealed_count > 0 && strcmp(wanted->way->key, "email") == 0)
        return step_fail(err, wanted->resource->argument,
                         "cannot be found by e-mail address: %u of those found are under blind screening, which hides "
                         "it; give the id or the external reference",
                         matches->concealed_count);
    return step_fail(err, wanted->resource->argument, "Pinpoint has no %s with that %s%s%s", wanted->resource->argument,
                     wanted->way->words, on_job, wanted->job);
}

/* Which of them it is. With a job, the newest: it is the same person, who applied again. */
static enum step choose(struct action *action, const struct wanted *wanted, const struct matches *matches,
                        struct error *err)
{
    const cJSON *item = matches->live ? matches->live : matches->rejected;

    if (!item)
        return fail_none(wanted, matches, err);
    if (matches->live_count > 1 && !*wanted->job)
        return step_fail(err, wanted->resource->argument, "%u records have that %s: %s; %s", matches->live_count,
                         wanted->way->words, matches->ids.data,
                         is_application(wanted->resource) ? "name the \"job\" too" : "give the id");
    mem_free(action->target_id);
    action->target_id = mem_string(item_id(item));
    return STEP_DONE;
}

enum step target_found(struct action *action, const struct response *last, struct error *err)
{
    const cJSON *list = response_list(last);
    struct wanted wanted;
    struct matches matches;
    enum step step;

    if (step_was_refused(last))
        return step_refused(action, last, err);
    if (!list)
        return step_fail(err, "", "Pinpoint's answer holds no list of %s", target_resource(action)->type);
    if (!read_wanted(action, &wanted, err))
        return STEP_FAIL;
    gather(&wanted, list, &matches);
    step = choose(action, &wanted, &matches, err);
    buf_clear(&matches.ids);
    mem_free(wanted.value);
    return step;
}
