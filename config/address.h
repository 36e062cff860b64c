/*
 * address.h - addresses in the configuration: what to listen on, where Pinpoint and Redis are.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

/* "host:port" or "[v6]:port", the port from 0 to 65535. */
MUST_CHECK bool address_check_listen(const char *text, struct error *err);

/* "" or the beginning of a URL that queue/ can open. */
MUST_CHECK bool address_check_redis(const char *text, struct error *err);

/* An http or https URL of scheme, host and port only. http, which shows the API key to everyone on the way, only to
 * this machine unless allow_http. */
MUST_CHECK bool address_check_base_url(const char *text, bool allow_http, struct error *err);

/* A DNS label in lower case: "acme". */
MUST_CHECK bool address_check_subdomain(const char *text, struct error *err);
