/*
 * peers.c - a list, and a walk over it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/peers.h"

#include "base/mem.h"

#include <sys/socket.h>

struct peer *peers_add(struct peers *peers, struct MHD_Connection *connection, int64_t now_ms)
{
    struct peer *peer = mem_new(sizeof(*peer));

    peer->connection = connection;
    peer->since_ms = now_ms;
    LIST_INSERT_HEAD(peers, peer, entry);
    return peer;
}

void peers_remove(struct peer *peer)
{
    if (!peer)
        return;
    LIST_REMOVE(peer, entry);
    mem_free(peer);
}

/* The descriptor is libmicrohttpd's to close: it will see the end of the connection when it runs next. */
static void cut(const struct peer *peer)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(peer->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    shutdown(info->connect_fd, SHUT_RDWR);
}

void peers_cut_slow(const struct peers *peers, int64_t now_ms, int64_t max_ms)
{
    for (const struct peer *peer = LIST_FIRST(peers); peer; peer = LIST_NEXT(peer, entry))
        if (!peer->is_waiting && now_ms - peer->since_ms > max_ms)
            cut(peer);
}
