/*
 * talk.c - see talk.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sandbox/talk.h"

#include "base/json.h"
#include "base/mem.h"
#include "tests/fakes/raw_client.h"
#include "tests/fakes/wait.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void talk_open(struct talk *talk, const struct sandbox_options *options)
{
    struct sandbox_options used = options ? *options : (struct sandbox_options){0};
    struct error err = {0};

    used.listen = "127.0.0.1:0";
    talk->loop = loop_new();
    talk->client = http_client_new(talk->loop, &(struct http_client_options){0});
    talk->sandbox = sandbox_open(talk->loop, &used, &err);
    if (!talk->sandbox)
        fail_msg("%s", err.text);
}

void talk_close(struct talk *talk)
{
    http_client_free(talk->client);
    sandbox_close(talk->sandbox);
    loop_free(talk->loop);
}

int talk_setup(void **state)
{
    static struct talk talk;

    talk_open(&talk, NULL);
    *state = &talk;
    return 0;
}

int talk_teardown(void **state)
{
    talk_close(*state);
    return 0;
}

struct hearing {
    struct loop *loop;
    struct heard heard;
};

static void on_response(void *arg, const struct http_response *response)
{
    struct hearing *hearing = arg;
    struct error err = {0};

    hearing->heard = (struct heard){
        .is_there = true,
        .outcome = response->outcome,
        .status = response->status,
        .body = mem_copy(response->body, response->body_size),
        .document = json_parse(response->body, response->body_size, &err),
        .content_type = mem_string(response->content_type),
        .retry_after = mem_string(response->retry_after),
    };
    loop_stop(hearing->loop);
}

struct heard talk_send_with(struct talk *talk, const char *method, const char *path, const char *const *headers,
                            const char *body)
{
    struct hearing hearing = {.loop = talk->loop};
    char *url = mem_printf("%s%s", sandbox_address(talk->sandbox), path);
    struct http_request request = {
        .method = method, .url = url, .headers = headers, .body = body, .body_size = body ? strlen(body) : 0};

    http_client_send(talk->client, &request, on_response, &hearing);
    if (!wait_for(talk->loop, &hearing.heard.is_there))
        fail_msg("%s %s was not answered", method, path);
    mem_free(url);
    return hearing.heard;
}

struct heard talk_send(struct talk *talk, const char *method, const char *path, const char *body)
{
    static const char *const headers[] = {"X-API-KEY: " SANDBOX_API_KEY, "Accept: application/vnd.api+json",
                                          "Content-Type: application/vnd.api+json", NULL};

    return talk_send_with(talk, method, path, headers, body);
}

void heard_clear(struct heard *heard)
{
    mem_free(heard->body);
    cJSON_Delete(heard->document);
    mem_free(heard->content_type);
    mem_free(heard->retry_after);
    *heard = (struct heard){0};
}

char *talk_raw(struct talk *talk, const char *path, const char *header)
{
    unsigned port = (unsigned)strtoul(strrchr(sandbox_address(talk->sandbox), ':') + 1, NULL, 10);
    char *request = mem_printf("GET %s HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n%s%s\r\n", path, header,
                               header[0] ? "\r\n" : "");
    struct raw_client client;
    char *answer;

    raw_client_open(&client, talk->loop, port);
    raw_client_send(&client, request);
    assert_true(raw_client_await_close(&client));
    answer = mem_copy(client.received.data, client.received.size);
    raw_client_close(&client);
    mem_free(request);
    return answer;
}

cJSON *talk_expect(struct talk *talk, int status, const char *method, const char *path, const char *body)
{
    struct heard heard = talk_send(talk, method, path, body);
    cJSON *document = heard.document;

    if (heard.status != status)
        fail_msg("%s %s: expected %d, got %d %s", method, path, status, heard.status, heard.body);
    heard.document = NULL;
    heard_clear(&heard);
    return document;
}

void talk_expect_error(struct talk *talk, int status, const char *method, const char *path, const char *body,
                       const char *place, const char *detail)
{
    cJSON *document = talk_expect(talk, status, method, path, body);
    const cJSON *error = cJSON_GetArrayItem(json_get(document, "errors"), 0);
    const cJSON *source = json_get(error, "source");
    const char *found = json_get_string(source, "pointer", json_get_string(source, "parameter", ""));

    assert_true(cJSON_IsObject(json_get(document, "meta")));
    if (strcmp(found, place) != 0)
        fail_msg("%s %s %s: expected an error at %s, got one at %s", method, path, body ? body : "", place, found);
    if (!strstr(json_get_string(error, "detail", ""), detail))
        fail_msg("%s %s: '%s' is not in: %s", method, path, detail, json_get_string(error, "detail", ""));
    cJSON_Delete(document);
}

static const cJSON *find_at(const cJSON *document, const char *path)
{
    const cJSON *at = document;

    while (*path && at) {
        char name[64];
        size_t size = strcspn(path, ".");

        snprintf(name, sizeof(name), "%.*s", (int)size, path);
        at = cJSON_IsArray(at) ? cJSON_GetArrayItem(at, (int)strtol(name, NULL, 10)) : json_get(at, name);
        path += size + (path[size] == '.');
    }
    return at;
}

const char *text_at(const cJSON *document, const char *path)
{
    const cJSON *found = find_at(document, path);

    if (!cJSON_IsString(found))
        fail_msg("there is no text at %s", path);
    return found->valuestring;
}

int count_at(const cJSON *document, const char *path)
{
    const cJSON *found = find_at(document, path);

    return found ? cJSON_GetArraySize(found) : -1;
}

char *comment_on(const char *type, const char *id, const char *text)
{
    return mem_printf("{\"data\":{\"type\":\"comments\",\"attributes\":{\"body_text\":\"%s\"},\"relationships\":"
                      "{\"commentable\":{\"data\":{\"type\":\"%s\",\"id\":\"%s\"}}}}}",
                      text, type, id);
}

char *value_of(const char *field_id, const char *type, const char *id, const char *attributes)
{
    return mem_printf("{\"data\":{\"type\":\"custom_attributes\",\"attributes\":%s,\"relationships\":{\"custom_field\":"
                      "{\"data\":{\"type\":\"custom_fields\",\"id\":\"%s\"}},\"custom_attributable\":"
                      "{\"data\":{\"type\":\"%s\",\"id\":\"%s\"}}}}}",
                      attributes, field_id, type, id);
}

char *field_id(struct talk *talk, const char *name, const char *resource_type)
{
    for (int page = 1; page < 10; page++) {
        char *path = mem_printf("/api/v1/custom_fields?page[number]=%d", page);
        cJSON *document = talk_expect(talk, 200, "GET", path, NULL);
        const cJSON *field;
        char *id = NULL;

        cJSON_ArrayForEach(field, json_get(document, "data"))
        {
            const cJSON *attributes = json_get(field, "attributes");

            if (strcmp(json_get_string(attributes, "name", ""), name) == 0 &&
                strcmp(json_get_string(attributes, "resource_type", ""), resource_type) == 0)
                id = mem_string(json_get_string(field, "id", NULL));
        }
        cJSON_Delete(document);
        mem_free(path);
        if (id)
            return id;
    }
    fail_msg("there is no field %s of %s", name, resource_type);
    return NULL;
}
