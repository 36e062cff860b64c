/*
 * address.c - a socket opened to be closed at once: it knows the port, and why there is none.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/address.h"

#include "base/mem.h"
#include "http/listen.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Listening everywhere includes here. */
static const struct {
    const char *listen;
    const char *reach;
} everywhere[] = {{"0.0.0.0", "127.0.0.1"}, {"[::]", "[::1]"}};

static const char *reach(const char *host)
{
    for (size_t i = 0; i < COUNT_OF(everywhere); i++) {
        if (strcmp(everywhere[i].listen, host) == 0)
            return everywhere[i].reach;
    }
    return host;
}

bool address_settle(struct address *address, const char *listen, struct error *err)
{
    struct listening listening;

    if (!listening_open(listen, &listening, err))
        return false;
    close(listening.fd);
    mem_free(listening.address);
    char *host = mem_copy(listen, (size_t)(strrchr(listen, ':') - listen));
    bool fits = snprintf(address->listen, ADDRESS_MAX, "%s:%u", host, listening.port) < ADDRESS_MAX &&
                snprintf(address->url, ADDRESS_MAX, "http://%s:%u", reach(host), listening.port) < ADDRESS_MAX;
    mem_free(host);
    return fits || error_set(err, ERROR_INVALID, "cannot listen on %.100s: the address is too long", listen);
}
