/*
 * rules.h - from an event to the actions it asks for; the only home of libjq.
 *
 * A rule has "on" (event types), "if" (jq, optional) and "do" (actions with arguments). Strings in arguments may hold
 * {{ jq }} templates over the payload, with $headers, $event and $params beside it. Plain paths are followed without jq
 * (plain.h). Of what else a rule holds one jq program is compiled (21 ms each with jq 1.6), which yields its condition
 * and its arguments in one run.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "queue/event.h"

#include <cjson/cJSON.h>
#include <stddef.h>

struct rules; /* of one source */

/* Structure only, no jq: unknown keys, missing ones, wrong types, an unbalanced "{{". Both are copied. params may be
 * NULL. err->where is a path below the rules: "[0].do[1].post_comment". Names of actions and arguments are not checked
 * here. */
MUST_CHECK struct rules *rules_new(const cJSON *rules, const cJSON *params, struct error *err);
void rules_free(struct rules *rules); /* takes NULL */

/* Compiles every jq program now, so that a mistake is found at start: err->where is "[0].if" or
 * "[0].do[1].post_comment.text", err->text has jq's own words. */
MUST_CHECK bool rules_compile(struct rules *rules, struct error *err);

size_t rules_count(const struct rules *rules);

/* One action to perform. */
struct planned {
    const char *name;    /* "set_attribute"; borrowed from the rules */
    cJSON *args;         /* owned by the plan: templates filled in */
    size_t rule, action; /* where it stands: rule's index and its index in "do" */
    char *where; /* owned: "rule 1 (assessment.completed), action 2 (post_comment)", counted from 1, for people */
};

struct plan {
    struct planned *actions;
    size_t count;
};

/* What event asks for, in the order of the file. An event no rule matches gives an empty plan. False when a template or
 * a condition fails on this event: err->text names rule, action, argument and jq's words; ERROR_INVALID. */
MUST_CHECK bool rules_plan(struct rules *rules, const struct event *event, struct plan *plan, struct error *err);
void plan_clear(struct plan *plan);
