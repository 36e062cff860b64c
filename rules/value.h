/*
 * value.h - jq's values as cJSON, so that nobody above this folder meets a jv.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <cjson/cJSON.h>
#include <jv.h>

/* A copy of value, owned; value is consumed. Numbers that JSON cannot hold become null, and a NUL inside a string
 * U+FFFD. NULL when value is nested deeper than VALUE_DEPTH_MAX. */
#define VALUE_DEPTH_MAX 80 /* JSON_DEPTH_MAX of a payload, and room for what a template builds around it */
MUST_CHECK cJSON *value_from_jv(jv value, struct error *err);

/* value as jq would have read it from its text. */
jv value_to_jv(const cJSON *value);

/* A copy of value, owned, as jq would have it: of an object's members with the same name only the last. */
MUST_CHECK cJSON *value_copy(const cJSON *value, struct error *err);
