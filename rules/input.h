/*
 * input.h - an event as rules see it, read once for all of them, and only as far as one of them asks.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "queue/event.h"
#include "rules/program.h"

#include <cjson/cJSON.h>

struct rule_input {
    const struct event *event;           /* borrowed */
    const cJSON *params;                 /* borrowed; NULL for {} */
    cJSON *payload;                      /* owned; NULL until a plain path is followed */
    struct program_input *program_input; /* owned; NULL until a jq program runs */
};

void rule_input_clear(struct rule_input *input);

/* The value of a plain expression, borrowed; NULL when it has none, with jq's words in err. */
MUST_CHECK const cJSON *rule_input_find(struct rule_input *input, const char *expression, struct error *err);

/* What jq programs run on, borrowed. */
MUST_CHECK const struct program_input *rule_input_for_program(struct rule_input *input, struct error *err);
