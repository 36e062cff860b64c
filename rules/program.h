/*
 * program.h - one compiled jq program per rule: its condition and its templates' expressions that need jq, run at once.
 *
 * Compiling costs 21 ms with jq 1.6 (it parses its own library each time), a run tens of microseconds: hence one
 * program for all expressions. Each is guarded, so a failure belongs to its expression. Called by rule.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "queue/event.h"

#include <cjson/cJSON.h>
#include <stddef.h>

struct program;
struct program_input; /* an event as the programs see it */

/* What a program is made of; all borrowed, and balanced as template_check wants it. */
struct program_source {
    const char *condition;          /* NULL: always true */
    const char *const *expressions; /* any number */
    size_t count;
    const cJSON *params; /* $params; NULL for {} */
};

/* *culprit is the expression at fault (count stands for the condition, count + 1 for none in particular). */
MUST_CHECK struct program *program_new(const struct program_source *source, size_t *culprit, struct error *err);
void program_free(struct program *program); /* takes NULL */

/* Parses the payload; done once for all rules. */
MUST_CHECK struct program_input *program_input_new(const struct event *event, struct error *err);
void program_input_free(struct program_input *input); /* takes NULL */

/* {"if": result, "args": [result, …]}, owned. A result is the list of the first two values the expression gave, or
 * {"error": "jq's words"}. args is empty when the condition did not hold. Fails when the program runs too long. */
MUST_CHECK cJSON *program_run(struct program *program, const struct program_input *input, struct error *err);
