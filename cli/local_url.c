/*
 * local_url.c - see local_url.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/local_url.h"

#include "base/mem.h"

#include <string.h>

/* Addresses that mean "all of mine", and the one of them to send to. */
static const struct {
    const char *any, *mine;
} wildcards[] = {{"0.0.0.0", "127.0.0.1"}, {"[::]", "[::1]"}, {"*", "127.0.0.1"}, {"", "127.0.0.1"}};

char *local_url(const char *listen)
{
    const char *colon = strrchr(listen, ':');
    size_t host_size = colon ? (size_t)(colon - listen) : strlen(listen);

    for (size_t i = 0; i < COUNT_OF(wildcards); i++) {
        if (strlen(wildcards[i].any) == host_size && memcmp(wildcards[i].any, listen, host_size) == 0)
            return mem_printf("http://%s%s", wildcards[i].mine, colon ? colon : "");
    }
    return mem_printf("http://%s", listen);
}
