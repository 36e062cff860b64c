/*
 * set_attribute.c - the value of a custom field on a record: one value, whatever happens.
 *
 * Nothing documented keeps Pinpoint from holding two values of one field, so the record's values are always read
 * before one is created; that also makes every attempt safe to repeat.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "handlers/argument.h"
#include "handlers/handlers.h"
#include "handlers/step.h"
#include "handlers/target.h"
#include "pinpoint/field_value.h"
#include "pinpoint/item.h"
#include "pinpoint/words.h"

#include <string.h>

#define NAME_MAX_CHARACTERS 255
#define NAME_SHOWN_MAX      100 /* bytes of a field's name in a message */

enum stage { START, FINDING_TARGET, READING_FIELDS, LISTING, CREATING, LISTING_AGAIN, UPDATING };

/* What action->memo holds, once the field is known: "field", its id; "type"; "attributes", the value under its key;
 * and "refusal", Pinpoint's words when it would not create the value. */

const struct argument set_attribute_arguments[] = {
    {"application", ARGUMENT_TARGET, false, "the application that gets the value"},
    {"candidate", ARGUMENT_TARGET, false, "or the candidate"},
    {"job", ARGUMENT_TARGET, false, "or the job"},
    {"job_seeker", ARGUMENT_TARGET, false, "or the person in the talent pipeline"},
    {"offer", ARGUMENT_TARGET, false, "or the offer"},
    {"position", ARGUMENT_TARGET, false, "or the position"},
    {"field", ARGUMENT_TEXT, true, "the custom field's name"},
    {"value", ARGUMENT_VALUE, true, "what is written; it must fit the field's type"},
    {NULL, ARGUMENT_TEXT, false, NULL},
};

static enum step list(struct action *action, unsigned page, enum stage stage, struct request *request)
{
    action->page = page;
    request_get(request, "/api/v1/custom_attributes");
    request_query(request, "filter[custom_attributable_id]", action->target_id);
    request_query(request, "filter[custom_attributable_type]", target_resource(action)->class_name);
    request_query(request, "include", "custom_field");
    request_query(request, "sort", "id");
    request_page(request, page);
    return step_send(action, stage);
}

/* Keeps what is needed of field: the catalogue may replace it before the next step. */
static bool remember(struct action *action, const struct field *field, struct error *err)
{
    cJSON *value = field_value(field, json_get(action->args, "value"), err);
    cJSON *attributes;

    if (!value)
        return error_prefix(err, "value");
    cJSON_Delete(action->memo);
    action->memo = cJSON_CreateObject();
    cJSON_AddStringToObject(action->memo, "field", field->id);
    cJSON_AddNumberToObject(action->memo, "type", field->type);
    attributes = cJSON_AddObjectToObject(action->memo, "attributes");
    cJSON_AddItemToObject(attributes, field_type_key(field->type), value);
    return true;
}

static enum step fail_missing(const struct action *action, const char *name, struct error *err)
{
    const struct resource *resource = target_resource(action);
    struct buf quoted, names;
    enum step step;

    buf_init(&quoted, NAME_SHOWN_MAX);
    buf_init(&names, 200);
    words_add(name, NAME_SHOWN_MAX, &quoted);
    catalogue_names(action->catalogue, resource->argument, &names);
    step = step_fail(err, "field", "no custom field \"%s\" for %s; there are%s %s", quoted.data, resource->type,
                     names.size > 0 ? ":" : "", names.size > 0 ? names.data : "none");
    buf_clear(&names);
    buf_clear(&quoted);
    return step;
}

static enum step read_fields(struct action *action, unsigned page, struct request *request)
{
    action->page = page;
    catalogue_request(page, request);
    return step_send(action, READING_FIELDS);
}

static enum step find_field(struct action *action, struct request *request, struct error *err)
{
    char *name = argument_text(json_get(action->args, "field"), "field", NAME_MAX_CHARACTERS, err);
    const struct field *field;
    enum step step = STEP_FAIL;

    if (!name)
        return STEP_FAIL;
    switch (catalogue_find(action->catalogue, name, target_resource(action)->argument, action->now_ms, &field)) {
    case CATALOGUE_FOUND:
        step = remember(action, field, err) ? list(action, 1, LISTING, request) : STEP_FAIL;
        break;
    case CATALOGUE_MISSING:
        step = fail_missing(action, name, err);
        break;
    case CATALOGUE_READ:
        step = read_fields(action, 1, request);
        break;
    }
    mem_free(name);
    return step;
}

