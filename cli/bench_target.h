/*
 * bench_target.h - may made-up events be written there? Only to a sandbox, unless it is said otherwise.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "config/config.h"

/* Whether account's base URL is a sandbox's (it is asked, without the API key), or allowed, which may be NULL. */
MUST_CHECK bool bench_target_check(const struct account *account, const char *allowed, struct error *err);
