/*
 * account.h - one account of the configuration. For config.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "config/config.h"

#include <cjson/cJSON.h>

/* Fills account, which is zeroed; after a mistake too it is to be cleared. err->where is the key below the account. */
MUST_CHECK bool account_read(struct account *account, const cJSON *json, struct error *err);
void account_clear(struct account *account);

/* Accounts and sources have names of [A-Za-z0-9_.-]{1,64}: they are parts of paths and of keys in Redis. */
MUST_CHECK bool name_check(const char *name, struct error *err);
