/*
 * reply.c - error documents, after the examples in Pinpoint's API reference and Graphiti's way of pointing.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/reply.h"

#include "base/json.h"
#include "base/mem.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What each status is called, and its usual words. */
static const struct phrase {
    int status;
    const char *code;
    const char *title;
    const char *detail;
} phrases[] = {
    {400, "bad_request", "Bad Request", "Malformed query params"},
    {401, "unauthorized", "Unauthorized", "Invalid API key"},
    {403, "forbidden", "Forbidden", "Integration not enabled"},
    {404, "not_found", "Not Found", "Record not found"},
    {405, "method_not_allowed", "Method Not Allowed", "This method is not allowed here"},
    {406, "not_acceptable", "Not Acceptable", "The API answers in application/vnd.api+json"},
    {415, "unsupported_media_type", "Unsupported Media Type", "The API reads application/vnd.api+json"},
    {422, "unprocessable_entity", "Validation Error", "Invalid"},
    {429, "too_many_requests", "Too Many Requests", "Rate limit exceeded"},
    {503, "service_unavailable", "Service Unavailable", "The sandbox is full"},
    {500, "internal_server_error", "Internal Server Error",
     "We've notified our engineers and hope to address this issue shortly."},
};

void reply_clear(struct reply *reply)
{
    cJSON_Delete(reply->errors);
    cJSON_Delete(reply->document);
    *reply = (struct reply){0};
}

static const struct phrase *phrase_of(int status)
{
    size_t i = 0;

    while (i < COUNT_OF(phrases) - 1 && phrases[i].status != status)
        i++;
    return &phrases[i];
}

/* A new entry of errors, borrowed. */
static cJSON *add_error(struct reply *reply, int status, const char *title, const char *detail)
{
    const struct phrase *phrase = phrase_of(status);
    char number[16];
    cJSON *error = cJSON_CreateObject();

    if (!reply->errors) {
        reply->errors = cJSON_CreateArray();
        reply->status = status;
    }
    (void)snprintf(number, sizeof(number), "%d", status);
    cJSON_AddStringToObject(error, "code", phrase->code);
    cJSON_AddStringToObject(error, "status", number);
    cJSON_AddStringToObject(error, "title", title ? title : phrase->title);
    cJSON_AddStringToObject(error, "detail", detail ? detail : phrase->detail);
    cJSON_AddItemToArray(reply->errors, error);
    return error;
}

bool reply_refuse(struct reply *reply, int status, const char *detail)
{
    add_error(reply, status, NULL, detail);
    return false;
}

static void add_source(cJSON *error, const char *kind, const char *place)
{
    cJSON_AddStringToObject(cJSON_AddObjectToObject(error, "source"), kind, place);
}

bool reply_bad_parameter(struct reply *reply, const char *parameter, const char *format, ...)
{
    char why[200];
    char *detail;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    detail = mem_printf("Malformed query params: %s %s", parameter, why);
    add_source(add_error(reply, 400, NULL, detail), "parameter", parameter);
    mem_free(detail);
    return false;
}

bool reply_bad_document(struct reply *reply, const char *pointer, const char *format, ...)
{
    char detail[300];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(detail, sizeof(detail), format, args);
    va_end(args);
    add_source(add_error(reply, 400, "Request Error", detail), "pointer", pointer);
    return false;
}

/* "body_text" as people read it: "Body text". Owned. */
static char *humanize(const char *name)
{
    char *text = mem_string(name);

    for (char *at = text; *at; at++)
        *at = *at == '_' ? ' ' : *at;
    *text = (char)toupper((unsigned char)*text);
    return text;
}

bool reply_invalid(struct reply *reply, const char *group, const char *name, const char *format, ...)
{
    char message[300];
    char *human = humanize(name);
    char *detail;
    char *pointer = mem_printf("/data/%s/%s", group, name);
    cJSON *error;
    cJSON *meta;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    detail = mem_printf("%s %s", human, message);
    error = add_error(reply, 422, NULL, detail);
    add_source(error, "pointer", pointer);
    meta = cJSON_AddObjectToObject(error, "meta");
    cJSON_AddStringToObject(meta, "attribute", name);
    cJSON_AddStringToObject(meta, "message", message);
    mem_free(detail);
    mem_free(pointer);
    mem_free(human);
    return false;
}

char *reply_print(const struct reply *reply)
{
    cJSON *document;
    char *text;

    if (!reply->errors)
        return json_print(reply->document);
    document = cJSON_CreateObject();
    cJSON_AddItemReferenceToObject(document, "errors", reply->errors);
    cJSON_AddObjectToObject(document, "meta");
    text = json_print(document);
    cJSON_Delete(document);
    return text;
}
