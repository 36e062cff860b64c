/*
 * json_path.c - plain jq paths, read and followed without jq: in a tree, or in text that was checked before.
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

/* ---- in text that was checked: the readers look only for where things end, and always find it ---- */

static const char *behind_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

static const char *behind_string(const char *at)
{
    for (at++; *at != '"'; at++)
        at += *at == '\\';
    return at + 1;
}

static const char *behind_value(const char *at)
{
    unsigned depth = 0;

    if (*at == '"')
        return behind_string(at);
    if (*at != '{' && *at != '[')
        return at + strcspn(at, ",]} \t\r\n");
    do {
        depth += *at == '{' || *at == '[';
        depth -= *at == '}' || *at == ']';
        at = *at == '"' ? behind_string(at) : at + 1;
    } while (depth > 0);
    return at;
}

/* Whether the string from quote to end is step's name. */
static bool is_name(const char *quote, const char *end, const struct step *step)
{
    size_t size = (size_t)(end - quote) - 2;
    bool is_it;

    if (!memchr(quote, '\\', size + 2))
        return size == step->name_size && memcmp(quote + 1, step->name, size) == 0;
    cJSON *name = cJSON_ParseWithLength(quote, size + 2);
    is_it = name && strlen(name->valuestring) == step->name_size &&
            memcmp(name->valuestring, step->name, step->name_size) == 0;
    cJSON_Delete(name);
    return is_it;
}

/* The next item or member behind the value that ends at `at`; NULL when that was the last. */
static const char *next_in_list(const char *at)
{
    at = behind_space(at);
    return *at == ',' ? behind_space(at + 1) : NULL;
}

/* The first item or member of what begins at `at`; NULL for an empty one, or when it is no such thing. */
static const char *first_in_list(const char *at, char open)
{
    if (*at != open)
        return NULL;
    at = behind_space(at + 1);
    return *at == ']' || *at == '}' ? NULL : at;
}

static const char *find_member_text(const char *object, const struct step *step)
{
    for (const char *at = first_in_list(object, '{'); at; at = next_in_list(behind_value(at))) {
        const char *name = at;
        const char *end = behind_string(at);

        at = behind_space(behind_space(end) + 1); /* the colon */
        if (is_name(name, end, step))
            return at;
    }
    return NULL;
}

static const char *find_item_text(const char *array, long index)
{
    if (index < 0) {
        for (const char *at = first_in_list(array, '['); at; at = next_in_list(behind_value(at)))
            index++;
    }
    for (const char *at = index < 0 ? NULL : first_in_list(array, '['); at; at = next_in_list(behind_value(at))) {
        if (index-- == 0)
            return at;
    }
    return NULL;
}

struct json_span json_path_find_text(const char *text, const char *path)
{
    const char *at = behind_space(text);
    struct step step;

    if (*path++ != '.')
        return (struct json_span){"", 0};
    for (bool is_first = true; *path && at; is_first = false)
        at = read_step(&path, is_first, &step) ? NULL
             : step.name                       ? find_member_text(at, &step)
                                               : find_item_text(at, step.index);
    return at ? (struct json_span){at, (size_t)(behind_value(at) - at)} : (struct json_span){"", 0};
}

bool json_span_add_scalar(struct json_span span, struct buf *out)
{
    struct error err;
    cJSON *value = span.size > 0 ? json_parse(span.text, span.size, &err) : NULL;
    bool is_added = json_add_scalar(value, out);

    cJSON_Delete(value);
    return is_added;
}
