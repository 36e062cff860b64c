/*
 * fill.c - putting the values of a rule's expressions into the arguments of its actions.
 *
 * The arguments are walked in the same order in which rule.c collected their templates.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "rules/rule.h"
#include "rules/template.h"
#include "rules/value.h"

#include <string.h>

#define TEXT_MAX  (4UL << 20) /* bytes of one text put together */
#define QUOTE_MAX 100         /* bytes of an expression shown in a message */

/* One walk: which slot comes next. */
struct filling {
    const struct rule *rule;
    struct rule_input *input;
    const cJSON *results; /* of the rule's program, if it has one */
    size_t slot;
};

/* problem begins with a space, or what else joins it to the expression. */
static bool fail(const struct rule_slot *slot, struct error *err, const char *problem)
{
    return error_set_at(err, ERROR_INVALID, slot->argument, "{{%.*s}}%s", QUOTE_MAX, slot->expression, problem);
}

static bool fail_with(const struct rule_slot *slot, struct error *err, const char *words)
{
    return error_set_at(err, ERROR_INVALID, slot->argument, "{{%.*s}}: %s", QUOTE_MAX, slot->expression, words);
}

/* The one value that jq gave for slot. */
static const cJSON *result_of(const struct filling *filling, const struct rule_slot *slot, struct error *err)
{
    const cJSON *result = cJSON_GetArrayItem(filling->results, (int)slot->result);
    int count = cJSON_GetArraySize(result);

    if (!cJSON_IsArray(result))
        fail_with(slot, err, json_get_string(result, "error", "failed"));
    else if (count == 0)
        fail(slot, err, " gives no value");
    else if (count > 1)
        fail(slot, err, " gives more than one value");
    return cJSON_IsArray(result) && count == 1 ? result->child : NULL;
}

/* The value of the next expression, borrowed; NULL when it has none or too many. */
static const cJSON *next_value(struct filling *filling, const struct rule_slot **slot, struct error *err)
{
    struct error problem = {0};
    const cJSON *value;

    *slot = &filling->rule->slots[filling->slot++];
    if (!(*slot)->is_plain)
        return result_of(filling, *slot, err);
    value = rule_input_find(filling->input, (*slot)->expression, &problem);
    if (value == NULL)
        fail_with(*slot, err, problem.text);
    return value;
}

/* A missing value inside a text is more likely a mistake than wanted: a comment "Score: " helps nobody. */
static bool add_value(struct filling *filling, struct buf *text, struct error *err)
{
    const struct rule_slot *slot;
    const cJSON *value = next_value(filling, &slot, err);

    if (value == NULL)
        return false;
    if (cJSON_IsNull(value))
        return fail(slot, err, " is null; end it with // \"n/a\" if it may be");
    if (!json_add_scalar(value, text))
        return fail(slot, err, " is a list or an object; make text of it, as with join(\", \")");
    return true;
}

static cJSON *fill_text(struct filling *filling, const char *template, struct error *err)
{
    struct template_part part;
    struct buf text;
    bool is_fine = true;
    cJSON *string = NULL;

    buf_init(&text, TEXT_MAX);
    while (is_fine && template_next(&template, &part)) {
        if (part.is_expression)
            is_fine = add_value(filling, &text, err);
        else
            buf_add(&text, part.text, part.size);
    }
    if (is_fine && text.overflow)
        is_fine = error_set(err, ERROR_INVALID, "a text is longer than %lu bytes", TEXT_MAX);
    if (is_fine)
        string = cJSON_CreateString(text.data);
    buf_clear(&text);
    return string;
}

static cJSON *fill_string(struct filling *filling, const char *template, struct error *err)
{
    const char *cursor = template;
    struct template_part part;
    const struct rule_slot *slot;
    const cJSON *value;

    if (!template_next(&cursor, &part) || *cursor != '\0' || !part.is_expression)
        return fill_text(filling, template, err);
    value = next_value(filling, &slot, err); /* {{…}} alone keeps the type of its value */
    return value != NULL ? value_copy(value, err) : NULL;
}

static cJSON *fill(struct filling *filling, const cJSON *template, struct error *err)
{
    cJSON *copy;
    const cJSON *child;

    if (cJSON_IsString(template))
        return fill_string(filling, template->valuestring, err);
    if (template->child == NULL)
        return cJSON_Duplicate(template, true);
    copy = cJSON_IsArray(template) ? cJSON_CreateArray() : cJSON_CreateObject();
    cJSON_ArrayForEach(child, template)
    {
        cJSON *item = fill(filling, child, err);
        if (item == NULL) {
            cJSON_Delete(copy);
            return NULL;
        }
        if (child->string != NULL)
            cJSON_AddItemToObject(copy, child->string, item);
        else
            cJSON_AddItemToArray(copy, item);
    }
    return copy;
}

cJSON *rule_fill(const struct rule *rule, size_t action, struct rule_input *input, const cJSON *results,
                 struct error *err)
{
    struct filling filling = {rule, input, results, rule->actions[action].first_slot};

    return fill(&filling, rule->actions[action].args, err);
}
