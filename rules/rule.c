/*
 * rule.c - the structure of a rule, checked as it is read; matching, compiling and running it.
 *
 * Filling in arguments is fill.c. Actions' and arguments' names are checked by config/, which knows the handlers.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/rule.h"

#include "base/json.h"
#include "base/mem.h"
#include "rules/pattern.h"
#include "rules/plain.h"
#include "rules/rules.h"
#include "rules/template.h"

#include <stdio.h>
#include <string.h>

/* Where the search for templates stands in an action's arguments. */
struct place {
    struct rule *rule;
    char path[sizeof(((struct error *)NULL)->where)]; /* cut when it is longer than an error can hold */
};

static bool add_slot(struct place *place, const struct template_part *part, struct error *err)
{
    struct rule *rule = place->rule;
    struct rule_slot *slot;

    if (rule->slot_count == RULE_EXPRESSIONS_MAX)
        return error_set(err, ERROR_LIMIT, "a rule may hold %d templates at most", RULE_EXPRESSIONS_MAX);
    rule->slots = mem_resize(rule->slots, (rule->slot_count + 1) * sizeof(*rule->slots));
    slot = &rule->slots[rule->slot_count++];
    slot->expression = mem_copy(part->text, part->size);
    slot->argument = mem_string(place->path);
    slot->action = rule->action_count;
    slot->is_plain = plain_is(slot->expression);
    slot->result = rule->jq_count;
    rule->jq_count += !slot->is_plain;
    return true;
}

static bool collect_string(struct place *place, const char *text, struct error *err)
{
    struct template_part part;

    if (!template_check(text, err))
        return error_prefix(err, "%s", place->path);
    while (template_next(&text, &part)) {
        if (part.is_expression && !add_slot(place, &part, err))
            return error_prefix(err, "%s", place->path);
    }
    return true;
}

static void enter(struct place *place, const cJSON *child, size_t index)
{
    size_t used = strlen(place->path), left = sizeof(place->path) - used;

    if (child->string == NULL)
        snprintf(place->path + used, left, "[%zu]", index);
    else
        snprintf(place->path + used, left, "%s%s", used > 0 ? "." : "", child->string);
}

/* Finds the templates below value, in the order in which fill.c asks for them. */
static bool collect(struct place *place, const cJSON *value, struct error *err)
{
    const cJSON *child;
    size_t index = 0, used = strlen(place->path);
    bool is_fine = true;

    if (cJSON_IsString(value))
        return collect_string(place, value->valuestring, err);
    cJSON_ArrayForEach(child, value)
    {
        enter(place, child, index++);
        is_fine = is_fine && collect(place, child, err);
        place->path[used] = '\0';
    }
    return is_fine;
}

static bool read_action(struct rule *rule, const cJSON *json, struct error *err)
{
    struct place place = {.rule = rule};
    const cJSON *args = json->child;
    struct rule_action *action;
    bool is_fine;

    if (!cJSON_IsObject(json) || args == NULL || args->next != NULL)
        return error_set(err, ERROR_INVALID, "expected one action: {\"name of the action\": {its arguments}}");
    if (!cJSON_IsObject(args))
        return error_set_at(err, ERROR_INVALID, args->string, "expected the action's arguments: {…}");
    if (strlen(args->string) > EVENT_NAME_MAX)
        return error_set(err, ERROR_INVALID, "an action's name is longer than %d bytes", EVENT_NAME_MAX);
    action = &rule->actions[rule->action_count];
    *action = (struct rule_action){mem_string(args->string), cJSON_Duplicate(args, true), rule->slot_count};
    is_fine = collect(&place, args, err) || error_prefix(err, "%s", args->string);
    rule->action_count++; /* also when it failed: rule_clear frees what was copied */
    return is_fine;
}

static bool read_do(struct rule *rule, const cJSON *json, struct error *err)
{
    const cJSON *action;
    int count = cJSON_GetArraySize(json);

    if (!cJSON_IsArray(json) || count == 0)
        return error_set(err, ERROR_INVALID, "expected a list of actions");
    if (count > RULE_ACTIONS_MAX)
        return error_set(err, ERROR_LIMIT, "a rule may have %d actions at most", RULE_ACTIONS_MAX);
    rule->actions = mem_new((size_t)count * sizeof(*rule->actions));
    cJSON_ArrayForEach(action, json)
    {
        size_t index = rule->action_count;
        if (!read_action(rule, action, err))
            return error_prefix(err, "[%zu]", index);
    }
    return true;
}

