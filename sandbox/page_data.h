/*
 * page_data.h - what the pages show, as JSON. Interviews' summaries are passed on as HTML text; the page builds
 * elements from it by its own allow-list.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/parts.h"

#include <cjson/cJSON.h>

enum { PAGE_DATA_ROWS = 50, PAGE_DATA_COMMENTS = 100 };

/* One page of the list, from 1, and the figures above it. */
cJSON *page_data_list(const struct sandbox *sandbox, long long page);

/* Everything about one application. */
cJSON *page_data_application(const struct record *application);

/* Texts that change when what the two functions return would, owned. */
char *page_data_list_tag(const struct sandbox *sandbox, long long page);
char *page_data_application_tag(const struct sandbox *sandbox, const struct record *application);
