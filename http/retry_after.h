/*
 * retry_after.h - the Retry-After header: seconds or an HTTP date (RFC 9110, 10.2.3).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#define RETRY_AFTER_NONE   (-1)
#define RETRY_AFTER_MAX_MS (3600LL * 1000) /* longer waits are cut to this: a lie must not stop an account for days */

/* Milliseconds since 1970 of an HTTP date, as the header Date holds one; RETRY_AFTER_NONE for what is none. */
int64_t retry_after_date(const char *value);

/* Milliseconds to wait; 0 for a date in the past; RETRY_AFTER_NONE for "" and for what is neither. now_ms is best the
 * time of whoever says it, as a date is by their clock. */
int64_t retry_after_parse(const char *value, int64_t now_ms);
