/*
 * pages.c - paths to pages, assets and data. The files are those of sandbox/page, built into the program.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/pages.h"

#include "base/embedded.h"
#include "base/json.h"
#include "base/mem.h"
#include "sandbox/api.h"
#include "sandbox/page_data.h"

#include <stdio.h>
#include <string.h>

#define ASSETS "/assets/"

/* Nothing inline, nothing from elsewhere: what a vendor's text may smuggle in does not run. */
#define CONTENT_SECURITY_POLICY                                                                                        \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "   \
    "form-action 'none'; frame-ancestors 'none'"

static const struct media_type {
    const char *suffix;
    const char *type;
} media_types[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
};

static const char *media_type_of(const char *name)
{
    const char *suffix = strrchr(name, '.');

    for (size_t i = 0; suffix && i < COUNT_OF(media_types); i++)
        if (strcmp(media_types[i].suffix, suffix) == 0)
            return media_types[i].type;
    return NULL;
}

static void set_security_headers(struct http_exchange *exchange)
{
    http_exchange_set_header(exchange, "Content-Security-Policy", CONTENT_SECURITY_POLICY);
    http_exchange_set_header(exchange, "X-Content-Type-Options", "nosniff");
    http_exchange_set_header(exchange, "Referrer-Policy", "no-referrer");
    http_exchange_set_header(exchange, "Cache-Control", "no-cache");
}

static void answer_file(struct http_exchange *exchange, int status, const char *name)
{
    const struct embedded *file = embedded_find(embedded_pages, name);
    const char *type = media_type_of(name);

    if (!file || !type) {
        sandbox_answer_not_found(exchange);
        return;
    }
    set_security_headers(exchange);
    http_exchange_answer(exchange, status, type, file->data, file->size);
}

/* Whether the client has what bears that tag already; then it has been told so. Takes tag. */
static bool is_known(struct http_exchange *exchange, char *tag)
{
    const char *known = http_exchange_header(exchange, "If-None-Match");
    bool same = known && strcmp(known, tag) == 0;

    http_exchange_set_header(exchange, "ETag", tag);
    mem_free(tag);
    if (same)
        http_exchange_answer(exchange, 304, "application/json", "", 0);
    return same;
}

static void get_list_data(struct sandbox *sandbox, struct http_exchange *exchange)
{
    const char *given = http_exchange_query(exchange, "page");
    long long page = given ? sandbox_path_id(given, "", "") : 1;

    if (page == 0)
        http_exchange_answer_problem(exchange, 404, "Not Found", "there is no such page");
    else if (!is_known(exchange, page_data_list_tag(sandbox, page)))
        sandbox_answer_json(exchange, 200, page_data_list(sandbox, page));
}

static void get_application_data(struct sandbox *sandbox, struct http_exchange *exchange, long long id)
{
    const struct record *application = store_find(sandbox->store, "applications", id);

    if (!application)
        http_exchange_answer_problem(exchange, 404, "Not Found", "there is no such application");
    else if (!is_known(exchange, page_data_application_tag(sandbox, application)))
        sandbox_answer_json(exchange, 200, page_data_application(application));
}

/* What the API would be sent to move an application. */
static cJSON *move_document(const struct record *application, const char *stage_id)
{
    cJSON *document = cJSON_CreateObject();
    cJSON *data = cJSON_AddObjectToObject(document, "data");
    cJSON *relation;

    cJSON_AddStringToObject(data, "type", application->schema->type);
    relation = cJSON_AddObjectToObject(cJSON_AddObjectToObject(data, "relationships"), "stage");
    relation = cJSON_AddObjectToObject(relation, "data");
    cJSON_AddStringToObject(relation, "type", "stages");
    cJSON_AddStringToObject(relation, "id", stage_id);
    return document;
}

/* A recruiter's own move: not in the ledger, which holds what came through the API. */
static void move(struct sandbox *sandbox, struct http_exchange *exchange, struct record *application,
                 const char *stage_id)
{
    struct reply reply = {0};
    struct write write = {
        .store = sandbox->store, .reply = &reply, .schema = application->schema, .record = application};
    cJSON *document = move_document(application, stage_id);

    if (api_write(sandbox, &write, document)) {
        sandbox_answer_json(exchange, 200, page_data_application(application));
    } else {
        http_exchange_answer_problem(exchange, reply.status, "The stage was not changed",
                                     json_get_string(cJSON_GetArrayItem(reply.errors, 0), "detail", ""));
    }
    write_clear(&write);
    reply_clear(&reply);
    cJSON_Delete(document);
}

static void post_stage(struct sandbox *sandbox, struct http_exchange *exchange, long long id)
{
    struct record *application = store_find(sandbox->store, "applications", id);
    struct error err = {0};
    size_t size = 0;
    const char *body = http_exchange_body(exchange, &size);
    cJSON *document = json_parse(body, size, &err);
    const char *stage_id = json_get_string(document, "stage_id", NULL);

    if (!application)
        http_exchange_answer_problem(exchange, 404, "Not Found", "there is no such application");
    else if (!stage_id)
        http_exchange_answer_problem(exchange, 400, "Bad Request", "expected {\"stage_id\": \"…\"}");
    else
        move(sandbox, exchange, application, stage_id);
    cJSON_Delete(document);
}

static void get(struct sandbox *sandbox, struct http_exchange *exchange, const char *path)
{
    long long id = sandbox_path_id(path, "/applications/", "");

    if (strcmp(path, "/") == 0)
        answer_file(exchange, 200, "applications.html");
    else if (strncmp(path, ASSETS, strlen(ASSETS)) == 0)
        answer_file(exchange, 200, path + strlen(ASSETS));
    else if (id > 0)
        answer_file(exchange, store_find(sandbox->store, "applications", id) ? 200 : 404, "application.html");
    else if (strcmp(path, "/data/applications") == 0)
        get_list_data(sandbox, exchange);
    else if ((id = sandbox_path_id(path, "/data/applications/", "")) > 0)
        get_application_data(sandbox, exchange, id);
    else
        sandbox_answer_not_found(exchange);
}

void pages_handle(struct sandbox *sandbox, struct http_exchange *exchange)
{
    const char *method = http_exchange_method(exchange);
    const char *path = http_exchange_path(exchange);
    long long id = sandbox_path_id(path, "/applications/", "/stage");

    if (strcmp(method, "GET") == 0)
        get(sandbox, exchange, path);
    else if (strcmp(method, "POST") == 0 && id > 0)
        post_stage(sandbox, exchange, id);
    else
        http_exchange_answer_problem(exchange, 405, "Method Not Allowed", "pages are only looked at");
}
