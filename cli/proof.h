/*
 * proof.h - whether the outside world is as the configuration says: keys that work, a Redis that answers. For check.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "config/config.h"

struct proof {
    bool is_ok;
    char result[200]; /* "ok", "401 Invalid API key", "unreachable: …" */
};

/* Calls every account at once; proofs has one row for each. Only an authenticated call proves an account: every unknown
 * subdomain answers as a demo account of Pinpoint's. */
void proof_accounts(const struct config *config, struct proof *proofs);

/* Connects to the Redis at url; err->text says why it does not work. ERROR_REFUSED when it is there and is not what it
 * must be, ERROR_UNAVAILABLE when it did not answer within timeout_ms. */
MUST_CHECK bool proof_redis(const struct config *config, const char *url, int64_t timeout_ms, struct error *err);

/* Whether what listens at url can take requests: a receiver says so at /readyz, a sandbox at /sandbox/stats. */
MUST_CHECK bool proof_ready(const char *url, struct error *err);