static enum step start(struct action *action, struct request *request, struct error *err)
{
    enum step step = target_find(action, request, err);

    if (step == STEP_SEND)
        return step_send(action, FINDING_TARGET);
    return step == STEP_DONE ? find_field(action, request, err) : step;
}

static enum step target_known(struct action *action, const struct response *last, struct request *request,
                              struct error *err)
{
    enum step step = target_found(action, last, err);

    return step == STEP_DONE ? find_field(action, request, err) : step;
}

static enum step fields_read(struct action *action, const struct response *last, struct request *request,
                             struct error *err)
{
    bool is_last;

    if (step_was_refused(last))
        return step_refused(action, last, err);
    if (!catalogue_add(action->catalogue, action->page, last, action->now_ms, &is_last, err))
        return STEP_FAIL;
    return is_last ? find_field(action, request, err) : read_fields(action, action->page + 1, request);
}

static enum step create(struct action *action, struct request *request)
{
    cJSON *attributes = cJSON_Duplicate(json_get(action->memo, "attributes"), true);
    cJSON *document = request_document("custom_attributes", NULL, attributes);

    request_relate(document, "custom_field", "custom_fields", json_get_string(action->memo, "field", ""));
    request_relate(document, "custom_attributable", target_resource(action)->type, action->target_id);
    request_write(request, "POST", "/api/v1/custom_attributes", document);
    return step_send(action, CREATING);
}

static enum step update(struct action *action, const char *id, struct request *request)
{
    cJSON *attributes = cJSON_Duplicate(json_get(action->memo, "attributes"), true);
    char *path = request_path("custom_attributes", id);

    request_write(request, "PUT", path, request_document("custom_attributes", id, attributes));
    mem_free(path);
    return step_send(action, UPDATING);
}

/* The value of our field; of several the oldest. */
static const cJSON *find_value(const struct action *action, const cJSON *items)
{
    const char *field = json_get_string(action->memo, "field", "");
    const cJSON *item;

    cJSON_ArrayForEach(item, items)
    {
        const char *id = item_related_id(item, "custom_field");

        if (id && item_id(item) && strcmp(id, field) == 0)
            return item;
    }
    return NULL;
}

static bool is_written(const struct action *action, const cJSON *item)
{
    enum field_type type = (enum field_type)json_get_integer(action->memo, "type", FIELD_OTHER);

    return field_is_shown_as(type, json_get(action->memo, "attributes")->child, item_attribute(item, "value"));
}

/* All pages were read and none holds a value of our field. */
static enum step none_there(struct action *action, struct request *request, struct error *err)
{
    const char *refusal = json_get_string(action->memo, "refusal", NULL);

    return refusal ? step_fail(err, "", "%s", refusal) : create(action, request);
}

static enum step listed(struct action *action, const struct response *last, struct request *request, struct error *err)
{
    const cJSON *items = response_list(last);
    const cJSON *item;

    if (step_was_refused(last))
        return step_refused(action, last, err);
    if (!items)
        return step_fail(err, "", "Pinpoint's answer holds no list of custom attributes");
    item = find_value(action, items);
    if (item)
        return is_written(action, item) ? step_done(action, "unchanged") : update(action, item_id(item), request);
    if (!response_is_last_page(items))
        return list(action, action->page + 1, (enum stage)action->stage, request);
    return none_there(action, request, err);
}

/* Somebody else may have created the value since it was looked for: then it is there now. */
static enum step created(struct action *action, const struct response *last, struct request *request, struct error *err)
{
    if (!step_was_refused(last))
        return step_done(action, "created");
    step_refused(action, last, err);
    if (last->status != 422)
        return STEP_FAIL;
    cJSON_AddStringToObject(action->memo, "refusal", err->text);
    return list(action, 1, LISTING_AGAIN, request);
}

static enum step updated(struct action *action, const struct response *last, struct error *err)
{
    return step_was_refused(last) ? step_refused(action, last, err) : step_done(action, "updated");
}

enum step set_attribute_step(struct action *action, const struct response *last, struct request *request,
                             struct error *err)
{
    switch ((enum stage)action->stage) {
    case START:
        return start(action, request, err);
    case FINDING_TARGET:
        return target_known(action, last, request, err);
    case READING_FIELDS:
        return fields_read(action, last, request, err);
    case LISTING:
    case LISTING_AGAIN:
        return listed(action, last, request, err);
    case CREATING:
        return created(action, last, request, err);
    case UPDATING:
        break;
    }
    return updated(action, last, err);
}
