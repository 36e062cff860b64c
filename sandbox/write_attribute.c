/*
 * write_attribute.c - custom fields and their values.
 *
 * A value is written under a key that tells its type, integer_value, and kept as the string that is read back.
 * Writing a second value for the same field and record makes a second value: the real API's answer to that is not
 * documented, and a sandbox that refused it would hide the mistake of a client that does it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/write_attribute.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "sandbox/write.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define VARCHAR_MAX_CHARACTERS 255
#define VALUE_MAX_BYTES        (1u << 20)
#define RESOURCE_TYPES         "application candidate job job_seeker job_template offer position"
#define SELECTS                "single_select multi_select"

/* Adds what value is read back as; or returns what is wrong with it. */
typedef const char *value_fn(const struct record *field, const cJSON *value, struct buf *out);

static const char *plain_value(const struct record *field, const cJSON *value, struct buf *out)
{
    (void)field;
    return json_add_scalar(value, out) ? NULL : "can't be blank";
}

static const char *integer_value(const struct record *field, const cJSON *value, struct buf *out)
{
    return fabs(value->valuedouble) <= 2147483647.0 ? plain_value(field, value, out) : "is out of range";
}

static const char *varchar_value(const struct record *field, const cJSON *value, struct buf *out)
{
    size_t characters = 0;

    for (const char *at = value->valuestring; *at; at++)
        characters += (*at & 0xc0) != 0x80; /* the bytes of UTF-8 that begin a character */
    return characters <= VARCHAR_MAX_CHARACTERS ? plain_value(field, value, out)
                                                : "is too long (maximum is 255 characters)";
}

/* "2026-01-31", or one of the two ways to write midnight that the reference shows. */
static const char *date_value(const struct record *field, const cJSON *value, struct buf *out)
{
    const char *text = value->valuestring;
    const char *rest = strlen(text) >= 10 ? text + 10 : text;
    char midnight[32];
    int64_t at_ms;

    (void)field;
    (void)snprintf(midnight, sizeof(midnight), "%.10sT00:00:00Z", text);
    if (!clock_parse(midnight, &at_ms) ||
        (*rest && strcmp(rest, " 00:00:00 +00:00") != 0 && !clock_parse(text, &at_ms)))
        return "is not a date";
    buf_add(out, text, 10);
    return NULL;
}

static bool is_option(const struct record *field, const cJSON *value)
{
    const cJSON *option;

    cJSON_ArrayForEach(option, json_get(field->attributes, "options"))
    {
        if (strcmp(option->valuestring, value->valuestring) == 0)
            return true;
    }
    return false;
}

static const char *option_value(const struct record *field, const cJSON *value, struct buf *out)
{
    return is_option(field, value) ? plain_value(field, value, out) : "is not included in the list";
}

/* "Maroon, Vermillion, and Blue" */
static const char *options_value(const struct record *field, const cJSON *value, struct buf *out)
{
    int count = cJSON_GetArraySize(value);
    const cJSON *option;
    int i = 0;

    cJSON_ArrayForEach(option, value)
    {
        if (!is_option(field, option))
            return "is not included in the list";
        if (i > 0)
            buf_add_string(out, i < count - 1 ? ", " : count == 2 ? " and " : ", and ");
        buf_add_string(out, option->valuestring);
        i++;
    }
    return count > 0 ? NULL : "can't be blank";
}

/* Every type of field. No way to write a users field is known. */
static const struct field_type {
    const char *name;
    const char *key;
    value_fn *read;
} field_types[] = {
    {"boolean", "boolean_value", plain_value},
    {"date", "date_value", date_value},
    {"decimal", "decimal_value", plain_value},
    {"integer", "integer_value", integer_value},
    {"multi_select", "multi_select_value", options_value},
    {"single_select", "single_select_value", option_value},
    {"text", "text_value", plain_value},
    {"varchar", "varchar_value", varchar_value},
    {"users", "", plain_value},
};

static const struct field_type *field_type_of(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(field_types); i++)
        if (strcmp(field_types[i].name, name) == 0)
            return &field_types[i];
    return NULL;
}

/* "applications" and "application" */
static bool is_plural_of(const char *type, const char *resource_type)
{
    size_t size = strlen(resource_type);

    return strncmp(type, resource_type, size) == 0 && strcmp(type + size, "s") == 0;
}

/* The one value given, under the key of the field's type; NULL when reply has been told. */
static const cJSON *given_value(struct write *write, const struct record *field)
{
    const struct field_type *type = field_type_of(record_text(field, "field_type"));
    const cJSON *value = write->attributes->child;

    if (!value || value->next) {
        (void)reply_invalid(write->reply, "attributes", type->key[0] ? type->key : "value",
                            "must be given, and no other value");
        return NULL;
    }
    if (strcmp(value->string, type->key) != 0) {
        (void)reply_invalid(write->reply, "attributes", value->string, "does not fit a field of type %s", type->name);
        return NULL;
    }
    if (cJSON_IsNull(value)) {
        (void)reply_invalid(write->reply, "attributes", value->string, "can't be blank");
        return NULL;
    }
    return value;
}

static bool take_value(struct write *write, const struct record *field)
{
    const cJSON *value = given_value(write, field);
    struct buf text;
    const char *problem;

    if (!value)
        return false;
    buf_init(&text, VALUE_MAX_BYTES);
    problem = field_type_of(record_text(field, "field_type"))->read(field, value, &text);
    problem = text.overflow ? "is too long" : problem;
    if (problem) {
        (void)reply_invalid(write->reply, "attributes", value->string, "%s", problem);
    } else {
        write->summary = mem_printf("%.80s = %.120s", record_text(field, "name"), text.data);
        cJSON_Delete(write->attributes);
        write->attributes = cJSON_CreateObject();
        cJSON_AddStringToObject(write->attributes, "value", text.data);
    }
    buf_clear(&text);
    return !problem;
}

bool prepare_custom_attribute(struct write *write)
{
    const struct record *field = write_link(write, "custom_field");
    const struct record *holder = write_link(write, "custom_attributable");

    if (!is_plural_of(holder->schema->type, record_text(field, "resource_type"))) {
        return reply_invalid(write->reply, "relationships", "custom_field", "is a field of %ss",
                             record_text(field, "resource_type"));
    }
    return take_value(write, field);
}

bool prepare_custom_field(struct write *write)
{
    const char *type = json_get_string(write->attributes, "field_type", "");
    cJSON *options = json_get(write->attributes, "options");

    if (!field_type_of(type))
        return reply_invalid(write->reply, "attributes", "field_type", "is not included in the list");
    if (!schema_has_word(RESOURCE_TYPES, json_get_string(write->attributes, "resource_type", "")))
        return reply_invalid(write->reply, "attributes", "resource_type", "is not included in the list");
    if (schema_has_word(SELECTS, type) != (cJSON_GetArraySize(options) > 0)) {
        return reply_invalid(write->reply, "attributes", "options",
                             schema_has_word(SELECTS, type) ? "can't be blank" : "must be blank");
    }
    if (!json_get(write->attributes, "required"))
        cJSON_AddFalseToObject(write->attributes, "required");
    write->summary = mem_printf("field %.80s (%s)", json_get_string(write->attributes, "name", ""), type);
    return true;
}
