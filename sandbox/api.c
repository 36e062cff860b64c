/*
 * api.c - key, rate, fault, then the request itself: its media types, its path, its method.
 *
 * What a fault spoils is decided before the request is looked at; whether the request is performed all the same
 * depends on the fault.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/api.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/mem.h"
#include "sandbox/answer.h"
#include "sandbox/jsonapi.h"
#include "sandbox/list.h"
#include "sandbox/query.h"
#include "sandbox/spoil.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define API_PREFIX "/api/v1/"

/* One request on its way through this file. */
struct call {
    struct sandbox *sandbox;
    struct http_exchange *exchange;
    struct reply *reply;
    struct answer *answer;
    const char *method;
    const struct schema *schema;
    long long id; /* 0: the whole collection */
};

static bool check_key(struct call *call)
{
    const char *key = http_exchange_header(call->exchange, "X-API-KEY");
    const char *expected = call->sandbox->api_key;

    if (!key)
        return reply_refuse(call->reply, 401, "X-API-KEY header not provided");
    return crypto_equal(key, strlen(key), expected, strlen(expected)) || reply_refuse(call->reply, 401, NULL);
}

static bool check_rate(struct call *call)
{
    struct sandbox *sandbox = call->sandbox;
    int64_t wait_s = 0;

    if (traffic_take(&sandbox->traffic, &wait_s))
        return true;
    call->answer->retry_after = faults_retry_after(&sandbox->faults, wait_s, clock_now_ms());
    return reply_refuse(call->reply, 429, NULL);
}

/* Whether header, a list of media types, names one that the API speaks. Plain JSON passes too, as it does at Pinpoint.
 */
static bool speaks(const char *header, bool is_accept)
{
    static const char *const known[] = {"application/vnd.api+json", "application/json", "*/*", "application/*"};
    const char *at = header;

    while (at && *at) {
        size_t size;

        at += strspn(at, " ,");
        size = strcspn(at, " ;,");
        for (size_t i = 0; i < (is_accept ? COUNT_OF(known) : 2); i++)
            if (strlen(known[i]) == size && strncasecmp(at, known[i], size) == 0)
                return true;
        at = is_accept ? strchr(at, ',') : NULL;
    }
    return false;
}

static bool check_media_types(struct call *call)
{
    const char *accept = http_exchange_header(call->exchange, "Accept");
    const char *type = http_exchange_header(call->exchange, "Content-Type");

    if (accept && !speaks(accept, true))
        return reply_refuse(call->reply, 406, NULL);
    return strcmp(call->method, "GET") == 0 || speaks(type, false) || reply_refuse(call->reply, 415, NULL);
}

/* The last part of the path, as an id from 1 on. */
static bool read_id(struct call *call, const char *text)
{
    size_t size = strspn(text, "0123456789");

    if (size == 0 || size > 18 || text[size])
        return reply_refuse(call->reply, 404, NULL);
    call->id = strtoll(text, NULL, 10);
    return call->id > 0 || reply_refuse(call->reply, 404, NULL);
}

static bool check_method(struct call *call)
{
    const char *here = call->id > 0 ? "GET PUT" : "GET POST";
    char allowed[16] = "";

    if (schema_has_word(here, call->method) && schema_has_word(call->schema->methods, call->method))
        return true;
    for (const char *const *method = (const char *const[]){"GET", "POST", "PUT", NULL}; *method; method++) {
        if (schema_has_word(here, *method) && schema_has_word(call->schema->methods, *method)) {
            size_t size = strlen(allowed);

            (void)snprintf(allowed + size, sizeof(allowed) - size, "%s%s", size ? ", " : "", *method);
        }
    }
    http_exchange_set_header(call->exchange, "Allow", allowed);
    return reply_refuse(call->reply, 405, NULL);
}

static bool find_route(struct call *call)
{
    const char *path = http_exchange_path(call->exchange);
    char type[32] = "";
    size_t size;

    if (strncmp(path, API_PREFIX, strlen(API_PREFIX)) != 0)
        return reply_refuse(call->reply, 404, NULL);
    path += strlen(API_PREFIX);
    size = strcspn(path, "/");
    if (size < sizeof(type))
        memcpy(type, path, size);
    call->schema = schema_of(type);
    if (!call->schema || !call->schema->methods[0])
        return reply_refuse(call->reply, 404, NULL);
    return (!path[size] || read_id(call, path + size + 1)) && check_method(call);
}

static struct record *find_record(struct call *call)
{
    struct record *record = store_find(call->sandbox->store, call->schema->type, call->id);

