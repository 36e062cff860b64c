/*
 * endpoint.h - the two halves of "host:port". Part of http/listen, http/knock and http/load_generator.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

/* Both owned. */
struct endpoint {
    char *host; /* without brackets */
    char *port;
    bool is_bracketed;
};

/* text is "host:port" or "[v6]:port". When it is neither: false, and nothing to clear. */
bool endpoint_read(struct endpoint *endpoint, const char *text);
void endpoint_clear(struct endpoint *endpoint);
