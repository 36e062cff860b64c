/*
 * plain.c - reading a path step by step, each time it is followed: it is short, so nothing is compiled or allocated.
 *
 * Only what all versions of jq read alike is taken for plain; the rest is left to jq. Called by rule.c and fill.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/plain.h"

#include "rules/value.h"

#include <stdlib.h>
#include <string.h>

#define SPACE            " \t\r\n"
#define INDEX_MAX_DIGITS 9

static const char params_root[] = "$params";

/* A member's name, or an item's index, which counts from the end when it is negative. */
struct step {
    const char *name; /* borrowed from the path, without an end; NULL for an index */
    size_t name_size;
    long index;
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The readers below move *at behind what they have read; false when it is not plain. */

static bool read_identifier(const char **at, struct step *step)
{
    step->name = *at;
    if (!is_letter(**at))
        return false;
    while (is_letter(**at) || is_digit(**at))
        ++*at;
    step->name_size = (size_t)(*at - step->name);
    return true;
}

static bool read_quoted(const char **at, struct step *step)
{
    step->name = *at + 1;
    step->name_size = strcspn(step->name, "\"\\");
    *at = step->name + step->name_size;
    return *(*at)++ == '"';
}

/* No sign before a 0 and no 0 before other digits. */
static bool read_index(const char **at, struct step *step)
{
    const char *digits = *at + (**at == '-');
    size_t count = strspn(digits, "0123456789");
    bool is_fine = count > 0 && count <= INDEX_MAX_DIGITS && (*digits != '0' || (count == 1 && digits == *at));

    step->index = is_fine ? strtol(*at, NULL, 10) : 0;
    *at = digits + count;
    return is_fine;
}

static bool read_step(const char **at, struct step *step)
{
    bool is_fine;

    *step = (struct step){0};
    if (**at == '.') {
        ++*at;
        return read_identifier(at, step);
    }
    if (**at != '[')
        return false;
    ++*at;
    is_fine = **at == '"' ? read_quoted(at, step) : read_index(at, step);
    return is_fine && *(*at)++ == ']';
}

/* The first step of expression, behind its root; NULL when it has another root. A path's first dot is its root, and a
 * name may follow at once. */
static const char *behind_root(const char *expression, bool *is_params)
{
    const char *at = expression + strspn(expression, SPACE);

    *is_params = strncmp(at, params_root, sizeof(params_root) - 1) == 0;
    if (*is_params)
        return at + sizeof(params_root) - 1;
    if (*at != '.')
        return NULL;
    return is_letter(at[1]) ? at : at + 1;
}

static bool is_end(const char *at)
{
    return at[strspn(at, SPACE)] == '\0';
}

bool plain_is(const char *expression)
{
    bool is_params;
    const char *at = behind_root(expression, &is_params);
    struct step step;

    while (at && !is_end(at))
        if (!read_step(&at, &step))
            return false;
    return at != NULL;
}

bool plain_wants_payload(const char *expression)
{
    bool is_params;

    behind_root(expression, &is_params);
    return !is_params;
}

static const cJSON *member_of(const cJSON *object, const struct step *step)
{
    const cJSON *child, *found = NULL;

    cJSON_ArrayForEach(child, object)
    {
        if (strncmp(child->string, step->name, step->name_size) == 0 && child->string[step->name_size] == '\0')
            found = child;
    }
    return found;
}

static const cJSON *item_of(const cJSON *array, long index)
{
    if (index < 0)
        index += cJSON_GetArraySize(array);
    return index < 0 ? NULL : cJSON_GetArrayItem(array, (int)index);
}

/* jq's own words, which differ from version to version. */
static const cJSON *refuse(const cJSON *value, const struct step *step, struct error *err)
{
    jv key = step->name ? jv_string_sized(step->name, (int)step->name_size) : jv_number((double)step->index);
    jv words = jv_invalid_get_msg(jv_get(value_to_jv(value), key));

    error_set(err, ERROR_INVALID, "%s", jv_get_kind(words) == JV_KIND_STRING ? jv_string_value(words) : "no index");
    jv_free(words);
    return NULL;
}

static const cJSON *follow(const cJSON *value, const struct step *step, struct error *err)
{
    static const cJSON null = {.type = cJSON_NULL};
    const cJSON *found;

    if (cJSON_IsNull(value))
        return value;
    if (step->name ? !cJSON_IsObject(value) : !cJSON_IsArray(value))
        return refuse(value, step, err);
    found = step->name ? member_of(value, step) : item_of(value, step->index);
    return found ? found : &null;
}

const cJSON *plain_find(const char *expression, const struct plain_roots *roots, struct error *err)
{
    static const cJSON nothing = {.type = cJSON_Object};
    bool is_params;
    const char *at = behind_root(expression, &is_params);
    const cJSON *params = roots->params ? roots->params : &nothing;
    const cJSON *value = is_params ? params : roots->payload;
    struct step step;

    while (value && !is_end(at) && read_step(&at, &step))
        value = follow(value, &step, err);
    return value;
}
