/*
 * preset.c - presets are embedded in the program; the format of one is described in docs/events.md.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/preset.h"

#include "base/closest.h"
#include "base/embedded.h"
#include "base/json.h"
#include "base/mem.h"
#include "config/jsonc.h"

#include <string.h>

static const char suffix[] = ".json";

static bool fail_unknown(const char *name, struct error *err)
{
    struct closest closest;

    closest_init(&closest, name);
    for (const struct embedded *row = embedded_presets; row->name != NULL; row++)
        closest_try(&closest, row->name, strlen(row->name) - strlen(suffix));
    return closest_fail(&closest, "unknown preset", err);
}

cJSON *preset_load(const char *name, struct error *err)
{
    char *file = mem_printf("%s%s", name, suffix);
    const struct embedded *row = embedded_find(embedded_presets, file);
    cJSON *preset = NULL;

    if (row != NULL)
        preset = jsonc_parse(row->data, row->size, err);
    else
        fail_unknown(name, err);
    mem_free(file);
    return preset;
}

void preset_add_missing(cJSON *object, const cJSON *defaults)
{
    const cJSON *member;

    if (!cJSON_IsObject(object))
        return;
    cJSON_ArrayForEach(member, defaults)
    {
        cJSON *own = json_get(object, member->string);
        if (own == NULL)
            cJSON_AddItemToObject(object, member->string, cJSON_Duplicate(member, true));
        else if (cJSON_IsObject(own) && cJSON_IsObject(member))
            preset_add_missing(own, member);
    }
}

cJSON *preset_fill_in(const cJSON *source, const cJSON *preset)
{
    static const char *const filled_in[] = {"verify", "event", "rules"};
    cJSON *filled = cJSON_Duplicate(source, true);
    cJSON *defaults = cJSON_CreateObject();

    for (size_t i = 0; i < COUNT_OF(filled_in); i++) {
        const cJSON *member = json_get(preset, filled_in[i]);
        if (member != NULL)
            cJSON_AddItemToObject(defaults, filled_in[i], cJSON_Duplicate(member, true));
    }
    preset_add_missing(filled, defaults);
    cJSON_Delete(defaults);
    return filled;
}

/* The types of JSON as a reader knows them. */
static const struct {
    int type; /* cJSON's */
    const char *name;
} types[] = {
    {cJSON_String, "a string"},  {cJSON_Number, "a number"}, {cJSON_True | cJSON_False, "true or false"},
    {cJSON_Object, "an object"}, {cJSON_Array, "a list"},
};

static bool check_type(const cJSON *given, const cJSON *fallback, struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if ((fallback->type & types[i].type) != 0 && (given->type & types[i].type) == 0)
            return error_set(err, ERROR_INVALID, "expected %s", types[i].name);
    }
    return true;
}

static bool check_param(const cJSON *known, const cJSON *given, struct error *err)
{
    const cJSON *param = json_get(known, given->string);
    struct closest closest;

    if (param != NULL)
        return check_type(given, json_get(param, "default"), err);
    closest_init(&closest, given->string);
    cJSON_ArrayForEach(param, known) closest_try(&closest, param->string, strlen(param->string));
    return closest_fail(&closest, "the preset has no such parameter", err);
}

cJSON *preset_params(const cJSON *preset, const cJSON *given, struct error *err)
{
    const cJSON *known = json_get(preset, "params"), *member;
    cJSON *params = cJSON_CreateObject();

    cJSON_ArrayForEach(member, known)
        cJSON_AddItemToObject(params, member->string, cJSON_Duplicate(json_get(member, "default"), true));
    cJSON_ArrayForEach(member, given)
    {
        if (!check_param(known, member, err)) {
            error_prefix(err, "%s", member->string);
            cJSON_Delete(params);
            return NULL;
        }
        cJSON_ReplaceItemInObjectCaseSensitive(params, member->string, cJSON_Duplicate(member, true));
    }
    return params;
}
