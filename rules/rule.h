/*
 * rule.h - one rule: read from the configuration, matched, compiled when first used, and filled in for an event.
 *
 * Called by rules.c, which keeps the rules of a source in order and knows an action's place for people.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "queue/event.h"
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
    char *condition; /* NULL when it has none */
    struct rule_action *actions;
    size_t action_count;
    struct rule_slot *slots;
    size_t slot_count;
    struct program *program; /* NULL until it is compiled */
};

/* Copies what is written in json. err->where is a path below the rule: "do[1].post_comment.text". */
MUST_CHECK bool rule_init(struct rule *rule, const cJSON *json, struct error *err);
void rule_clear(struct rule *rule);

bool rule_is_on(const struct rule *rule, const char *type);

/* Compiles the rule unless that is done. err->where is a path below the rule. */
MUST_CHECK bool rule_compile(struct rule *rule, const cJSON *params, struct error *err);

/* Runs the compiled rule. *results is for rule_fill, owned (cJSON_Delete); NULL when the condition did not hold. */
MUST_CHECK bool rule_run(const struct rule *rule, const struct program_input *input, cJSON **results,
                         struct error *err);

/* The arguments of an action with its templates filled in, owned. err->where is the argument at fault. */
MUST_CHECK cJSON *rule_fill(const struct rule *rule, size_t action, const cJSON *results, struct error *err);
