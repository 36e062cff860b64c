/*
 * response.h - what an answer of Pinpoint's API means for the event that asked.
 *
 * worker/gateway.c decides by it whether an answer reaches a handler; handlers read lists and words out of it.
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
    const cJSON *document; /* NULL when the body is no JSON object (or there is none), and of a 2xx to a write, whose
                              body is only known to be one: that it was written is all that its status says */
};

/* The table of status codes. It sees the status alone: whoever needs a document takes a 2xx without one for
 * MEANING_RETRY, because what was asked may have been done. */
enum meaning response_meaning(int status);
const char *meaning_name(enum meaning meaning);

#define RESPONSE_WORDS_MAX 300 /* bytes that response_describe adds at most */

/* Pinpoint's own words about a refusal: "422 Validation Error: Name can't be blank (/data/attributes/name)".
 * Every error of the document is named, up to RESPONSE_WORDS_MAX; a response without them gives "404". */
void response_describe(const struct response *response, struct buf *out);

/* The id of the one resource in the document, or NULL. */
const char *response_id(const struct response *response);

/* The records of a list, borrowed: a JSON array; NULL when the document holds none. */
const cJSON *response_list(const struct response *response);

/* Whether list, asked for with request_page, ends here. Pinpoint's answers carry no links to wait for. */
bool response_is_last_page(const cJSON *list);
