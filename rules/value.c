/*
 * value.c - from jv to cJSON, without printing and parsing in between.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/value.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

static cJSON *convert(jv value, unsigned depth, struct error *err);

/* cJSON ends a string at its first NUL. */
static cJSON *convert_string(jv value)
{
    const char *text = jv_string_value(value);
    size_t size = (size_t)jv_string_length_bytes(jv_copy(value));
    struct buf clean;
    cJSON *string;

    if (strlen(text) == size)
        return cJSON_CreateString(text);
    buf_init(&clean, 3 * size);
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\0')
            buf_add_string(&clean, "\xEF\xBF\xBD");
        else
            buf_add_char(&clean, text[i]);
    }
    string = cJSON_CreateString(clean.data);
    buf_clear(&clean);
    return string;
}

static cJSON *convert_array(jv value, unsigned depth, struct error *err)
{
    cJSON *array = cJSON_CreateArray();
    int count = jv_array_length(jv_copy(value));

    for (int i = 0; i < count; i++) {
        cJSON *item = convert(jv_array_get(jv_copy(value), i), depth, err);
        if (item == NULL) {
            cJSON_Delete(array);
            return NULL;
        }
        cJSON_AddItemToArray(array, item);
    }
    return array;
}

static cJSON *convert_object(jv value, unsigned depth, struct error *err)
{
    cJSON *object = cJSON_CreateObject();

    for (int at = jv_object_iter(value); jv_object_iter_valid(value, at); at = jv_object_iter_next(value, at)) {
        jv key = jv_object_iter_key(value, at);
        cJSON *item = convert(jv_object_iter_value(value, at), depth, err);
        if (item != NULL)
            cJSON_AddItemToObject(object, jv_string_value(key), item);
        jv_free(key);
        if (item == NULL) {
            cJSON_Delete(object);
            return NULL;
        }
    }
    return object;
}

static cJSON *convert_number(jv value)
{
    double number = jv_number_value(value);

    return isfinite(number) ? cJSON_CreateNumber(number) : cJSON_CreateNull();
}

static cJSON *convert_any(jv value, unsigned depth, struct error *err)
{
    switch (jv_get_kind(value)) {
    case JV_KIND_FALSE:
    case JV_KIND_TRUE:
        return cJSON_CreateBool(jv_get_kind(value) == JV_KIND_TRUE);
    case JV_KIND_NUMBER:
        return convert_number(value);
    case JV_KIND_STRING:
        return convert_string(value);
    case JV_KIND_ARRAY:
        return convert_array(value, depth + 1, err);
    case JV_KIND_OBJECT:
        return convert_object(value, depth + 1, err);
    default:
        return cJSON_CreateNull();
    }
}

static cJSON *convert(jv value, unsigned depth, struct error *err)
{
    cJSON *converted = NULL;

    if (depth > VALUE_DEPTH_MAX)
        error_set(err, ERROR_INVALID, "a value is nested deeper than %d", VALUE_DEPTH_MAX);
    else
        converted = convert_any(value, depth, err);
    jv_free(value);
    return converted;
}

cJSON *value_from_jv(jv value, struct error *err)
{
    return convert(value, 0, err);
}

jv value_to_jv(const cJSON *value)
{
    char *text = json_print(value);
    jv parsed = jv_parse(text);

    mem_free(text);
    return parsed;
}

/* Finding what is there twice is left to jq, which does it by hashing. Rarely is a list or an object wanted. */
cJSON *value_copy(const cJSON *value, struct error *err)
{
    return value->child == NULL ? cJSON_Duplicate(value, false) : value_from_jv(value_to_jv(value), err);
}
