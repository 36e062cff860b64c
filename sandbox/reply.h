/*
 * reply.h - what the API is going to answer: a status, and either the errors found so far or a document.
 *
 * Errors have Pinpoint's shape: {"errors":[{code,status,title,detail,source,meta}],"meta":{}}. Each function that
 * adds one returns false, so that refusing is one line; the first error's status is the answer's.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

struct reply {
    int status;
    cJSON *errors;   /* an array, or NULL */
    cJSON *document; /* what a success carries */
};

void reply_clear(struct reply *reply);

/* A refusal without a place: 401, 404, 405, 429, 500 … detail NULL means the usual words for that status. */
bool reply_refuse(struct reply *reply, int status, const char *detail);

/* 400: the query's parameter is unknown or malformed. */
bool reply_bad_parameter(struct reply *reply, const char *parameter, const char *format, ...) PRINTF_LIKE(3, 4);

/* 400: the document has not the form of one. pointer is a JSON pointer into it, "/data/type". */
bool reply_bad_document(struct reply *reply, const char *pointer, const char *format, ...) PRINTF_LIKE(3, 4);

/* 422: name, an attribute or relation, may not have that value. group is "attributes" or "relationships"; message
 * goes behind the name for people: "can't be blank" makes "Body text can't be blank". */
bool reply_invalid(struct reply *reply, const char *group, const char *name, const char *format, ...) PRINTF_LIKE(4, 5);

/* The body of the answer, owned (mem_free). */
char *reply_print(const struct reply *reply);
