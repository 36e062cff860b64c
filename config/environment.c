/*
 * environment.c - reading ${NAME}. Done once, before anything looks at what the strings say.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/environment.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "rules/template.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (1UL << 20) /* bytes of one string, its variables filled in */

static const char word[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

/* Adds the variable that "${" at *at names, and moves *at behind its "}". */
static bool add_variable(const char **at, struct buf *out, struct error *err)
{
    const char *from = *at + 2;
    size_t size = strspn(from, word);
    char *name;
    const char *value;

    if (size == 0 || from[size] != '}')
        return error_set(err, ERROR_INVALID, "expected ${NAME}; $${ stands for ${ itself");
    name = mem_copy(from, size);
    value = getenv(name);
    if (value != NULL)
        buf_add_string(out, value);
    else
        error_set(err, ERROR_INVALID, "environment variable %s is not set", name);
    mem_free(name);
    *at = from + size + 1;
    return value != NULL;
}

static bool add_literal(const char *text, size_t size, struct buf *out, struct error *err)
{
    char *copy = mem_copy(text, size);
    const char *at = copy;
    bool is_fine = true;

    while (*at != '\0' && is_fine) {
        if (strncmp(at, "$${", 3) == 0) {
            buf_add_string(out, "${");
            at += 3;
        } else if (strncmp(at, "${", 2) == 0) {
            is_fine = add_variable(&at, out, err);
        } else {
            buf_add_char(out, *at++);
        }
    }
    mem_free(copy);
    return is_fine;
}

static bool add_template(const char *text, struct buf *out, struct error *err)
{
    struct template_part part;
    bool is_fine = true;

    while (is_fine && template_next(&text, &part)) {
        if (part.is_expression)
            buf_addf(out, "{{%.*s}}", (int)part.size, part.text);
        else
            is_fine = add_literal(part.text, part.size, out, err);
    }
    return is_fine;
}

static size_t count_expressions(const char *text)
{
    struct template_part part;
    size_t count = 0;

    while (template_next(&text, &part))
        count += part.is_expression;
    return count;
}

/* A variable's value is text, also when it looks like jq. */
static bool check_no_new_template(const char *before, const char *after, struct error *err)
{
    if (count_expressions(before) == count_expressions(after))
        return true;
    return error_set(err, ERROR_INVALID, "an environment variable in a rule may not bring a {{template}} with it");
}

static bool expand_string(cJSON *string, bool is_template, struct error *err)
{
    const char *text = string->valuestring;
    struct buf out;
    bool is_fine;

    if (strstr(text, "${") == NULL || (is_template && !template_check(text, NULL)))
        return true; /* what is wrong with a template is told where rules are read */
    buf_init(&out, TEXT_MAX);
    is_fine = is_template ? add_template(text, &out, err) : add_literal(text, strlen(text), &out, err);
    if (is_fine && out.overflow)
        is_fine = error_set(err, ERROR_LIMIT, "longer than %lu bytes with its variables", TEXT_MAX);
    if (is_fine && is_template)
        is_fine = check_no_new_template(text, out.data, err);
    if (is_fine)
        cJSON_SetValuestring(string, out.data);
    buf_clear(&out);
    return is_fine;
}

static bool expand(cJSON *value, bool is_template, struct error *err)
{
    cJSON *child;
    size_t index = 0;

    if (cJSON_IsString(value))
        return expand_string(value, is_template, err);
    cJSON_ArrayForEach(child, value)
    {
        if (!expand(child, is_template, err))
            return child->string != NULL ? error_prefix(err, "%s", child->string) : error_prefix(err, "[%zu]", index);
        index++;
    }
    return true;
}

/* One rule: everything but its condition, which is jq. */
static bool expand_rule(cJSON *rule, struct error *err)
{
    cJSON *member;

    if (!cJSON_IsObject(rule))
        return expand(rule, true, err);
    cJSON_ArrayForEach(member, rule)
    {
        if (strcmp(member->string, "if") != 0 && !expand(member, true, err))
            return error_prefix(err, "%s", member->string);
    }
    return true;
}

static bool expand_source(cJSON *source, struct error *err)
{
    cJSON *member, *rule;

    cJSON_ArrayForEach(member, source)
    {
        bool is_rules = member->string != NULL && strcmp(member->string, "rules") == 0 && cJSON_IsArray(member);
        size_t index = 0;

        if (!is_rules && !expand(member, false, err))
            return error_prefix(err, "%s", member->string != NULL ? member->string : "");
        for (rule = is_rules ? member->child : NULL; rule != NULL; rule = rule->next, index++) {
            if (!expand_rule(rule, err))
                return error_prefix(err, "rules[%zu]", index);
        }
    }
    return true;
}

bool environment_expand(cJSON *root, struct error *err)
{
    cJSON *section, *source;

    cJSON_ArrayForEach(section, root)
    {
        if (section->string == NULL || strcmp(section->string, "sources") != 0 || !cJSON_IsObject(section)) {
            if (!expand(section, false, err))
                return error_prefix(err, "%s", section->string != NULL ? section->string : "");
            continue;
        }
        cJSON_ArrayForEach(source, section)
        {
            if (!expand_source(source, err))
                return error_prefix(err, "sources.%s", source->string);
        }
    }
    return true;
}
