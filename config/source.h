/*
 * source.h - one source of the configuration. For config.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "config/config.h"

#include <cjson/cJSON.h>

/* What a source is read against. */
struct source_context {
    const struct config *config; /* its accounts are read */
    const cJSON *retry;          /* of the file: for what the source does not say itself; may be NULL */
    bool compile_rules;
};

/* Fills source, which is zeroed; after a mistake too it is to be cleared. err->where is the key below the source. */
MUST_CHECK bool source_read(struct source *source, const cJSON *json, const struct source_context *context,
                            struct error *err);
void source_clear(struct source *source);
