/*
 * query.h - the query of a request for one type of resource, checked against its schema.
 *
 * Nothing unknown is ignored: a name or value that the tables do not have is refused with a 400, as the real API
 * is thought to do, so that a misspelt filter shows at once instead of as a list that is too long.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "http/server.h"
#include "sandbox/reply.h"
#include "sandbox/schema.h"

#include <stdint.h>

enum {
    QUERY_FILTERS_MAX = 16,
    QUERY_PATHS_MAX = 32,
    QUERY_SORTS_MAX = 4,
    QUERY_FIELD_SETS_MAX = 8,
    PAGE_SIZE_DEFAULT = 100,
    PAGE_SIZE_MAX = 1000,
};

enum comparison { COMPARE_EQUAL, COMPARE_AFTER, COMPARE_BEFORE };

struct given_filter {
    const struct filter *filter;
    enum comparison comparison;
    char *value; /* owned */
    int64_t at_ms;
};

/* fields[type] or extra_fields[type]: the names, separated by blanks. */
struct field_set {
    const struct schema *schema;
    bool is_extra;
    char *names; /* owned */
};

struct sort_key {
    const char *name;
    bool descending;
};

struct query {
    const struct schema *schema;
    struct given_filter filters[QUERY_FILTERS_MAX];
    size_t filter_count;
    char *includes[QUERY_PATHS_MAX]; /* "job", "offers.creator"; owned */
    size_t include_count;
    struct field_set field_sets[QUERY_FIELD_SETS_MAX];
    size_t field_set_count;
    struct sort_key sorts[QUERY_SORTS_MAX];
    size_t sort_count;
    int64_t page_number, page_size;
    bool wants_total;
};

/* Reads the query of exchange; of one record when is_list is false, which takes neither filters nor pages.
 * False when reply has been given the reason. query_clear in either case. */
bool query_read(struct query *query, const struct schema *schema, bool is_list, struct http_exchange *exchange,
                struct reply *reply);
void query_clear(struct query *query);

/* Whether a path begins at prefix ("" for the first records) and goes on with relation. */
bool query_includes(const struct query *query, const char *prefix, const char *relation);

/* Whether attribute is to be shown in records of schema. */
bool query_shows(const struct query *query, const struct schema *schema, const struct attribute *attribute);
