/*
 * field_value.h - what an event says, turned into what a custom field takes. Strict: no guess is written.
 *
 * Called by set_attribute. Types, keys and limits: docs/pinpoint.md.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "pinpoint/field.h"

#include <cjson/cJSON.h>

#define FIELD_VARCHAR_MAX 255   /* characters; Pinpoint's own limit */
#define FIELD_TEXT_MAX    65535 /* characters; ours, as none is documented */

/* value, as JSON, turned into what a field of that type takes (an owned cJSON), or NULL with
 * err->text saying what was expected and got: 87, "87" and "87.0" are all integers; "yes" is no boolean. */
MUST_CHECK cJSON *field_value(const struct field *field, const cJSON *value, struct error *err);

/* Whether shown, the string that Pinpoint gives back for a value of that type, is surely value, which field_value has
 * made. False in doubt, and always for a multi select: its options are shown run together. */
bool field_is_shown_as(enum field_type type, const cJSON *value, const cJSON *shown);