    if (!record || !list_is_public(record)) {
        (void)reply_refuse(call->reply, 404, NULL);
        return NULL;
    }
    return record;
}

static void read_record(struct call *call, const struct query *query)
{
    const struct record *record = find_record(call);

    if (record) {
        call->reply->status = 200;
        call->reply->document = jsonapi_record(call->sandbox->store, query, record);
    }
}

static void read_list(struct call *call, const struct query *query)
{
    struct page page;

    list_read(call->sandbox->store, query, &page);
    call->reply->status = 200;
    call->reply->document = jsonapi_page(call->sandbox->store, query, &page);
    list_clear(&page);
}

/* What a write belongs to: the record whose list it is in, or that it hangs on. */
static const struct record *parent_of(const struct record *record)
{
    for (size_t i = 0; record->schema->relations[i].name; i++)
        if (record->schema->relations[i].inverse)
            return record->slots[i].one;
    return NULL;
}

static void enter_in_ledger(struct call *call, const struct write *write, const char *body, size_t size)
{
    struct ledger_entry entry = {
        .method = call->method,
        .path = http_exchange_path(call->exchange),
        .record = write->record,
        .parent = parent_of(write->record),
        .summary = write->summary,
        .body = body,
        .body_size = size,
    };

    call->answer->write = ledger_add(call->sandbox->ledger, &entry);
}

bool api_write(struct sandbox *sandbox, struct write *write, const cJSON *document)
{
    if (!write_perform(write, document))
        return false;
    if (write->stage_before && sandbox->webhook)
        webhook_stage_changed(sandbox->webhook, write->record);
    return true;
}

static void write_record(struct call *call, const struct query *query, const cJSON *document)
{
    struct write write = {.store = call->sandbox->store, .reply = call->reply, .schema = call->schema};
    size_t size = 0;
    const char *body = http_exchange_body(call->exchange, &size);

    write.record = call->id > 0 ? find_record(call) : NULL;
    if (call->id > 0 && !write.record)
        return;
    if (api_write(call->sandbox, &write, document)) {
        enter_in_ledger(call, &write, body, size);
        call->reply->status = call->id > 0 ? 200 : 201;
        call->reply->document = jsonapi_record(call->sandbox->store, query, write.record);
    }
    write_clear(&write);
}

static void read_and_write(struct call *call, const struct query *query)
{
    struct error err = {0};
    size_t size = 0;
    const char *body = http_exchange_body(call->exchange, &size);
    cJSON *document = json_parse(body, size, &err);

    if (cJSON_IsObject(document))
        write_record(call, query, document);
    else
        (void)reply_bad_document(call->reply, "", "Malformed JSON: %s", document ? "not an object" : err.text);
    cJSON_Delete(document);
}

static void perform(struct call *call)
{
    bool is_read = strcmp(call->method, "GET") == 0;
    struct query query = {0};

    if (!find_route(call) || !check_media_types(call))
        return;
    if (!query_read(&query, call->schema, is_read && call->id == 0, call->exchange, call->reply)) {
        query_clear(&query);
        return;
    }
    if (!is_read)
        read_and_write(call, &query);
    else if (call->id > 0)
        read_record(call, &query);
    else
        read_list(call, &query);
    query_clear(&query);
}

static void misbehave(struct call *call)
{
    struct sandbox *sandbox = call->sandbox;
    enum fault fault = faults_draw(&sandbox->faults, &sandbox->dice, call->method);

    call->answer->delay_ms = dice_between(&sandbox->dice, sandbox->latency_min_ms, sandbox->latency_max_ms);
    if (fault == FAULT_NONE || fault_is_after_write(fault))
        perform(call);
    spoil_reply(call->reply, call->answer, fault);
    if (call->reply->status > 0) {
        call->answer->status = call->reply->status;
        call->answer->body = reply_print(call->reply);
    }
    spoil_answer(call->answer, fault);
}

void api_handle(struct sandbox *sandbox, struct http_exchange *exchange)
{
    struct reply reply = {0};
    struct call call = {
        .sandbox = sandbox,
        .exchange = exchange,
        .reply = &reply,
        .answer = answer_new(sandbox, exchange),
        .method = http_exchange_method(exchange),
    };

    if (check_key(&call) && check_rate(&call)) {
        misbehave(&call);
    } else {
        call.answer->status = reply.status;
        call.answer->body = reply_print(&reply);
    }
    answer_send(call.answer);
    reply_clear(&reply);
}
