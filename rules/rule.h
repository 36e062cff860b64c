/*
 * rule.h - one rule: read from the configuration, matched, compiled when first used, and filled in for an event.
 *
 * Called by rules.c, which keeps the rules of a source in order and knows an action's place for people.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "queue/event.h"
#include "rules/input.h"
#include "rules/program.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#define RULE_ACTIONS_MAX     50  /* in one rule */
#define RULE_EXPRESSIONS_MAX 500 /* templates in one rule */

/* One {{…}} of an action's arguments, in the order in which they are filled in. */
struct rule_slot {
    char *expression;
    char *argument; /* the path of the string that holds it, below the action's arguments: "value.options[0]" */
    size_t action;
    bool is_plain; /* followed without jq */
    size_t result; /* else: which of the program's results is its value */
};

struct rule_action {
    char *name;
    cJSON *args;
    size_t first_slot;
};

struct rule {
    char *name; /* NULL when it has none */
    char **patterns;
    size_t pattern_count;
    char *condition;       /* NULL when it has none */
    bool has_jq_condition; /* it has one, which is not plain */
    struct rule_action *actions;
    size_t action_count;
    struct rule_slot *slots;
    size_t slot_count;
    size_t jq_count;         /* slots that are not plain */
    struct program *program; /* NULL until it is compiled, and for good when all is plain */
};

/* Copies what is written in json. err->where is a path below the rule: "do[1].post_comment.text". */
MUST_CHECK bool rule_init(struct rule *rule, const cJSON *json, struct error *err);
void rule_clear(struct rule *rule);

bool rule_is_on(const struct rule *rule, const char *type);

/* Compiles what needs jq, unless that is done. err->where is a path below the rule. */
MUST_CHECK bool rule_compile(struct rule *rule, const cJSON *params, struct error *err);

/* Looks at the condition of the compiled rule, and runs its program if it has one: *results, owned (cJSON_Delete), are
 * for rule_fill. They are NULL also when there is no program. */
MUST_CHECK bool rule_run(const struct rule *rule, struct rule_input *input, bool *holds, cJSON **results,
                         struct error *err);

/* The arguments of an action with its templates filled in, owned. err->where is the argument at fault. */
MUST_CHECK cJSON *rule_fill(const struct rule *rule, size_t action, struct rule_input *input, const cJSON *results,
                            struct error *err);
