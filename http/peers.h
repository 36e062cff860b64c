/*
 * peers.h - the open connections, and the time each may take for a request.
 *
 * Part of http/server and used by it alone.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

/* A connection: it outlives its requests. */
struct peer {
    LIST_ENTRY(peer) entry;
    struct MHD_Connection *connection;
    int64_t since_ms; /* when it was opened, or answered last */
    bool is_waiting;  /* for the handler's answer, which takes as long as it takes */
};

LIST_HEAD(peers, peer);

struct peer *peers_add(struct peers *peers, struct MHD_Connection *connection, int64_t now_ms);
void peers_remove(struct peer *peer); /* frees it; takes NULL */

/* Shuts down those that have been sending a request, or reading its answer, for longer than max_ms. */
void peers_cut_slow(const struct peers *peers, int64_t now_ms, int64_t max_ms);
