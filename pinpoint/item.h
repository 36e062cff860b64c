/*
 * item.h - one record as a JSON:API document shows it: its id, its attributes, what it is related to.
 *
 * For whoever reads answers. Ids are strings; attributes that hold an id may be strings or numbers.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>

/* Borrowed; NULL when the item has none. */
const char *item_id(const cJSON *item);

/* The attribute, borrowed; NULL when there is none, or null. */
const cJSON *item_attribute(const cJSON *item, const char *name);

/* The attribute when it is a string, borrowed; "" otherwise. */
const char *item_text(const cJSON *item, const char *name);

/* Whether the attribute, written out, is exactly text. */
bool item_is(const cJSON *item, const char *name, const char *text);

/* The id of the one record at that relationship, borrowed; NULL when the document does not tell. */
const char *item_related_id(const cJSON *item, const char *relationship);
