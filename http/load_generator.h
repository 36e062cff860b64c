/*
 * load_generator.h - many requests over few keep-alive connections, as fast as they are answered or at a steady rate,
 * and how long the answers took. For measuring a server.
 *
 * Requests are written as bytes on plain sockets and of answers only status, length and body are read: http/client
 * costs more for a request than the servers that are to be measured. No TLS, no chunked answers.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "base/histogram.h"
#include "base/loop.h"

enum { LOAD_REQUEST_MAX = 2 << 20, LOAD_CONNECTIONS_MAX = 4096, LOAD_STATUSES = 600 };

struct load_generator;

/* Adds the whole of request number `number` (from 0) to out: head, with Content-Length, and body. */
typedef void load_request_fn(void *arg, size_t number, struct buf *out);

struct load_options {
    const char *url;    /* "http://host[:port]", what is behind that is not looked at */
    size_t connections; /* at most LOAD_CONNECTIONS_MAX */
    size_t requests;    /* in all */
    double per_second;  /* 0: each connection sends its next request when the last one is answered */
    int64_t timeout_ms; /* without any answer, it ends */
    load_request_fn *request;
    loop_fn *ended; /* everything was answered, or it cannot go on; called once, from the loop */
    void *arg;      /* of both */
};

struct load_result {
    size_t sent;
    size_t answered;
    size_t by_status[LOAD_STATUSES];
    size_t failed;              /* connection lost or no HTTP answer: the request may have been taken or not */
    int64_t elapsed_us;         /* from the first request to the last answer */
    struct histogram answer_us; /* from when a request was to be sent until its answer was there */
    char refusal[200]; /* the body of the first answer that was not 2xx, its beginning; "" when there was none */
    char problem[200]; /* of the first failure; "" when there was none */
};

/* Starts at the next turn of the loop. NULL when the host cannot be found or the URL is none. */
MUST_CHECK struct load_generator *load_generator_open(struct loop *loop, const struct load_options *options,
                                                      struct error *err);
void load_generator_close(struct load_generator *load); /* takes NULL */

/* Sends nothing more; ended is called when what is under way is answered. */
void load_generator_quiet(struct load_generator *load);

/* Borrowed; what there is so far. */
const struct load_result *load_generator_result(const struct load_generator *load);
