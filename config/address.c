/*
 * address.c - addresses are checked by form alone; nobody is called.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/address.h"

#include "base/mem.h"
#include "queue/queue.h"

#include <string.h>

static const char host_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
static const char ipv6_characters[] = "0123456789abcdefABCDEF:.%";

/* The bytes of the host that text begins with, brackets included; 0 when it is none. */
static size_t host_length(const char *text)
{
    size_t length;

    if (text[0] != '[')
        return strspn(text, host_characters);
    length = strspn(text + 1, ipv6_characters);
    return length > 0 && text[1 + length] == ']' ? length + 2 : 0;
}

/* Whether text is a port number and nothing else. */
static bool is_port(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    unsigned port = 0;

    if (digits == 0 || digits > 5 || text[digits] != '\0')
        return false;
    for (size_t i = 0; i < digits; i++)
        port = port * 10 + (unsigned)(text[i] - '0');
    return port <= 65535;
}

bool address_check_listen(const char *text, struct error *err)
{
    size_t host = host_length(text);

    if (host > 0 && text[host] == ':' && is_port(text + host + 1))
        return true;
    return error_set(err, ERROR_INVALID, "expected host:port, such as 127.0.0.1:8080 or [::1]:8080");
}

bool address_check_redis(const char *text, struct error *err)
{
    return text[0] == '\0' || queue_check_url(text, err);
}

static bool is_loopback(const char *host, size_t size)
{
    static const char *const names[] = {"localhost", "[::1]"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strlen(names[i]) == size && memcmp(names[i], host, size) == 0)
            return true;
    }
    return size > 4 && memcmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == size;
}

bool address_check_base_url(const char *text, bool allow_http, struct error *err)
{
    bool is_https = strncmp(text, "https://", 8) == 0;
    const char *host = is_https ? text + 8 : text + 7;
    size_t size;

    if (!is_https && strncmp(text, "http://", 7) != 0)
        return error_set(err, ERROR_INVALID, "expected a URL that begins with https://");
    size = host_length(host);
    if (size == 0 || (host[size] != '\0' && (host[size] != ':' || !is_port(host + size + 1))))
        return error_set(err, ERROR_INVALID, "expected scheme, host and port only: no path, no slash at the end");
    if (!is_https && !allow_http && !is_loopback(host, size))
        return error_set(err, ERROR_INVALID,
                         "http:// would send the API key in clear text; \"allow_http\": true permits it");
    return true;
}

bool address_check_subdomain(const char *text, struct error *err)
{
    size_t size = strlen(text);

    if (size > 0 && size <= 63 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == size && text[0] != '-' &&
        text[size - 1] != '-')
        return true;
    return error_set(err, ERROR_INVALID,
                     "expected the first part of your Pinpoint address, such as acme, in lower case");
}
