/*
 * framing.h - what the head of a request says about its body, and which heads the server refuses by itself.
 *
 * Part of http/server and used by it alone.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An answer that the server gives instead of the handler. */
struct refusal {
    int status;
    const char *title;
    const char *detail;
    bool is_at_once; /* where the body ends is not known for sure, so nothing of it is read */
};

extern const struct refusal refusal_too_large;

struct framing {
    uint64_t length;              /* the Content-Length; 0 when there is none */
    bool is_continue_awaited;     /* the sender keeps the body back until we say "100 Continue" */
    const struct refusal *reason; /* to refuse it; NULL when there is none */
};

struct framing framing_read(struct MHD_Connection *connection, size_t max_body_bytes);
