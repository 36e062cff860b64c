/*
 * argument.h - reading the arguments of an action, once templates are filled in.
 *
 * For check.c, target.c and the handlers.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "handlers/handler.h"

#include <stddef.h>

/* The row of that name, or NULL. */
const struct argument *argument_named(const struct handler *handler, const char *name);

/* value written out, without the space around it; owned. NULL with err for what is no text, empty, or longer than
 * max_characters; err->where is name. */
MUST_CHECK char *argument_text(const cJSON *value, const char *name, size_t max_characters, struct error *err);

/* The flag at name, or fallback when it is not given. */
bool argument_flag(const struct action *action, const char *name, bool fallback);

/* Whether value is a text that only an event makes whole. */
bool argument_is_template(const cJSON *value);

#define ARGUMENT_ID_SIZE 19 /* 18 digits and a NUL */

/* Whether value is an id: a number, or a string of nothing but digits, that does not begin with 0. */
bool argument_id(const cJSON *value, char id[ARGUMENT_ID_SIZE]);
