/*
 * redis_tls.h - TLS to Redis, where hiredis has it. Without it redis_url_parse refuses rediss:// and none of these
 * runs.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <hiredis/async.h>

/* What all connections to host share: it is verified by name against the system's certificates. */
MUST_CHECK void *redis_tls_new(const char *host, struct error *err);
void redis_tls_free(void *tls); /* takes NULL */

/* Why the last certificate was refused; NULL when it was not. Borrowed. */
const char *redis_tls_trouble(const void *tls);

/* Wraps a connection that has just been started. */
MUST_CHECK bool redis_tls_start(void *tls, redisAsyncContext *context, struct error *err);
