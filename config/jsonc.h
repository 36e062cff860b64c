/*
 * jsonc.h - JSON with // and block comments and trailing commas, and where in the text a member stands.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <cjson/cJSON.h>
#include <stddef.h>

/* Owned (cJSON_Delete). err->text holds "line:column: …". The same member twice is a mistake. */
MUST_CHECK cJSON *jsonc_parse(const char *text, size_t size, struct error *err);

/* Where the value at path ("sources.video.rules[0].on") begins, counted from 1. The nearest existing parent when there
 * is no such path; line 1, column 1 at worst. */
void jsonc_locate(const char *text, size_t size, const char *path, unsigned *line, unsigned *column);
