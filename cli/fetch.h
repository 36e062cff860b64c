/*
 * fetch.h - one HTTP request that is waited for. For commands; processes that serve use http/client.h as it is.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "http/client.h"

#include <cjson/cJSON.h>

struct fetched {
    int status; /* 0 when no whole answer came */
    char *body; /* owned; "" when there is none */
    size_t body_size;
    char problem[200]; /* why status is 0 */
    int64_t duration_ms;
};

/* Runs the loop until the answer is there or the request has timed out. */
void fetch(struct loop *loop, struct http_client *client, const struct http_request *request, struct fetched *fetched);
void fetched_clear(struct fetched *fetched);

/* The body as JSON, owned; NULL when it is none. */
cJSON *fetched_json(const struct fetched *fetched);
