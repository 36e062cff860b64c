/*
 * json_walk.h - where in a text each value of a JSON document stands, which cJSON forgets. For jsonc.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

/* Called where a value begins, parents first, in the order of the text. path is "sources.video.rules[0].on", "" for the
 * document; names in it are as written, escapes not resolved. */
typedef void json_visit_fn(void *arg, const char *path, size_t at);

/* text must have passed json_check and end with a NUL. Paths longer than 1023 bytes are cut. */
void json_walk(const char *text, size_t size, json_visit_fn *fn, void *arg);
