/*
 * server.h - an HTTP/1.1 server on the loop; the only home of libmicrohttpd.
 *
 * A request reaches the handler when its body is complete and within bounds. The handler, or whoever it passes
 * the exchange to, answers it exactly once, at once or later. What the server refuses by itself (400 for a length that
 * could be read two ways, 413, 415 for a compressed body, 501) carries application/problem+json like all others; only
 * what is no HTTP at all gets libmicrohttpd's own words, or none.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "base/loop.h"

#include <stddef.h>
#include <stdint.h>

struct http_server;
struct http_exchange; /* one request and its answer */

typedef void http_handler_fn(void *arg, struct http_exchange *exchange);

struct http_server_options {
    const char *listen;       /* "host:port", "[v6]:port"; port 0 takes a free one */
    size_t max_body_bytes;    /* 0 means 1 MiB; a larger body gets 413 */
    unsigned max_connections; /* 0 means 1024 */
    /* A silent connection is closed; 0 means 30. One that is not silent but slow is closed when it has taken twice as
     * long, since it was opened or answered last, to send a request or to read an answer. */
    unsigned idle_timeout_s;
    http_handler_fn *handler;
    void *arg;
};

/* Listens; NULL and err ("cannot listen on 0.0.0.0:8080: address already in use") when it cannot. */
MUST_CHECK struct http_server *http_server_open(struct loop *loop, const struct http_server_options *options,
                                                struct error *err);
unsigned http_server_port(const struct http_server *server);
const char *http_server_address(const struct http_server *server); /* "http://127.0.0.1:8080"; borrowed */

/* Takes no new connections from now on; those open go on. */
void http_server_quiet(struct http_server *server);

/* Exchanges that were handed out and not answered yet. */
size_t http_server_pending(const struct http_server *server);

/* Closes every connection; exchanges not answered must not be touched any more. Not from within the handler. Takes
 * NULL. */
void http_server_close(struct http_server *server);

/* What was asked; all borrowed until the answer. */
const char *http_exchange_method(const struct http_exchange *exchange);
const char *http_exchange_path(const struct http_exchange *exchange);                     /* decoded, no query */
const char *http_exchange_header(const struct http_exchange *exchange, const char *name); /* NULL when absent */
const char *http_exchange_query(const struct http_exchange *exchange, const char *name);  /* NULL when absent */
const char *http_exchange_body(const struct http_exchange *exchange, size_t *size);       /* "" when none */

/* The request's headers in order. value is "" when there is none. */
struct http_header {
    const char *name;
    const char *value;
};
const struct http_header *http_exchange_headers(struct http_exchange *exchange, size_t *count);

/* The value of a header that was sent once: NULL when it is absent, or was sent more than once. */
const char *http_exchange_single_header(struct http_exchange *exchange, const char *name);

/* Calls fn for each query parameter, in order. value is "" when there is none. */
typedef void http_pair_fn(void *arg, const char *name, const char *value);
void http_exchange_each_query(const struct http_exchange *exchange, http_pair_fn *fn, void *arg);

/* Adds a header to the answer to come. */
void http_exchange_set_header(struct http_exchange *exchange, const char *name, const char *value);

/* Each ends the exchange: it must not be touched afterwards. Safe when the peer has gone meanwhile. Bytes are copied.
 */
void http_exchange_answer(struct http_exchange *exchange, int status, const char *content_type, const char *body,
                          size_t size);
void http_exchange_answer_problem(struct http_exchange *exchange, int status, const char *title, const char *detail);
void http_exchange_drop(struct http_exchange *exchange); /* closes the connection without an answer */
