/*
 * plain.h - expressions that are a plain path, followed without jq.
 *
 * Most templates only name a value: .data.score  .items[0].id  .["a b"]  $params.field. Following one costs less than a
 * microsecond, where jq takes some ten, and a rule of nothing else needs no compiled program. The value, or jq's words
 * about an index of the wrong kind, are those that jq gives; a test holds both to the same.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

/* What the paths begin at; borrowed. */
struct plain_roots {
    const cJSON *payload;
    const cJSON *params; /* NULL for {} */
};

bool plain_is(const char *expression);

/* Whether a plain expression begins at the payload. */
bool plain_wants_payload(const char *expression);

/* The value that a plain expression names, borrowed: null when it is missing. NULL when something on the way cannot be
 * indexed. Of members with the same name the last one counts. */
MUST_CHECK const cJSON *plain_find(const char *expression, const struct plain_roots *roots, struct error *err);
