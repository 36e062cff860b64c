/*
 * raw_server.h - a server that does with a request exactly what the test says; for tests of clients.
 *
 * It runs on the test's loop, understands just enough HTTP to know where a request ends, and counts.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"

#include <stddef.h>

struct raw_server;
struct raw_peer; /* one connection */

/* A whole request has come, head and body. number counts the requests of this connection from 1. */
typedef void raw_request_fn(void *arg, struct raw_peer *peer, unsigned number, const char *request);

struct raw_server *raw_server_open(struct loop *loop, raw_request_fn *fn, void *arg);
void raw_server_close(struct raw_server *server); /* takes NULL */

const char *raw_server_url(const struct raw_server *server); /* "http://127.0.0.1:4711/"; borrowed */
unsigned raw_server_port(const struct raw_server *server);
unsigned raw_server_requests(const struct raw_server *server);
unsigned raw_server_begun(const struct raw_server *server); /* requests of which a byte has come */
unsigned raw_server_connections(const struct raw_server *server);

/* From now on a request longer than size is cut off by a reset when that much of it has come. */
void raw_server_cut_after(struct raw_server *server, size_t size);

/* What a peer can be told from inside fn; the last two end it. */
void raw_peer_send(struct raw_peer *peer, const char *text);
void raw_peer_close(struct raw_peer *peer);
void raw_peer_reset(struct raw_peer *peer);
