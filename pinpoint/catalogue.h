/*
 * catalogue.h - what an account's Pinpoint is made of: its custom fields, found by name.
 *
 * Filled page by page from responses, kept for a while, shared by all events of the account in this process.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "pinpoint/request.h"
#include "pinpoint/response.h"

#include <stddef.h>
#include <stdint.h>

#define CATALOGUE_MAX_AGE_MS (10LL * 60 * 1000)   /* read again when older */
#define CATALOGUE_MISS_AGE_MS (30LL * 1000)       /* read again when older and a name is missing: it may be new */
#define CATALOGUE_FIELDS_MAX 10000

enum field_type {
    FIELD_BOOLEAN, FIELD_DATE, FIELD_DECIMAL, FIELD_INTEGER, FIELD_MULTI_SELECT, FIELD_SINGLE_SELECT, FIELD_TEXT,
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

struct catalogue;

struct catalogue *catalogue_new(void);
void catalogue_free(struct catalogue *catalogue); /* takes NULL */

enum catalogue_answer {
    CATALOGUE_FOUND,
    CATALOGUE_MISSING, /* it was read recently enough: there is no such field */
    CATALOGUE_READ,    /* it must be read (again) first: see catalogue_reader */
};

/* The field of that name (case matters, surrounding space does not) and resource type. *field is borrowed until the
 * next page is added. */
enum catalogue_answer catalogue_find(const struct catalogue *catalogue, const char *name, const char *resource_type,
                                     int64_t now_ms, const struct field **field);

/* The request for page number page (from 1). */
void catalogue_request(unsigned page, struct request *request);

/* Takes in the answer to page. *is_last tells that the catalogue is complete now. Pages may arrive more than once and
 * from several readers; each reader starts at page 1. */
MUST_CHECK bool catalogue_add(struct catalogue *catalogue, unsigned page, const struct response *response,
                              int64_t now_ms, bool *is_last, struct error *err);

/* "Coding score, Report link, …": names of fields of resource_type, for a message, at most 200 bytes. */
void catalogue_names(const struct catalogue *catalogue, const char *resource_type, struct buf *out);

/* The names and the value keys of the field types. */
const char *field_type_name(enum field_type type);
const char *field_type_key(enum field_type type); /* "integer_value"; NULL for FIELD_OTHER */

/* value, as JSON, turned into what a field of that type takes (an owned cJSON), or NULL with
 * err->text saying what was expected and got: 87, "87" and "87.0" are all integers; "yes" is no boolean. */
MUST_CHECK cJSON *field_value(const struct field *field, const cJSON *value, struct error *err);
