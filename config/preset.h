/*
 * preset.h - vendors as data: what presets/NAME.json fills in for a source.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <cjson/cJSON.h>

/* The preset of that name, owned (cJSON_Delete), or NULL and "unknown preset; did you mean …". */
MUST_CHECK cJSON *preset_load(const char *name, struct error *err);

/* A copy of source in which everything is filled in that preset's verify, event and rules say and source does not:
 * object by object, lists as a whole. Either may be anything that JSON may be; preset may be NULL. */
cJSON *preset_fill_in(const cJSON *source, const cJSON *preset);

/* The parameters for the rules: preset's defaults, and what given says instead; owned. given may be NULL. A parameter
 * that preset does not know, or of another type than its default, is a mistake: err->where is its name. */
MUST_CHECK cJSON *preset_params(const cJSON *preset, const cJSON *given, struct error *err);

/* Adds defaults' members to object where it has none, object by object. */
void preset_add_missing(cJSON *object, const cJSON *defaults);