static bool add_pattern(struct rule *rule, const cJSON *json, struct error *err)
{
    if (!cJSON_IsString(json))
        return error_set(err, ERROR_INVALID, "expected a string or a list of strings");
    if (json->valuestring[0] == '\0' || strlen(json->valuestring) > EVENT_KEY_MAX)
        return error_set(err, ERROR_INVALID, "expected an event type of 1 to %d bytes; * stands for any text",
                         EVENT_KEY_MAX);
    rule->patterns = mem_resize(rule->patterns, (rule->pattern_count + 1) * sizeof(*rule->patterns));
    rule->patterns[rule->pattern_count++] = mem_string(json->valuestring);
    return true;
}

static bool read_on(struct rule *rule, const cJSON *json, struct error *err)
{
    const cJSON *pattern;

    if (!cJSON_IsArray(json))
        return add_pattern(rule, json, err);
    cJSON_ArrayForEach(pattern, json)
    {
        size_t index = rule->pattern_count;
        if (!add_pattern(rule, pattern, err))
            return error_prefix(err, "[%zu]", index);
    }
    if (rule->pattern_count == 0)
        return error_set(err, ERROR_INVALID, "expected at least one event type");
    return true;
}

static bool read_if(struct rule *rule, const cJSON *json, struct error *err)
{
    if (!cJSON_IsString(json))
        return error_set(err, ERROR_INVALID, "expected a string that holds a jq expression");
    if (strncmp(json->valuestring, "{{", 2) == 0)
        return error_set(err, ERROR_INVALID, "expected jq as it is, without {{ }}");
    if (!template_check_expression(json->valuestring, err))
        return false;
    rule->condition = mem_string(json->valuestring);
    rule->has_jq_condition = !plain_is(rule->condition);
    return true;
}

static bool read_name(struct rule *rule, const cJSON *json, struct error *err)
{
    if (!cJSON_IsString(json) || json->valuestring[0] == '\0' || strlen(json->valuestring) > EVENT_NAME_MAX)
        return error_set(err, ERROR_INVALID, "expected a string of 1 to %d bytes", EVENT_NAME_MAX);
    rule->name = mem_string(json->valuestring);
    return true;
}

typedef bool read_fn(struct rule *rule, const cJSON *json, struct error *err);

/* The keys of a rule. To add one: its row, its reader, its line in docs/configuration.md, "Rules". */
static const struct {
    const char *key;
    read_fn *read;
    bool is_required;
} keys[] = {
    {"name", read_name, false},
    {"on", read_on, true},
    {"if", read_if, false},
    {"do", read_do, true},
};

static bool check_known(const cJSON *json, struct error *err)
{
    const cJSON *member;

    if (!cJSON_IsObject(json))
        return error_set(err, ERROR_INVALID, "expected a rule: {\"on\": …, \"do\": […]}");
    cJSON_ArrayForEach(member, json)
    {
        bool is_known = false;
        for (size_t i = 0; i < COUNT_OF(keys); i++)
            is_known = is_known || strcmp(keys[i].key, member->string) == 0;
        if (!is_known)
            return error_set_at(err, ERROR_INVALID, member->string, "unknown key; a rule has name, on, if, do");
    }
    return true;
}

static bool read_rule(struct rule *rule, const cJSON *json, struct error *err)
{
    if (!check_known(json, err))
        return false;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const cJSON *member = json_get(json, keys[i].key);
        if (member == NULL && keys[i].is_required)
            return error_set(err, ERROR_INVALID, "\"%s\" is missing", keys[i].key);
        if (member != NULL && !keys[i].read(rule, member, err))
            return error_prefix(err, "%s", keys[i].key);
    }
    return true;
}

bool rule_init(struct rule *rule, const cJSON *json, struct error *err)
{
    *rule = (struct rule){0};
    if (read_rule(rule, json, err))
        return true;
    rule_clear(rule);
    return false;
}

