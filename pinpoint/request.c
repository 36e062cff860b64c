/*
 * request.c - paths, queries and JSON:API documents.
 *
 * Whatever comes from outside goes into a path encoded, and into a document through cJSON: nothing is pasted.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pinpoint/request.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

char *request_path(const char *type, const char *id)
{
    struct buf path;

    buf_init(&path, SIZE_MAX - 1);
    buf_addf(&path, "/api/v1/%s", type);
    if (id) {
        buf_add_char(&path, '/');
        buf_add_url_encoded(&path, id);
    }
    return buf_take(&path);
}

void request_clear(struct request *request)
{
    mem_free(request->path);
    mem_free(request->body);
    *request = (struct request){0};
}

void request_get(struct request *request, const char *path)
{
    char *copy = mem_string(path); /* before clearing: path may be what is cleared */

    request_clear(request);
    request->method = "GET";
    request->path = copy;
}

void request_write(struct request *request, const char *method, const char *path, cJSON *document)
{
    request_get(request, path);
    request->method = method;
    request->body = json_print(document);
    cJSON_Delete(document);
}

void request_query(struct request *request, const char *name, const char *value)
{
    struct buf path;

    buf_init(&path, SIZE_MAX - 1);
    buf_add_string(&path, request->path);
    buf_add_char(&path, strchr(request->path, '?') ? '&' : '?');
    buf_add_url_encoded(&path, name);
    buf_add_char(&path, '=');
    buf_add_url_encoded(&path, value);
    mem_free(request->path);
    request->path = buf_take(&path);
}

void request_page(struct request *request, unsigned page)
{
    char number[16], size[16];

    (void)snprintf(number, sizeof(number), "%u", page);
    (void)snprintf(size, sizeof(size), "%d", REQUEST_PAGE_SIZE);
    request_query(request, "page[number]", number);
    request_query(request, "page[size]", size);
}

cJSON *request_relation(const char *type, const char *id)
{
    cJSON *relation = cJSON_CreateObject();
    cJSON *data = cJSON_AddObjectToObject(relation, "data");

    cJSON_AddStringToObject(data, "type", type);
    cJSON_AddStringToObject(data, "id", id);
    return relation;
}

cJSON *request_document(const char *type, const char *id, cJSON *attributes)
{
    cJSON *document = cJSON_CreateObject();
    cJSON *data = cJSON_AddObjectToObject(document, "data");

    cJSON_AddStringToObject(data, "type", type);
    if (id)
        cJSON_AddStringToObject(data, "id", id);
    cJSON_AddItemToObject(data, "attributes", attributes);
    return document;
}

void request_relate(cJSON *document, const char *name, const char *type, const char *id)
{
    cJSON *data = json_get(document, "data");
    cJSON *relationships = json_get(data, "relationships");

    if (!relationships)
        relationships = cJSON_AddObjectToObject(data, "relationships");
    cJSON_AddItemToObject(relationships, name, request_relation(type, id));
}
