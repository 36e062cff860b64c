/*
 * response.h - what an answer of Pinpoint's API means for the event that asked.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/error.h"

#include <cjson/cJSON.h>

enum meaning {
    MEANING_OK,        /* 2xx: go on */
    MEANING_RETRY,     /* try again later; what was asked may have been done */
    MEANING_LIMITED,   /* 429: the account rests */
    MEANING_SUSPENDED, /* 401, 403: the key is refused; an operator must look */
    MEANING_REFUSED,   /* other 4xx: will never work as asked */
};

/* A response that reached the program, its body parsed. */
struct response {
    int status;
    const cJSON *document; /* NULL when the body is no JSON object (or there is none) */
};

/* The table of status codes. A 2xx to a request that must carry a document and does not is MEANING_RETRY: see
 * response_is_readable. */
enum meaning response_meaning(int status);
const char *meaning_name(enum meaning meaning);

/* Pinpoint's own words about a refusal: "422 Validation Error: Name can't be blank (/data/attributes/name)".
 * Every error of the document is named, up to 300 bytes; a response without them gives "404". */
void response_describe(const struct response *response, struct buf *out);

/* The id of the one resource in the document, or NULL. */
const char *response_id(const struct response *response);
