/*
 * rules.c - the rules of a source in the order of the file, and the plan they make of an event.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/rules.h"

#include "base/json.h"
#include "base/mem.h"
#include "rules/rule.h"

#include <string.h>

#define RULES_MAX 200 /* of one source */

struct rules {
    struct rule *rules;
    size_t count;
    cJSON *params; /* NULL when there are none */
};

static bool read_rules(struct rules *rules, const cJSON *json, struct error *err)
{
    const cJSON *rule;
    int count = cJSON_GetArraySize(json);

    if (!cJSON_IsArray(json) || count == 0)
        return error_set(err, ERROR_INVALID, "expected a list of rules");
    if (count > RULES_MAX)
        return error_set(err, ERROR_LIMIT, "a source may have %d rules at most", RULES_MAX);
    rules->rules = mem_new((size_t)count * sizeof(*rules->rules));
    cJSON_ArrayForEach(rule, json)
    {
        if (!rule_init(&rules->rules[rules->count], rule, err))
            return error_prefix(err, "[%zu]", rules->count);
        rules->count++;
    }
    return true;
}

struct rules *rules_new(const cJSON *json, const cJSON *params, struct error *err)
{
    struct rules *rules = mem_new(sizeof(*rules));

    rules->params = params != NULL ? cJSON_Duplicate(params, true) : NULL;
    if (read_rules(rules, json, err))
        return rules;
    rules_free(rules);
    return NULL;
}

void rules_free(struct rules *rules)
{
    if (rules == NULL)
        return;
    for (size_t i = 0; i < rules->count; i++)
        rule_clear(&rules->rules[i]);
    mem_free(rules->rules);
    cJSON_Delete(rules->params);
    mem_free(rules);
}

bool rules_compile(struct rules *rules, struct error *err)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (!rule_compile(&rules->rules[i], rules->params, err))
            return error_prefix(err, "[%zu]", i);
    }
    return true;
}

size_t rules_count(const struct rules *rules)
{
    return rules->count;
}

/* One rule of an event that is being planned. */
struct turn {
    struct rule *rule;
    size_t index;
    const char *type; /* of the event */
    struct rule_input *input;
};

/* " 1 (score)": one more than index, and a name. */
static void add_place(size_t index, const char *name, struct buf *out)
{
    buf_add_char(out, ' ');
    json_add_integer((int64_t)index + 1, out);
    buf_add_string(out, " (");
    buf_add_string(out, name);
    buf_add_char(out, ')');
}

static void add_rule(const struct turn *turn, struct buf *out)
{
    buf_add_string(out, "rule");
    add_place(turn->index, turn->rule->name != NULL ? turn->rule->name : turn->type, out);
}

static char *name_rule(const struct turn *turn)
{
    struct buf text;

    buf_init(&text, SIZE_MAX - 1);
    add_rule(turn, &text);
    return buf_take(&text);
}

static char *name_action(const struct turn *turn, size_t action)
{
    struct buf text;

    buf_init(&text, SIZE_MAX - 1);
    add_rule(turn, &text);
    buf_add_string(&text, ", action");
    add_place(action, turn->rule->actions[action].name, &text);
    return buf_take(&text);
}

/* "rule 1 (score), if: jq's words": for the timeline, where paths into the file mean little. */
static bool fail_rule(const struct turn *turn, struct error *err)
{
    char *rule = name_rule(turn);

    error_set(err, ERROR_INVALID, "%s%s%s: %s", rule, err->where[0] != '\0' ? ", " : "", err->where, err->text);
    mem_free(rule);
    return false;
}

static bool plan_action(const struct turn *turn, size_t action, const cJSON *results, struct plan *plan,
                        struct error *err)
{
    char *where = name_action(turn, action);
    cJSON *args = rule_fill(turn->rule, action, turn->input, results, err);

    if (args == NULL) {
        error_set(err, ERROR_INVALID, "%s%s%s: %s", where, err->where[0] != '\0' ? ", " : "", err->where, err->text);
        mem_free(where);
        return false;
    }
    plan->actions = mem_resize(plan->actions, (plan->count + 1) * sizeof(*plan->actions));
    plan->actions[plan->count++] = (struct planned){
        .name = turn->rule->actions[action].name,
        .args = args,
        .rule = turn->index,
        .action = action,
        .where = where,
    };
    return true;
}

static bool plan_rule(const struct turn *turn, struct plan *plan, struct error *err)
{
    cJSON *results;
    bool holds, is_fine = true;

    if (!rule_run(turn->rule, turn->input, &holds, &results, err))
        return fail_rule(turn, err);
    for (size_t i = 0; holds && is_fine && i < turn->rule->action_count; i++)
        is_fine = plan_action(turn, i, results, plan, err);
    cJSON_Delete(results);
    return is_fine;
}

static bool plan_all(struct rules *rules, struct rule_input *input, struct plan *plan, struct error *err)
{
    const char *type = input->event->type;

    for (size_t i = 0; i < rules->count; i++) {
        struct turn turn = {&rules->rules[i], i, type, input};
        if (!rule_is_on(turn.rule, type))
            continue;
        if (!rule_compile(turn.rule, rules->params, err))
            return fail_rule(&turn, err);
        if (!plan_rule(&turn, plan, err))
            return false;
    }
    return true;
}

bool rules_plan(struct rules *rules, const struct event *event, struct plan *plan, struct error *err)
{
    struct rule_input input = {.event = event, .params = rules->params};
    struct error unread;
    bool is_fine;

    *plan = (struct plan){0};
    if (err == NULL)
        err = &unread; /* messages are made of messages below */
    is_fine = plan_all(rules, &input, plan, err);
    rule_input_clear(&input);
    if (!is_fine)
        plan_clear(plan);
    return is_fine;
}

void plan_clear(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        cJSON_Delete(plan->actions[i].args);
        mem_free(plan->actions[i].where);
    }
    mem_free(plan->actions);
    *plan = (struct plan){0};
}
