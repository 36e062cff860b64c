/*
 * listen.c - finds the address, binds and listens.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/listen.h"

#include "base/mem.h"
#include "http/endpoint.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

static bool fail(struct error *err, enum error_kind kind, const char *listen, const char *why)
{
    /* The libraries' messages begin with a capital; ours stand in the middle of a line. */
    return error_set(err, kind, "cannot listen on %s: %c%s", listen, tolower((unsigned char)why[0]), why + 1);
}

static bool set_flags(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* A listening socket, or -1 and errno. */
static int listen_on(const struct addrinfo *found)
{
    int fd = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
    int on = 1, reason;

    if (fd < 0)
        return -1;
    if (set_flags(fd) && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
        bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

static unsigned port_of(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof(address);

    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        return 0;
    if (address.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)&address)->sin6_port);
    return ntohs(((const struct sockaddr_in *)&address)->sin_port);
}

/* The first of the host's addresses that can be listened on. */
static bool open_endpoint(const struct endpoint *endpoint, const char *listen, int *fd, struct error *err)
{
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found;
    int status = getaddrinfo(endpoint->host, endpoint->port, &wanted, &found);

    if (status != 0)
        return fail(err, ERROR_INVALID, listen, status == EAI_SYSTEM ? strerror(errno) : gai_strerror(status));
    *fd = -1;
    for (const struct addrinfo *each = found; each && *fd < 0; each = each->ai_next)
        *fd = listen_on(each);
    freeaddrinfo(found);
    return *fd >= 0 || fail(err, ERROR_SYSTEM, listen, strerror(errno));
}

bool listening_open(const char *listen, struct listening *listening, struct error *err)
{
    struct endpoint endpoint;
    bool is_open;

    *listening = (struct listening){.fd = -1};
    if (!endpoint_read(&endpoint, listen))
        return fail(err, ERROR_INVALID, listen, "expected host:port or [v6]:port");
    is_open = open_endpoint(&endpoint, listen, &listening->fd, err);
    if (is_open) {
        listening->port = port_of(listening->fd);
        listening->address =
            mem_printf(endpoint.is_bracketed ? "http://[%s]:%u" : "http://%s:%u", endpoint.host, listening->port);
    }
    endpoint_clear(&endpoint);
    return is_open;
}
