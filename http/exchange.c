/*
 * exchange.c - what a handler can ask an exchange, and its answer.
 *
 * Headers and query are looked up in libmicrohttpd's memory when they are asked for: most are not. Who wants all
 * headers has them in a list, made once a request.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/exchange.h"

#include "base/crypto.h"
#include "base/json.h"
#include "base/mem.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

enum {
    HEADERS_MAX = 8 << 10,
    PROBLEM_MAX = 8 << 10,
    BODY_KEPT_BYTES = 16 << 10, /* a larger buffer is freed between two requests */
};

struct http_exchange *exchange_new(struct reception *reception, size_t max_body_bytes)
{
    struct http_exchange *exchange = mem_new(sizeof(*exchange));

    exchange->reception = reception;
    buf_init(&exchange->body, max_body_bytes);
    buf_init(&exchange->headers, HEADERS_MAX);
    return exchange;
}

void exchange_free(struct http_exchange *exchange)
{
    buf_clear(&exchange->body);
    buf_clear(&exchange->headers);
    mem_free(exchange->asked);
    mem_free(exchange);
}

void exchange_reset(struct http_exchange *exchange)
{
    if (exchange->body.capacity > BODY_KEPT_BYTES)
        buf_clear(&exchange->body);
    buf_reset(&exchange->body);
    buf_reset(&exchange->headers);
    exchange->state = EXCHANGE_RECEIVING;
    exchange->is_suspended = false;
    exchange->refusal = NULL;
    exchange->discarded = 0;
    exchange->asked_count = 0;
}

const char *http_exchange_method(const struct http_exchange *exchange)
{
    return exchange->method;
}

const char *http_exchange_path(const struct http_exchange *exchange)
{
    return exchange->path;
}

const char *http_exchange_header(const struct http_exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

const char *http_exchange_query(const struct http_exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(exchange->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *http_exchange_body(const struct http_exchange *exchange, size_t *size)
{
    *size = exchange->body.size;
    return exchange->body.data;
}

struct pair_call {
    http_pair_fn *fn;
    void *arg;
};

/* An MHD_KeyValueIterator. */
static enum MHD_Result on_pair(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
    const struct pair_call *call = arg;

    (void)kind;
    call->fn(call->arg, name, value ? value : "");
    return MHD_YES;
}

void http_exchange_each_query(const struct http_exchange *exchange, http_pair_fn *fn, void *arg)
{
    MHD_get_connection_values(exchange->connection, MHD_GET_ARGUMENT_KIND, on_pair, &(struct pair_call){fn, arg});
}

/* An MHD_KeyValueIterator. How many there are is bounded by the memory of a connection. */
static enum MHD_Result note_header(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct http_exchange *exchange = arg;

    (void)kind;
    if (exchange->asked_count == exchange->asked_capacity) {
        exchange->asked_capacity = exchange->asked_capacity ? exchange->asked_capacity * 2 : 16;
        exchange->asked = mem_resize(exchange->asked, exchange->asked_capacity * sizeof(*exchange->asked));
    }
    exchange->asked[exchange->asked_count++] = (struct http_header){name, value ? value : ""};
    return MHD_YES;
}

const struct http_header *http_exchange_headers(struct http_exchange *exchange, size_t *count)
{
    if (exchange->asked_count == 0)
        MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, note_header, exchange);
    *count = exchange->asked_count;
    return exchange->asked;
}

const char *http_exchange_single_header(struct http_exchange *exchange, const char *name)
{
    size_t count;
    const struct http_header *headers = http_exchange_headers(exchange, &count);
    const char *value = NULL;

    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(headers[i].name, name) != 0)
            continue;
        if (value)
            return NULL;
        value = headers[i].value;
    }
    return value;
}

void http_exchange_set_header(struct http_exchange *exchange, const char *name, const char *value)
{
    buf_add(&exchange->headers, name, strlen(name) + 1);
    buf_add(&exchange->headers, value, strlen(value) + 1);
}

/* libmicrohttpd refuses a name or value that would break out of its line; the header is then left out. */
static void add_headers(struct MHD_Response *response, const struct buf *headers)
{
    const char *end = headers->data + headers->size;

    if (headers->overflow)
        return;
    for (const char *name = headers->data; name < end;) {
        const char *value = name + strlen(name) + 1;

        (void)MHD_add_response_header(response, name, value);
        name = value + strlen(value) + 1;
    }
}

/* Without memory for an answer the connection is closed without one. */
static void queue_answer(struct http_exchange *exchange, int status, const char *content_type, struct bytes body)
{
    /* The cast takes away a const that libmicrohttpd has no word for: it copies. */
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body.size, (void *)body.data, MHD_RESPMEM_MUST_COPY);

    exchange->state = EXCHANGE_DROPPED;
    if (!response)
        return;
    if (content_type && *content_type)
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
    add_headers(response, &exchange->headers);
    if (MHD_queue_response(exchange->connection, (unsigned)status, response) == MHD_YES)
        exchange->state = EXCHANGE_ANSWERED;
    MHD_destroy_response(response);
}

void http_exchange_answer(struct http_exchange *exchange, int status, const char *content_type, const char *body,
                          size_t size)
{
    assert(exchange->state == EXCHANGE_HANDED_OUT);
    queue_answer(exchange, status, content_type, (struct bytes){body, size});
    reception_take_back(exchange);
}

void http_exchange_answer_problem(struct http_exchange *exchange, int status, const char *title, const char *detail)
{
    struct buf text;

    buf_init(&text, PROBLEM_MAX);
    buf_add_string(&text, "{\"type\":\"about:blank\",\"title\":");
    json_add_quoted(title, strlen(title), &text);
    buf_addf(&text, ",\"status\":%d,\"detail\":", status);
    json_add_quoted(detail, strlen(detail), &text);
    buf_add_char(&text, '}');
    if (text.overflow) { /* better no words than half of them */
        buf_reset(&text);
        buf_add_string(&text, "{}");
    }
    http_exchange_answer(exchange, status, "application/problem+json", text.data, text.size);
    buf_clear(&text);
}

void http_exchange_drop(struct http_exchange *exchange)
{
    assert(exchange->state == EXCHANGE_HANDED_OUT);
    exchange->state = EXCHANGE_DROPPED;
    reception_take_back(exchange);
}
