/*
 * raw_server.c - see raw_server.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fakes/raw_server.h"

#include "base/buf.h"
#include "base/mem.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_MAX = 16 << 20 };

struct raw_peer {
    LIST_ENTRY(raw_peer) entry;
    struct raw_server *server;
    struct watch *watch;
    int fd;
    struct buf received;
    unsigned requests;
    bool is_ended; /* by the test: freed when its function returns */
};

LIST_HEAD(raw_peers, raw_peer);

struct raw_server {
    struct loop *loop;
    struct watch *watch;
    int fd;
    unsigned port;
    char *url;
    raw_request_fn *fn;
    void *arg;
    unsigned requests;
    unsigned begun;
    unsigned connections;
    size_t cut_after; /* 0: never */
    struct raw_peers peers;
};

static void peer_free(struct raw_peer *peer)
{
    LIST_REMOVE(peer, entry);
    watch_free(peer->watch);
    close(peer->fd);
    buf_clear(&peer->received);
    mem_free(peer);
}

/* The size of the first request in buf, or 0 when it is not complete. */
static size_t request_size(const struct buf *buf)
{
    const char *end = strstr(buf->data, "\r\n\r\n");
    const char *length = strstr(buf->data, "\r\nContent-Length:");
    size_t size;

    if (!end)
        return 0;
    size = (size_t)(end - buf->data) + 4;
    if (length && length < end)
        size += strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
    return size <= buf->size ? size : 0;
}

static void take_requests(struct raw_peer *peer)
{
    size_t size;

    while (!peer->is_ended && (size = request_size(&peer->received)) > 0) {
        char *request = mem_copy(peer->received.data, size);

        buf_consume(&peer->received, size);
        peer->server->requests++;
        peer->server->fn(peer->server->arg, peer, ++peer->requests, request);
        mem_free(request);
        peer->server->begun += peer->received.size > 0;
    }
}

static void on_peer(void *arg, unsigned events)
{
    struct raw_peer *peer = arg;
    char bytes[16384];
    ssize_t size = recv(peer->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

    (void)events;
    if (size > 0) {
        peer->server->begun += peer->received.size == 0;
        buf_add(&peer->received, bytes, (size_t)size);
        take_requests(peer);
        if (peer->server->cut_after && peer->received.size >= peer->server->cut_after)
            raw_peer_reset(peer);
    }
    if (peer->is_ended || size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR))
        peer_free(peer);
}

static void on_connection(void *arg, unsigned events)
{
    struct raw_server *server = arg;
    int fd = accept(server->fd, NULL, NULL);
    struct raw_peer *peer;

    (void)events;
    if (fd < 0)
        return;
    server->connections++;
    peer = mem_new(sizeof(*peer));
    peer->server = server;
    peer->fd = fd;
    buf_init(&peer->received, REQUEST_MAX);
    LIST_INSERT_HEAD(&server->peers, peer, entry);
    peer->watch = watch_new(server->loop, fd, on_peer, peer);
    watch_set(peer->watch, WATCH_READ);
}

static unsigned listen_anywhere(int fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    bool is_listening = bind(fd, (const struct sockaddr *)&address, size) == 0 && listen(fd, 64) == 0 &&
                        getsockname(fd, (struct sockaddr *)&address, &size) == 0;

    assert(is_listening);
    (void)is_listening;
    return ntohs(address.sin_port);
}

struct raw_server *raw_server_open(struct loop *loop, raw_request_fn *fn, void *arg)
{
    struct raw_server *server = mem_new(sizeof(*server));

    server->loop = loop;
    server->fn = fn;
    server->arg = arg;
    server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    server->port = listen_anywhere(server->fd);
    server->url = mem_printf("http://127.0.0.1:%u/", server->port);
    server->watch = watch_new(loop, server->fd, on_connection, server);
    watch_set(server->watch, WATCH_READ);
    return server;
}

void raw_server_close(struct raw_server *server)
{
    struct raw_peer *peer;

    if (!server)
        return;
    while ((peer = LIST_FIRST(&server->peers)))
        peer_free(peer);
    watch_free(server->watch);
    close(server->fd);
    mem_free(server->url);
    mem_free(server);
}

const char *raw_server_url(const struct raw_server *server)
{
    return server->url;
}

unsigned raw_server_port(const struct raw_server *server)
{
    return server->port;
}

unsigned raw_server_requests(const struct raw_server *server)
{
    return server->requests;
}

unsigned raw_server_begun(const struct raw_server *server)
{
    return server->begun;
}

unsigned raw_server_connections(const struct raw_server *server)
{
    return server->connections;
}

void raw_server_cut_after(struct raw_server *server, size_t size)
{
    server->cut_after = size;
}

void raw_peer_send(struct raw_peer *peer, const char *text)
{
    ssize_t size = send(peer->fd, text, strlen(text), MSG_NOSIGNAL);

    (void)size; /* the client may have gone */
}

void raw_peer_close(struct raw_peer *peer)
{
    peer->is_ended = true;
}

void raw_peer_reset(struct raw_peer *peer)
{
    struct linger at_once = {.l_onoff = 1};

    setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    peer->is_ended = true;
}
