/*
 * demo_reader.c - a table: for each kind of action, which list of Pinpoint's to ask and what to look for in it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo_reader.h"

#include "base/json.h"
#include "base/mem.h"
#include "cli/fetch.h"
#include "handlers/html.h"
#include "pinpoint/request.h"
#include "pinpoint/resource.h"

#include <string.h>

#define READ_TIMEOUT_MS 5000

/* Looks for what action wrote in the document; adds it to found. */
typedef bool find_fn(const cJSON *document, const struct planned *action, struct buf *found);

/* The resource that action is about: one of its arguments is named after it. */
struct target {
    const struct resource *resource;
    struct buf id;
};

static bool find_attribute(const cJSON *document, const struct planned *action, struct buf *found)
{
    const char *field = json_get_string(action->args, "field", "");
    const cJSON *each;

    cJSON_ArrayForEach(each, json_get(document, "data"))
    {
        const cJSON *attributes = json_get(each, "attributes");

        if (strcmp(json_get_string(attributes, "field_name", ""), field) == 0) {
            buf_addf(found, "%s = %s", field, json_get_string(attributes, "value", ""));
            return true;
        }
    }
    buf_addf(found, "no value of %s", field);
    return false;
}

/* A comment carries a mark behind its text, so only the beginning is compared. */
static bool find_comment(const cJSON *document, const struct planned *action, struct buf *found)
{
    const char *text = json_get_string(action->args, "text", "");
    const cJSON *each;

    cJSON_ArrayForEach(each, json_get(document, "data"))
    {
        const char *body = json_get_string(json_get(each, "attributes"), "body_text", "");

        if (strncmp(body, text, strlen(text)) == 0) {
            buf_addf(found, "\"%s\"", body);
            return true;
        }
    }
    buf_add_string(found, "no such comment");
    return false;
}

/* What action asks to be shown, reduced as its handler does. */
static bool reduce(const struct planned *action, struct buf *out)
{
    const char *html = json_get_string(action->args, "html", NULL);
    struct error err = {0};

    return html ? html_reduce(html, out, &err) : html_from_text(json_get_string(action->args, "text", ""), out, &err);
}

static bool find_summary(const cJSON *document, const struct planned *action, struct buf *found)
{
    bool is_there = false;
    struct buf wanted;
    const cJSON *each;

    buf_init(&wanted, 2 * HTML_MAX_BYTES);
    if (!reduce(action, &wanted))
        buf_reset(&wanted);
    cJSON_ArrayForEach(each, json_get(document, "data"))
    {
        is_there = is_there || (wanted.size > 0 &&
                                html_shows(json_get_string(json_get(each, "attributes"), "summary", ""), wanted.data));
    }
    if (is_there)
        html_to_lines(wanted.data, found);
    else
        buf_add_string(found, "no interview with this summary");
    buf_clear(&wanted);
    return is_there;
}

static bool find_tag(const cJSON *document, const struct planned *action, struct buf *found)
{
    const cJSON *attributes = json_get(json_get(document, "data"), "attributes");
    const cJSON *each;

    (void)action;
    cJSON_ArrayForEach(each, json_get(attributes, "tags"))
        buf_addf(found, "%s%s", found->size ? ", " : "tags: ", json_get_string(each, "name", ""));
    if (found->size > 0)
        return true;
    buf_add_string(found, "no tags");
    return false;
}

static bool find_stage(const cJSON *document, const struct planned *action, struct buf *found)
{
    const cJSON *stage = cJSON_GetArrayItem(json_get(document, "included"), 0);
    const char *name = json_get_string(json_get(stage, "attributes"), "name", "");

    buf_addf(found, "stage %s", name);
    return strcmp(name, json_get_string(action->args, "stage", "")) == 0;
}

/* To add an action: where its effect is to be seen. With a list, the two filters name the target; without one, the
 * target itself is read. */
static const struct reader {
    const char *action;
    const char *list, *id_filter, *class_filter;
    const char *parameter, *value; /* one more of the query; NULL for none */
    find_fn *find;
} readers[] = {
    {"set_attribute", "custom_attributes", "filter[custom_attributable_id]", "filter[custom_attributable_type]", NULL,
     NULL, find_attribute},
    {"post_comment", "comments", "filter[commentable_id]", "filter[commentable_type]", NULL, NULL, find_comment},
    {"set_interview_summary", "interviews", "filter[interviewable_id]", "filter[interviewable_type]", NULL, NULL,
     find_summary},
    {"tag", NULL, NULL, NULL, "extra_fields[applications]", "tags", find_tag},
    {"move_stage", NULL, NULL, NULL, "include", "stage", find_stage},
};

static const struct reader *reader_of(const struct planned *action)
{
    for (size_t i = 0; i < COUNT_OF(readers); i++) {
        if (strcmp(readers[i].action, action->name) == 0)
            return &readers[i];
    }
    return NULL;
}

static bool find_target(const struct planned *action, struct target *target)
{
    for (const struct resource *resource = resources; resource->argument; resource++) {
        if (json_add_scalar(json_get(action->args, resource->argument), &target->id)) {
            target->resource = resource;
            return true;
        }
    }
    return false;
}

static void make_request(const struct reader *reader, const struct target *target, struct request *request)
{
    char *path =
        reader->list ? request_path(reader->list, NULL) : request_path(target->resource->type, target->id.data);

    request_get(request, path);
    if (reader->list) {
        request_query(request, reader->id_filter, target->id.data);
        request_query(request, reader->class_filter, target->resource->class_name);
    }
    if (reader->parameter)
        request_query(request, reader->parameter, reader->value);
    mem_free(path);
}

/* The answer's document, owned; NULL, and why in found, when there is none. */
static cJSON *read_document(struct demo *demo, const struct request *request, struct buf *found)
{
    char *url = mem_printf("%s%s", demo->sandbox_url, request->path);
    char *key = mem_printf("X-API-KEY: %s", demo->place.api_key);
    const char *headers[] = {key, "Accept: application/vnd.api+json", NULL};
    struct http_request http = {.method = "GET", .url = url, .headers = headers, .timeout_ms = READ_TIMEOUT_MS};
    struct fetched fetched;

    fetch(demo->loop, demo->client, &http, &fetched);
    cJSON *document = fetched.status == 200 ? fetched_json(&fetched) : NULL;
    if (!document)
        buf_addf(found, "cannot read it back: %d %s", fetched.status, fetched.problem);
    fetched_clear(&fetched);
    mem_free(key);
    mem_free(url);
    return document;
}

bool demo_reader_find(struct demo *demo, const struct planned *action, struct buf *found)
{
    const struct reader *reader = reader_of(action);
    struct request request = {0};
    struct target target = {0};
    bool is_there = false;

    buf_init(&target.id, 200);
    if (reader && find_target(action, &target)) {
        make_request(reader, &target, &request);
        cJSON *document = read_document(demo, &request, found);
        is_there = document && reader->find(document, action, found);
        cJSON_Delete(document);
    } else {
        buf_add_string(found, "not read back");
    }
    request_clear(&request);
    buf_clear(&target.id);
    return is_there;
}
