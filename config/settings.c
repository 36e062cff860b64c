/*
 * settings.c - reading objects by the tables. What the keys mean is not known here.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/settings.h"

#include "base/closest.h"
#include "base/json.h"
#include "base/mem.h"
#include "config/setting_type.h"

#include <stdio.h>
#include <string.h>

#define KEY_MAX 256 /* bytes of a path below one object; the rows' are far shorter */

/* Whether the table has rows below path: "limits" when there is "limits.burst". */
static bool is_section(const struct setting *table, const char *path)
{
    size_t size = strlen(path);

    for (; table->key != NULL; table++) {
        if (strncmp(table->key, path, size) == 0 && table->key[size] == '.')
            return true;
    }
    return false;
}

static bool is_key(const struct setting *table, const char *path)
{
    for (; table->key != NULL; table++) {
        if (strcmp(table->key, path) == 0)
            return true;
    }
    return false;
}

/* The name that a row has directly below prefix ("limits." or ""), of *size bytes; NULL when it is elsewhere. */
static const char *name_below(const struct setting *row, const char *prefix, size_t *size)
{
    size_t skipped = strlen(prefix);

    if (strncmp(row->key, prefix, skipped) != 0)
        return NULL;
    *size = strcspn(row->key + skipped, ".");
    return row->key + skipped;
}

/* Rows of one section follow each other. */
static void add_names(const struct setting *table, const char *prefix, struct buf *out)
{
    const char *last = "", *name;
    size_t last_size = 0, size;

    for (; table->key != NULL; table++) {
        name = name_below(table, prefix, &size);
        if (name == NULL || (size == last_size && memcmp(name, last, size) == 0))
            continue;
        buf_addf(out, "%s%.*s", out->size > 0 ? ", " : "", (int)size, name);
        last = name;
        last_size = size;
    }
}

static bool fail_unknown(const struct setting *table, const char *prefix, const char *given, struct error *err)
{
    struct closest closest;
    struct buf names;
    const char *name;
    size_t size;

    closest_init(&closest, given);
    for (const struct setting *row = table; row->key != NULL; row++) {
        name = name_below(row, prefix, &size);
        if (name != NULL)
            closest_try(&closest, name, size);
    }
    if (closest.name[0] != '\0')
        return closest_fail(&closest, "unknown key", err);
    buf_init(&names, sizeof(err->text));
    add_names(table, prefix, &names);
    error_set(err, ERROR_INVALID, "unknown key; there are %s", names.data);
    buf_clear(&names);
    return false;
}

/* Every member of object, which stands at prefix, must be a key or a section of the table. */
static bool check_keys(const struct setting *table, const char *prefix, const cJSON *object, struct error *err)
{
    const cJSON *member;
    char path[KEY_MAX];

    if (!cJSON_IsObject(object))
        return error_set(err, ERROR_INVALID, "expected an object: {…}");
    cJSON_ArrayForEach(member, object)
    {
        bool is_fine = true;

        snprintf(path, sizeof(path), "%s%s", prefix, member->string);
        if (is_section(table, path)) {
            snprintf(path, sizeof(path), "%s%s.", prefix, member->string);
            is_fine = check_keys(table, path, member, err);
        } else if (!is_key(table, path)) {
            is_fine = fail_unknown(table, prefix, member->string, err);
        }
        if (!is_fine)
            return error_prefix(err, "%s", member->string);
    }
    return true;
}

/* The value at a row's key, or NULL. */
static const cJSON *find(const cJSON *object, const char *key)
{
    char name[KEY_MAX];

    while (object != NULL && *key != '\0') {
        size_t length = strcspn(key, ".");
        snprintf(name, sizeof(name), "%.*s", (int)length, key);
        object = json_get(object, name);
        key += length + (key[length] == '.');
    }
    return object;
}

static bool read_one(const struct setting *setting, const cJSON *value, void *target, struct error *err)
{
    void *place = setting->offset == SETTING_CHECKED ? NULL : (char *)target + setting->offset;

    return setting_store(setting, value, place, err) || error_prefix(err, "%s", setting->key);
}

static bool read_default(const struct setting *setting, void *target, struct error *err)
{
    cJSON *value;
    bool is_fine;

    if (setting->fallback == NULL) {
        if (setting_is_text(setting->type) && setting->offset != SETTING_CHECKED)
            *(char **)((char *)target + setting->offset) = mem_string("");
        return true;
    }
    value = json_parse(setting->fallback, strlen(setting->fallback), err);
    is_fine = value != NULL && read_one(setting, value, target, err);
    cJSON_Delete(value);
    return is_fine;
}

bool settings_read(const struct setting *table, const cJSON *object, void *target, struct error *err)
{
    if (!check_keys(table, "", object, err))
        return false;
    for (; table->key != NULL; table++) {
        const cJSON *value = find(object, table->key);
        if (value == NULL && table->is_required)
            return error_set(err, ERROR_INVALID, "\"%s\" is missing", table->key);
        if (value != NULL ? !read_one(table, value, target, err) : !read_default(table, target, err))
            return false;
    }
    return true;
}

void settings_clear(const struct setting *table, void *target)
{
    for (; table->key != NULL; table++) {
        if (setting_is_text(table->type) && table->offset != SETTING_CHECKED)
            mem_free(*(char **)((char *)target + table->offset));
    }
}

const char *setting_default(const struct setting *setting)
{
    if (setting->fallback != NULL)
        return setting->fallback;
    return setting->is_required ? "required" : "none";
}
