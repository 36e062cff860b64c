/*
 * address.c - "host:port" and "[v6]:port" taken apart.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/address.h"

#include "base/mem.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The host as it is written, without its brackets, and the port's digits. */
struct parts {
    char host[ADDRESS_MAX];
    const char *port;
    bool is_v6;
};

static bool take_apart(const char *listen, struct parts *parts)
{
    const char *colon = strrchr(listen, ':');
    size_t size = colon ? (size_t)(colon - listen) : 0;

    parts->is_v6 = size >= 2 && listen[0] == '[' && listen[size - 1] == ']';
    if (!colon || size >= sizeof(parts->host))
        return false;
    if (parts->is_v6)
        snprintf(parts->host, sizeof(parts->host), "%.*s", (int)size - 2, listen + 1);
    else
        snprintf(parts->host, sizeof(parts->host), "%.*s", (int)size, listen);
    parts->port = colon + 1;
    return true;
}

/* Binds to the address and looks which port the system chose; 0 when it cannot. */
static unsigned free_port(const struct parts *parts)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    struct sockaddr_storage bound = {0};
    socklen_t size = sizeof(bound);
    unsigned port = 0;

    if (getaddrinfo(*parts->host ? parts->host : NULL, "0", &hints, &found) != 0)
        return 0;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, found->ai_addr, found->ai_addrlen) == 0 &&
        getsockname(fd, (struct sockaddr *)&bound, &size) == 0)
        port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                                 : ((struct sockaddr_in *)&bound)->sin_port);
    if (fd >= 0)
        close(fd);
    freeaddrinfo(found);
    return port;
}

bool address_settle(const char *listen, char address[ADDRESS_MAX])
{
    struct parts parts;

    if (!take_apart(listen, &parts))
        return false;
    if (strcmp(parts.port, "0") != 0)
        return (size_t)snprintf(address, ADDRESS_MAX, "%s", listen) < ADDRESS_MAX;
    unsigned port = free_port(&parts);
    if (port == 0)
        return false;
    snprintf(address, ADDRESS_MAX, parts.is_v6 ? "[%s]:%u" : "%s:%u", parts.host, port);
    return true;
}

/* Listening everywhere includes here. */
static const struct {
    const char *listen;
    const char *reach;
} everywhere[] = {{"", "127.0.0.1"}, {"*", "127.0.0.1"}, {"0.0.0.0", "127.0.0.1"}, {"::", "::1"}};

char *address_url(const char *listen, char url[ADDRESS_MAX])
{
    struct parts parts;
    const char *host = parts.host;

    if (!take_apart(listen, &parts)) {
        url[0] = '\0';
        return url;
    }
    for (size_t i = 0; i < COUNT_OF(everywhere); i++) {
        if (strcmp(everywhere[i].listen, parts.host) == 0)
            host = everywhere[i].reach;
    }
    snprintf(url, ADDRESS_MAX, parts.is_v6 ? "http://[%s]:%s" : "http://%s:%s", host, parts.port);
    return url;
}
