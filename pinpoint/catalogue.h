/*
 * catalogue.h - what an account's Pinpoint is made of: its custom fields, found by name.
 *
 * Filled page by page from responses, kept for a while, shared by all events of the account in this process.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "pinpoint/field.h"
#include "pinpoint/request.h"
#include "pinpoint/response.h"

#include <stddef.h>
#include <stdint.h>

#define CATALOGUE_MAX_AGE_MS  (10LL * 60 * 1000) /* read again when older */
#define CATALOGUE_MISS_AGE_MS (30LL * 1000)      /* read again when older and a name is missing: it may be new */
#define CATALOGUE_FIELDS_MAX  10000

struct catalogue;

struct catalogue *catalogue_new(void);
void catalogue_free(struct catalogue *catalogue); /* takes NULL */

enum catalogue_answer {
    CATALOGUE_FOUND,
    CATALOGUE_MISSING, /* it was read recently enough: there is no such field */
    CATALOGUE_READ,    /* it must be read (again) first: see catalogue_request */
};

/* The field of that name (case matters, surrounding space does not) and resource type; of several the one that
 * Pinpoint lists first. *field is borrowed until the next page is added. Never CATALOGUE_READ at the now_ms at which
 * the last page was added. */
enum catalogue_answer catalogue_find(const struct catalogue *catalogue, const char *name, const char *resource_type,
                                     int64_t now_ms, const struct field **field);

/* The request for page number page (from 1). */
void catalogue_request(unsigned page, struct request *request);

/* Takes in the answer to page. *is_last tells that the catalogue is complete now. Pages may arrive more than once and
 * from several readers; each reader starts at page 1 and goes on until *is_last. */
MUST_CHECK bool catalogue_add(struct catalogue *catalogue, unsigned page, const struct response *response,
                              int64_t now_ms, bool *is_last, struct error *err);

/* "Coding score, Report link, …": names of fields of resource_type, for a message, at most 200 bytes; nothing when
 * there are none. */
void catalogue_names(const struct catalogue *catalogue, const char *resource_type, struct buf *out);
