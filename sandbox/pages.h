/*
 * pages.h - what a recruiter sees: two pages, their assets, the data they ask for every second, and the stage
 * selector.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/parts.h"

/* Answers any exchange that is neither the API's nor under /sandbox/. */
void pages_handle(struct sandbox *sandbox, struct http_exchange *exchange);
