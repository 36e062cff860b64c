/*
 * address.c - a server opened to be closed at once: it knows the port, and why there is none.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/address.h"

#include "base/mem.h"
#include "http/server.h"

#include <stdio.h>
#include <string.h>

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

/* Nobody learns of the address in that moment; who finds it by chance is sent away. */
static void refuse(void *arg, struct http_exchange *exchange)
{
    (void)arg;
    http_exchange_drop(exchange);
}

bool address_settle(struct address *address, struct loop *loop, const char *listen, struct error *err)
{
    const struct http_server_options options = {.listen = listen, .handler = refuse};
    struct http_server *server = http_server_open(loop, &options, err);

    if (!server)
        return false;
    char *host = mem_copy(listen, (size_t)(strrchr(listen, ':') - listen));
    unsigned port = http_server_port(server);
    http_server_close(server);
    bool fits = snprintf(address->listen, ADDRESS_MAX, "%s:%u", host, port) < ADDRESS_MAX &&
                snprintf(address->url, ADDRESS_MAX, "http://%s:%u", reach(host), port) < ADDRESS_MAX;
    mem_free(host);
    return fits || error_set(err, ERROR_INVALID, "cannot listen on %.100s: the address is too long", listen);
}
