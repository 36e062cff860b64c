/*
 * json_check.h - whether a text is JSON that we take, found out in one pass and without recursion.
 *
 * For json.c, and for whoever has to point at the place of a mistake in a file.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <stddef.h>

struct json_facts {
    size_t mistake_at;   /* the byte, counted from 0, that the error is about */
    size_t big_integers; /* how many integers a double cannot hold */
};

/* Checks what json_parse promises. On false err->text says what is wrong and at which byte. */
MUST_CHECK bool json_check(const char *text, size_t size, struct json_facts *facts, struct error *err);
