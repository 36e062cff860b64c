/*
 * endpoint.c - finds the colon between host and port.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/endpoint.h"

#include "base/mem.h"

#include <string.h>

static bool is_port(const char *text)
{
    size_t size = strspn(text, "0123456789");

    return size >= 1 && size <= 5 && text[size] == '\0';
}

bool endpoint_read(struct endpoint *endpoint, const char *text)
{
    const char *colon = strrchr(text, ':');
    bool is_bracketed = text[0] == '[';
    const char *start = text + (is_bracketed ? 1 : 0);
    const char *end = is_bracketed && colon && colon > text + 1 ? colon - 1 : colon;

    *endpoint = (struct endpoint){.is_bracketed = is_bracketed};
    if (!colon || end <= start || !is_port(colon + 1) || (is_bracketed && *end != ']') ||
        (!is_bracketed && memchr(start, ':', (size_t)(end - start))))
        return false;
    endpoint->host = mem_copy(start, (size_t)(end - start));
    endpoint->port = mem_string(colon + 1);
    return true;
}

void endpoint_clear(struct endpoint *endpoint)
{
    mem_free(endpoint->host);
    mem_free(endpoint->port);
}
