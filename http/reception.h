/*
 * reception.h - requests on their way in, and exchanges on their way back.
 *
 * Part of http/server and used by it alone. What a request may take of us is bounded here, but for its time, which
 * peers.h bounds.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"
#include "http/exchange.h"

struct reception {
    http_handler_fn *handler;
    void *arg;
    size_t max_body_bytes;

    loop_fn *resumed; /* called when a connection was resumed: libmicrohttpd has to run */
    void *resumed_arg;

    int64_t now_ms;              /* when libmicrohttpd ran last: near enough, and cheaper than the clock each time */
    struct exchanges active;     /* still in reception, or answered and on their way */
    struct exchanges handed_out; /* with the handler */
    struct exchanges spare;
    size_t pending; /* how many are handed out */
};

/* arg of both is a struct reception. */
enum MHD_Result reception_on_request(void *arg, struct MHD_Connection *connection, const char *path, const char *method,
                                     const char *version, const char *bytes, size_t *size, void **slot);
void reception_on_completed(void *arg, struct MHD_Connection *connection, void **slot,
                            enum MHD_RequestTerminationCode code);

/* Resumes every connection that waits for the handler. libmicrohttpd must not be stopped before, nor run after. */
void reception_give_up(struct reception *reception);

/* Frees the exchanges, all of which libmicrohttpd has completed. */
void reception_clear(struct reception *reception);
