/*
 * kept_headers.h - which of a request's headers go with the event, for rules to read as $headers.
 *
 * A JSON object with lower-case names. What authenticates the sender is left out: it is a secret, or proves nothing
 * any more. Bounded by EVENT_HEADERS_MAX: a header that does not fit any more is left out.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "http/server.h"

#define KEPT_HEADERS_MAX 64 /* headers in one object */

/* Kept by the receiver and filled again for each request, so that a request allocates nothing here. */
struct kept_headers {
    struct buf text; /* the object */
    struct buf pair; /* one member, made apart so that it can be left out whole */
};

void kept_headers_init(struct kept_headers *kept);
void kept_headers_clear(struct kept_headers *kept);

/* Makes kept->text the object for exchange. Of a header sent twice the first value is kept. */
void kept_headers_read(struct kept_headers *kept, struct http_exchange *exchange);
