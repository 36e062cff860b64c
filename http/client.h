/*
 * client.h - HTTP requests on the loop; the only home of libcurl.
 *
 * One client per process: many requests in flight, connections kept open and shared by all of them. It knows
 * nothing of Pinpoint, accounts or retries; it says how sure it is that a request was not acted upon. Nothing but a
 * GET or HEAD is ever sent twice.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "base/loop.h"

#include <stddef.h>
#include <stdint.h>

struct http_client;
struct http_call;

enum http_outcome {
    HTTP_ANSWERED, /* a whole response came back: status, headers and body are set */
    HTTP_NOT_SENT, /* no byte of the request left: no connection, DNS or TLS failure, or send_until_ms was over. Sure to
                      have had no effect */
    HTTP_UNKNOWN,  /* it may have been sent and acted upon: timeout, reset, a broken or too large response */
};

struct http_request {
    const char *method;         /* "GET", "POST", "PUT", … */
    const char *url;            /* absolute, http or https */
    const char *const *headers; /* "Name: value" strings, ended by NULL; may be NULL */
    const char *body;           /* may be NULL */
    size_t body_size;
    int64_t timeout_ms;           /* for the whole request, waiting for a free connection included; 0 means 30 s */
    const int64_t *send_until_ms; /* monotonic: from then on it is not sent any more. Read at the moment of sending, so
                                     it must stay, and may be moved, until the call ends. NULL for no such bound */
};

/* All pointers are borrowed and end with the callback. */
struct http_response {
    enum http_outcome outcome;
    int status;       /* 0 unless HTTP_ANSWERED */
    const char *body; /* NUL-terminated; "" when there is none */
    size_t body_size;
    const char *content_type; /* "" when absent */
    const char *retry_after;  /* the header's value; "" when absent */
    const char *date;         /* likewise: the server's time */
    const char *problem;      /* what went wrong, for people; "" when HTTP_ANSWERED */
    int64_t duration_ms;
};

typedef void http_response_fn(void *arg, const struct http_response *response);

struct http_client_options {
    size_t max_connections;    /* in all; 0 means 128 */
    size_t max_response_bytes; /* a longer body makes the outcome HTTP_UNKNOWN; 0 means 8 MiB */
    const char *user_agent;    /* 0 means "hookline/<version>" */
};

struct http_client *http_client_new(struct loop *loop, const struct http_client_options *options);

/* Copies what it needs of request. fn is called once, later, never from inside this call. Redirects are not
 * followed (a key must not travel to another host); only http and https are spoken. */
struct http_call *http_client_send(struct http_client *client, const struct http_request *request, http_response_fn *fn,
                                   void *arg);

/* Gives up on a call whose fn has not been called yet; fn will not be. */
void http_call_cancel(struct http_call *call);

/* Cancels what is in flight. Not from within fn. Takes NULL. */
void http_client_free(struct http_client *client);
