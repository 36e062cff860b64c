/*
 * seed_fields.h - Acme's custom fields: more of them than fit on one page of the API.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/store.h"

void seed_fields(struct store *store, int64_t created_ms);
