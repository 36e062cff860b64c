/*
 * address.c - see address.h. A free port may be taken by somebody else before it is used: callers must say so then.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/address.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Addresses that mean "all of mine", and the one of them to send to. */
static const struct {
    const char *any, *mine;
} wildcards[] = {{"0.0.0.0", "127.0.0.1"}, {"[::]", "[::1]"}, {"*", "127.0.0.1"}, {"", "127.0.0.1"}};

char *address_to_reach(const char *listen)
{
    const char *colon = strrchr(listen, ':');
    size_t host_size = colon ? (size_t)(colon - listen) : strlen(listen);

    for (size_t i = 0; i < COUNT_OF(wildcards); i++) {
        if (strlen(wildcards[i].any) == host_size && memcmp(wildcards[i].any, listen, host_size) == 0)
            return mem_printf("http://%s%s", wildcards[i].mine, colon ? colon : "");
    }
    return mem_printf("http://%s", listen);
}

bool address_is_free(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on,
               sizeof(on)); /* as the server will: connections that linger do not count */
    bool is_free = fd >= 0 && bind(fd, (struct sockaddr *)&address, size) == 0 && listen(fd, 1) == 0 &&
                   getsockname(fd, (struct sockaddr *)&address, &size) == 0;
    if (fd >= 0)
        close(fd);
    if (is_free)
        *port = ntohs(address.sin_port);
    return is_free;
}
