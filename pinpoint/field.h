/*
 * field.h - one custom field: what it is called, what it belongs to, what type of value it takes.
 *
 * The catalogue keeps them; what may be written into one is field_value.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

enum field_type {
    FIELD_BOOLEAN,
    FIELD_DATE,
    FIELD_DECIMAL,
    FIELD_INTEGER,
    FIELD_MULTI_SELECT,
    FIELD_SINGLE_SELECT,
    FIELD_TEXT,
    FIELD_VARCHAR,
    FIELD_OTHER, /* a type without a documented way to write it */
};

struct field {
    char *id;
    char *name;
    char *resource_type; /* "application", "candidate", … */
    enum field_type type;
    char **options; /* of the selects */
    size_t option_count;
};

/* Copies what a custom_fields record says; false, with nothing to clear, when it lacks id, name or resource type. */
bool field_init(struct field *field, const cJSON *record);
void field_clear(struct field *field);

/* The names and the value keys of the field types. */
const char *field_type_name(enum field_type type);
const char *field_type_key(enum field_type type); /* "integer_value"; NULL for FIELD_OTHER */
