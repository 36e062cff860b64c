/*
 * setting_type.c - one reader for each type of setting.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/setting_type.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "config/duration.h"

#include <math.h>
#include <string.h>

typedef bool value_fn(const struct setting *setting, const cJSON *value, void *place, struct error *err);

static bool store_text(const char *text, void *place)
{
    if (place != NULL)
        *(char **)place = mem_string(text);
    return true;
}

static bool read_text(const struct setting *setting, const cJSON *value, void *place, struct error *err)
{
    if (!cJSON_IsString(value))
        return error_set(err, ERROR_INVALID, "expected a string");
    if (setting->is_required && value->valuestring[0] == '\0')
        return error_set(err, ERROR_INVALID, "expected a string that is not empty");
    if (setting->max > 0 && (double)strlen(value->valuestring) > setting->max)
        return error_set(err, ERROR_INVALID, "expected a string of %.0f bytes at most", setting->max);
    for (const char *c = value->valuestring; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7F) /* it may end up in a header or a log line */
            return error_set(err, ERROR_INVALID, "expected a string without control characters");
    }
    return store_text(value->valuestring, place);
}

/* Whether text is one of the names in list, which ", " separates. */
static bool is_listed(const char *list, const char *text)
{
    size_t size = strlen(text);

    for (; *list != '\0'; list += strspn(list, ", ")) {
        size_t length = strcspn(list, ",");
        if (length == size && memcmp(list, text, size) == 0)
            return true;
        list += length;
    }
    return false;
}

static bool read_choice(const struct setting *setting, const cJSON *value, void *place, struct error *err)
{
    if (!cJSON_IsString(value) || !is_listed(setting->choices, value->valuestring))
        return error_set(err, ERROR_INVALID, "expected one of %s", setting->choices);
    return store_text(value->valuestring, place);
}

static bool read_path(const struct setting *setting, const cJSON *value, void *place, struct error *err)
{
    (void)setting;
    if (!cJSON_IsString(value))
        return error_set(err, ERROR_INVALID, "expected a path such as .data.id");
    if (!json_path_check(value->valuestring, err))
        return false;
    return store_text(value->valuestring, place);
}

static bool read_level(const struct setting *setting, const cJSON *value, void *place, struct error *err)
{
    if (!cJSON_IsString(value) || !is_listed(setting->choices, value->valuestring))
        return error_set(err, ERROR_INVALID, "expected one of %s", setting->choices);
    if (place != NULL)
        *(enum log_level *)place = (enum log_level)log_level_named(value->valuestring);
    return true;
}

static bool is_whole(const struct setting *setting, const cJSON *value, struct error *err)
{
    if (cJSON_IsNumber(value) && value->valuedouble == floor(value->valuedouble) &&
        value->valuedouble >= setting->min && value->valuedouble <= setting->max)
        return true;
    return error_set(err, ERROR_INVALID, "expected a whole number from %.0f to %.0f", setting->min, setting->max);
}

static bool read_count(const struct setting *setting, const cJSON *value, void *place, struct error *err)
{
    if (!is_whole(setting, value, err))
        return false;
    if (place != NULL)
        *(unsigned *)place = (unsigned)value->valuedouble;
    return true;
}

static bool read_size(const struct setting *setting, const cJSON *value, void *place, struct error *err)
{
    if (!is_whole(setting, value, err))
        return false;
    if (place != NULL)
        *(size_t *)place = (size_t)value->valuedouble;
    return true;
}

static bool read_rate(const struct setting *setting, const cJSON *value, void *place, struct error *err)
{
    if (!cJSON_IsNumber(value) || value->valuedouble < setting->min || value->valuedouble > setting->max)
        return error_set(err, ERROR_INVALID, "expected a number from %g to %g", setting->min, setting->max);
    if (place != NULL)
        *(double *)place = value->valuedouble;
    return true;
}

static bool read_duration(const struct setting *setting, const cJSON *value, void *place, struct error *err)
{
    char least[DURATION_TEXT_SIZE], most[DURATION_TEXT_SIZE];
    int64_t ms;

    if (!cJSON_IsString(value) || !duration_parse(value->valuestring, &ms))
        return error_set(err, ERROR_INVALID, "expected a duration such as \"30s\", \"15m\" or \"72h\"");
    if ((double)ms < setting->min || (double)ms > setting->max)
        return error_set(err, ERROR_INVALID, "expected a duration from %s to %s",
                         duration_format((int64_t)setting->min, least), duration_format((int64_t)setting->max, most));
    if (place != NULL)
        *(int64_t *)place = ms;
    return true;
}

static bool read_flag(const struct setting *setting, const cJSON *value, void *place, struct error *err)
{
    (void)setting;
    if (!cJSON_IsBool(value))
        return error_set(err, ERROR_INVALID, "expected true or false");
    if (place != NULL)
        *(bool *)place = cJSON_IsTrue(value);
    return true;
}

static bool read_other(const struct setting *setting, const cJSON *value, void *place, struct error *err)
{
    (void)setting, (void)value, (void)place, (void)err;
    return true;
}

/* The types. To add one: its constant in settings.h and its row and reader here. */
static const struct {
    const char *name; /* in the reference */
    value_fn *read;
    bool is_text; /* stored as an owned string */
    bool is_ranged;
} types[] = {
    [SETTING_TEXT] = {"text", read_text, true, false},
    [SETTING_CHOICE] = {"one of ", read_choice, true, false},
    [SETTING_PATH] = {"path", read_path, true, false},
    [SETTING_LEVEL] = {"one of ", read_level, false, false},
    [SETTING_COUNT] = {"whole number", read_count, false, true},
    [SETTING_BYTES] = {"bytes", read_size, false, true},
    [SETTING_AMOUNT] = {"whole number", read_size, false, true},
    [SETTING_RATE] = {"number", read_rate, false, true},
    [SETTING_DURATION] = {"duration", read_duration, false, true},
    [SETTING_FLAG] = {"true or false", read_flag, false, false},
    [SETTING_OTHER] = {"", read_other, false, false},
};

bool setting_store(const struct setting *setting, const cJSON *value, void *place, struct error *err)
{
    return types[setting->type].read(setting, value, place, err);
}

bool setting_is_text(enum setting_type type)
{
    return types[type].is_text;
}

void setting_add_type(const struct setting *setting, struct buf *out)
{
    char least[DURATION_TEXT_SIZE], most[DURATION_TEXT_SIZE];

    buf_add_string(out, types[setting->type].name);
    if (setting->choices != NULL)
        buf_add_string(out, setting->choices);
    if (types[setting->type].is_ranged && setting->type == SETTING_DURATION)
        buf_addf(out, ", %s to %s", duration_format((int64_t)setting->min, least),
                 duration_format((int64_t)setting->max, most));
    else if (types[setting->type].is_ranged)
        buf_addf(out, ", %.0f to %.0f", setting->min, setting->max);
}
