/*
 * field.c - the table of field types, and reading a field's definition.
 *
 * Called by the catalogue for every record of the list of custom fields.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pinpoint/field.h"

#include "base/json.h"
#include "base/mem.h"
#include "pinpoint/item.h"

#include <string.h>

/* To add a type: its row, and its way to convert a value in field_value.c. */
static const struct {
    const char *name;
    const char *key;
} types[] = {
    [FIELD_BOOLEAN] = {"boolean", "boolean_value"},
    [FIELD_DATE] = {"date", "date_value"},
    [FIELD_DECIMAL] = {"decimal", "decimal_value"},
    [FIELD_INTEGER] = {"integer", "integer_value"},
    [FIELD_MULTI_SELECT] = {"multi_select", "multi_select_value"},
    [FIELD_SINGLE_SELECT] = {"single_select", "single_select_value"},
    [FIELD_TEXT] = {"text", "text_value"},
    [FIELD_VARCHAR] = {"varchar", "varchar_value"},
    [FIELD_OTHER] = {"other", NULL},
};

const char *field_type_name(enum field_type type)
{
    return types[type].name;
}

const char *field_type_key(enum field_type type)
{
    return types[type].key;
}

static enum field_type type_named(const char *name)
{
    enum field_type type = FIELD_BOOLEAN;

    while (type < FIELD_OTHER && strcmp(types[type].name, name) != 0)
        type++;
    return type;
}

static void copy_options(struct field *field, const cJSON *options)
{
    const cJSON *option;

    if (!cJSON_IsArray(options) || !options->child)
        return;
    field->options = mem_new((size_t)cJSON_GetArraySize(options) * sizeof(*field->options));
    cJSON_ArrayForEach(option, options)
    {
        if (cJSON_IsString(option))
            field->options[field->option_count++] = mem_string(option->valuestring);
    }
}

bool field_init(struct field *field, const cJSON *record)
{
    const char *id = item_id(record);
    const char *name = item_text(record, "name");
    const char *resource_type = item_text(record, "resource_type");

    *field = (struct field){0};
    if (!id || !*name || !*resource_type)
        return false;
    field->id = mem_string(id);
    field->name = mem_string(name);
    field->resource_type = mem_string(resource_type);
    field->type = type_named(item_text(record, "field_type"));
    copy_options(field, item_attribute(record, "options"));
    return true;
}

void field_clear(struct field *field)
{
    for (size_t i = 0; i < field->option_count; i++)
        mem_free(field->options[i]);
    mem_free(field->options);
    mem_free(field->id);
    mem_free(field->name);
    mem_free(field->resource_type);
    *field = (struct field){0};
}
