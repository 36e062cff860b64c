/*
 * jsonapi.h - records as JSON:API documents.
 *
 * Reads the schema's tables, so it knows no type by name. A relation that was not asked for shows as
 * {"meta":{"included":false}}: the id behind it stays unknown, as in Pinpoint's answers.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/list.h"
#include "sandbox/query.h"
#include "sandbox/store.h"

#include <cjson/cJSON.h>

/* Of one record, of a page of them. query says what is included and shown. */
cJSON *jsonapi_record(struct store *store, const struct query *query, const struct record *record);
cJSON *jsonapi_page(struct store *store, const struct query *query, const struct page *page);

/* "2026-01-31T09:00:00+00:00" */
cJSON *jsonapi_time(int64_t at_ms);

/* What attribute of record shows as. */
cJSON *jsonapi_attribute(const struct record *record, const struct attribute *attribute);
