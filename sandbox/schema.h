/*
 * schema.h - the types of resource that the sandbox has, as tables: attributes, relations, filters, sort keys.
 *
 * Reading, listing, writing and rendering all work from these rows; nothing else names an attribute twice.
 * The facts are those of Pinpoint's API reference; docs/sandbox.md says where the sandbox knows more or less.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct record;
struct write;
struct filter;

/* What an attribute holds and, for those that are not stored, where its value comes from. */
enum kind {
    KIND_TEXT,
    KIND_BOOLEAN,
    KIND_INTEGER,
    KIND_NUMBER,
    KIND_DATE, /* "2026-01-31" */
    KIND_TIME, /* stored as milliseconds, shown as "2026-01-31T09:00:00+00:00" */
    KIND_TEXTS,
    KIND_OBJECT,
    KIND_OBJECTS,
    KIND_CREATED_AT,
    KIND_UPDATED_AT,
    KIND_FULL_NAME,
    KIND_UNIQUE_REFERENCE,
    KIND_LINK_ID,    /* the id of the record at the relation named by from */
    KIND_LINK_CLASS, /* its class, "Application" */
    KIND_LINK_NAME,  /* its attribute "name" */
};

enum {
    ON_CREATE = 1,
    ON_UPDATE = 2,
    NEEDED = 4,   /* on create */
    EXTRA = 8,    /* shown only when extra_fields asks for it */
    HIDDEN = 16,  /* never shown: written only, or the sandbox's own */
    INDEXED = 32, /* records can be found by it without looking at all */
    MANY = 64,    /* a relation to many records */
};

struct attribute {
    const char *name;
    enum kind kind;
    unsigned flags;
    const char *from;
};

struct relation {
    const char *name;
    const char *types; /* of what it leads to, separated by blanks; "" when the sandbox never has any */
    unsigned flags;
    const char *inverse; /* the relation to many, of what it leads to, that leads back here; NULL when there is none */
};

/* Whether record passes filter with that value. */
typedef bool filter_fn(const struct record *record, const struct filter *filter, const char *value);

struct filter {
    const char *name;
    filter_fn *matches;
    const char *on;     /* the attribute or relation it looks at */
    const char *values; /* those it takes, separated by blanks, of which several may be given; NULL: any one value */
};

/* Called when a document has passed the tables: checks what they cannot say and completes write->attributes. */
typedef bool prepare_fn(struct write *write);

/* Called when write->record is stored. */
typedef void stored_fn(struct write *write);

/* One type of resource. The tables end with a row without a name. */
struct schema {
    const char *type;       /* "applications" */
    const char *class_name; /* "Application" */
    const char *methods;    /* "GET POST PUT"; "" for types that only appear inside other documents */
    const struct attribute *attributes;
    const struct relation *relations;
    const struct filter *filters;
    const char *sorts; /* attributes, separated by blanks */
    prepare_fn *prepare;
    stored_fn *stored;
};

/* Every type, ended by a row without a type. */
extern const struct schema schemas[];

enum { SCHEMA_COUNT = 10 };

const struct schema *schema_of(const char *type);  /* NULL when there is none */
size_t schema_number(const struct schema *schema); /* below SCHEMA_COUNT */
size_t schema_relation_count(const struct schema *schema);

const struct attribute *schema_attribute(const struct schema *schema, const char *name);
const struct relation *schema_relation(const struct schema *schema, const char *name);
const struct filter *schema_filter(const struct schema *schema, const char *name);

/* Whether word is one of the words of text, which blanks separate. */
bool schema_has_word(const char *text, const char *word);
