/*
 * pinpoint.h - a scripted Pinpoint in the test's own process: each request is checked against the next row, and
 * answered as the row says.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"
#include "http/server.h"

#include <stddef.h>
#include <stdint.h>

/* One request that is expected, and its answer. status 0 drops the connection; -1 leaves it unanswered. */
struct exchange_row {
    const char *method;
    const char *path; /* without the query */
    int status;
    const char *body; /* "" for none */
    const char *retry_after;
};

struct pinpoint {
    struct http_server *server;
    const struct exchange_row *rows;
    size_t count, at;
    char *last_body;      /* of the last request; owned */
    int64_t *ends_leases; /* a lease that is over from the first request on; NULL for none */
};

void pinpoint_open(struct pinpoint *pinpoint, struct loop *loop, const struct exchange_row *rows, size_t count);
void pinpoint_close(struct pinpoint *pinpoint);