void rule_clear(struct rule *rule)
{
    for (size_t i = 0; i < rule->pattern_count; i++)
        mem_free(rule->patterns[i]);
    for (size_t i = 0; i < rule->action_count; i++) {
        mem_free(rule->actions[i].name);
        cJSON_Delete(rule->actions[i].args);
    }
    for (size_t i = 0; i < rule->slot_count; i++) {
        mem_free(rule->slots[i].expression);
        mem_free(rule->slots[i].argument);
    }
    mem_free(rule->name);
    mem_free(rule->patterns);
    mem_free(rule->condition);
    mem_free(rule->actions);
    mem_free(rule->slots);
    program_free(rule->program);
    *rule = (struct rule){0};
}

bool rule_is_on(const struct rule *rule, const char *type)
{
    for (size_t i = 0; i < rule->pattern_count; i++) {
        if (pattern_matches(rule->patterns[i], type))
            return true;
    }
    return false;
}

/* Says which expression jq refused: the condition, one of the slots, or none in particular. */
static bool blame(const struct rule *rule, size_t culprit, struct error *err)
{
    const struct rule_slot *slot = rule->slots;

    if (culprit == rule->jq_count)
        return error_prefix(err, "if");
    if (culprit > rule->jq_count)
        return false;
    while (slot->is_plain || slot->result != culprit)
        slot++;
    error_prefix(err, "%s", slot->argument);
    return error_prefix(err, "do[%zu].%s", slot->action, rule->actions[slot->action].name);
}

bool rule_compile(struct rule *rule, const cJSON *params, struct error *err)
{
    const char **expressions;
    struct program_source source;
    size_t culprit;

    if (rule->program != NULL || (rule->jq_count == 0 && !rule->has_jq_condition))
        return true;
    expressions = mem_new((rule->jq_count + 1) * sizeof(*expressions));
    for (size_t i = 0; i < rule->slot_count; i++) {
        if (!rule->slots[i].is_plain)
            expressions[rule->slots[i].result] = rule->slots[i].expression;
    }
    source =
        (struct program_source){rule->has_jq_condition ? rule->condition : NULL, expressions, rule->jq_count, params};
    rule->program = program_new(&source, &culprit, err);
    mem_free(expressions);
    return rule->program != NULL || blame(rule, culprit, err);
}

static bool is_yes(const cJSON *value)
{
    return value != NULL && !cJSON_IsNull(value) && !cJSON_IsFalse(value);
}

/* No value at all counts as no, as select() has it in jq. */
static bool read_condition(const cJSON *result, bool *holds, struct error *err)
{
    if (cJSON_IsObject(result))
        return error_set_at(err, ERROR_INVALID, "if", "%s", json_get_string(result, "error", ""));
    if (cJSON_GetArraySize(result) > 1)
        return error_set_at(err, ERROR_INVALID, "if", "gives more than one value; use any(…) or first(…)");
    *holds = is_yes(cJSON_GetArrayItem(result, 0));
    return true;
}

static bool follow_condition(const struct rule *rule, struct rule_input *input, bool *holds, struct error *err)
{
    struct error problem = {0};
    const cJSON *value = rule_input_find(input, rule->condition, &problem);

    *holds = is_yes(value);
    return value != NULL || error_set_at(err, ERROR_INVALID, "if", "%s", problem.text);
}

static bool run_program(const struct rule *rule, struct rule_input *input, bool *holds, cJSON **results,
                        struct error *err)
{
    const struct program_input *program_input = rule_input_for_program(input, err);
    cJSON *output = program_input != NULL ? program_run(rule->program, program_input, err) : NULL;
    bool is_fine = output != NULL && read_condition(json_get(output, "if"), holds, err);

    if (is_fine && *holds)
        *results = cJSON_DetachItemFromObjectCaseSensitive(output, "args");
    cJSON_Delete(output);
    return is_fine;
}

bool rule_run(const struct rule *rule, struct rule_input *input, bool *holds, cJSON **results, struct error *err)
{
    *results = NULL;
    *holds = true;
    if (rule->condition != NULL && !rule->has_jq_condition && !follow_condition(rule, input, holds, err))
        return false;
    return !*holds || rule->program == NULL || run_program(rule, input, holds, results, err);
}
