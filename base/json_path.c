/*
 * json_path.c - plain jq paths, read and followed without jq.
 *
 * The receiver evaluates a few for every request; they are short, so each is read anew while it is followed:
 * nothing is compiled, nothing allocated. What is left out (filters, slices, wildcards, escapes) needs jq.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <string.h>

/* One step: a member's name, or an item's index, which counts from the end when it is negative. */
struct step {
    const char *name; /* borrowed from the path, without an end; NULL for an index */
    size_t name_size;
    long index;
};

enum { INDEX_MAX_DIGITS = 9 };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The readers below move *at behind what they have read and return NULL, or say what is wrong with it. */

static const char *read_identifier(const char **at, struct step *step)
{
    step->name = *at;
    while (is_letter(**at) || is_digit(**at))
        ++*at;
    step->name_size = (size_t)(*at - step->name);
    return NULL;
}

static const char *read_quoted(const char **at, struct step *step)
{
    step->name = *at + 1;
    step->name_size = strcspn(step->name, "\"\\");
    if (step->name[step->name_size] == '\\')
        return "a name in quotes may not hold a backslash";
    if (step->name[step->name_size] == '\0')
        return "a quote is not closed";
    *at = step->name + step->name_size + 1;
    return NULL;
}

static const char *read_index(const char **at, struct step *step)
{
    bool is_negative = **at == '-';
    int digits = 0;

    if (is_negative)
        ++*at;
    for (; is_digit(**at) && digits < INDEX_MAX_DIGITS; ++*at, digits++)
        step->index = step->index * 10 + (**at - '0');
    if (is_negative)
        step->index = -step->index;
    return digits == 0 ? "brackets hold an index or a name in quotes" : NULL;
}

static const char *read_brackets(const char **at, struct step *step)
{
    const char *wrong;

    ++*at;
    wrong = **at == '"' ? read_quoted(at, step) : read_index(at, step);
    if (wrong)
        return wrong;
    if (**at != ']')
        return "a bracket is not closed behind the index or name";
    ++*at;
    return NULL;
}

/* A step behind the first dot begins with a dot or a bracket, or with both: .a.b  .a["b"]  .a.["b"]. */
static const char *read_step(const char **at, bool is_first, struct step *step)
{
    *step = (struct step){0};
    if (!is_first && **at == '.')
        ++*at;
    else if (!is_first && **at != '[')
        return "only letters, digits and _ may follow a dot; write other names as .[\"name\"]";
    if (**at == '[')
        return read_brackets(at, step);
    if (**at == '"')
        return read_quoted(at, step);
    if (is_letter(**at))
        return read_identifier(at, step);
    return "a dot is followed by a name, or by a bracket";
}

static const char *what_is_wrong(const char *path)
{
    struct step step;
    const char *wrong = NULL;

    if (path[0] != '.')
        return "a path begins with a dot";
    path++;
    for (bool is_first = true; *path && !wrong; is_first = false)
        wrong = read_step(&path, is_first, &step);
    return wrong;
}

bool json_path_check(const char *path, struct error *err)
{
    const char *wrong = what_is_wrong(path);

    return !wrong || error_set(err, ERROR_INVALID, "%s is not a plain path: %s", path, wrong);
}

static const cJSON *find_member(const cJSON *object, const struct step *step)
{
    const cJSON *child;

    if (!cJSON_IsObject(object))
        return NULL;
    cJSON_ArrayForEach(child, object)
    {
        if (strncmp(child->string, step->name, step->name_size) == 0 && child->string[step->name_size] == '\0')
            return child;
    }
    return NULL;
}

static const cJSON *find_item(const cJSON *array, long index)
{
    if (!cJSON_IsArray(array))
        return NULL;
    if (index < 0)
        index += cJSON_GetArraySize(array);
    return index < 0 ? NULL : cJSON_GetArrayItem(array, (int)index);
}

const cJSON *json_path_find(const cJSON *root, const char *path)
{
    struct step step;

    if (*path++ != '.')
        return NULL;
    for (bool is_first = true; *path && root; is_first = false) {
        if (read_step(&path, is_first, &step))
            return NULL;
        root = step.name ? find_member(root, &step) : find_item(root, step.index);
    }
    return root;
}
