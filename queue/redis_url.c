/*
 * redis_url.c - reading the url of a Redis. Its errors say what is wrong and never quote it: it may hold a password.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/redis_url.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DEFAULT_PORT = 6379, PORT_MAX = 65535, DB_MAX = 1000000 };

static bool parse_number(const char *text, int max, int *number)
{
    char *end;
    long value = strtol(text, &end, 10);

    if (!isdigit((unsigned char)*text) || *end != '\0' || value > max)
        return false;
    *number = (int)value;
    return true;
}

static int hex_value(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* size bytes of text with %XX decoded, owned; NULL when there is none. */
static char *decoded(const char *text, size_t size)
{
    char *out;
    size_t used = 0;

    if (size == 0)
        return NULL;
    out = mem_new(size + 1);
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '%' && i + 2 < size && isxdigit((unsigned char)text[i + 1]) &&
            isxdigit((unsigned char)text[i + 2])) {
            out[used++] = (char)(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            out[used++] = text[i];
        }
    }
    return out;
}

static bool parse_unix(const char *rest, struct redis_url *url, struct error *err)
{
    const char *query = strchr(rest, '?');
    size_t size = query ? (size_t)(query - rest) : strlen(rest);

    if (rest[0] != '/')
        return error_set(err, ERROR_INVALID, "redis url: unix:// is followed by an absolute path");
    url->path = decoded(rest, size);
    if (query && (strncmp(query, "?db=", 4) != 0 || !parse_number(query + 4, DB_MAX, &url->db)))
        return error_set(err, ERROR_INVALID, "redis url: expected ?db=<number> behind the socket's path");
    return true;
}

/* Takes "user:password@" from the front of *rest. An '@' in a password need not be written as %40: the last one ends
 * it. */
static void parse_login(const char **rest, struct redis_url *url)
{
    size_t size = strcspn(*rest, "/?#");
    const char *at = NULL, *colon;

    for (size_t i = 0; i < size; i++)
        if ((*rest)[i] == '@')
            at = *rest + i;
    if (!at)
        return;
    colon = memchr(*rest, ':', (size_t)(at - *rest));
    if (colon) {
        url->user = decoded(*rest, (size_t)(colon - *rest));
        url->password = decoded(colon + 1, (size_t)(at - colon - 1));
    } else {
        url->user = decoded(*rest, (size_t)(at - *rest));
    }
    *rest = at + 1;
}

static const char *host_end_of(const char *rest)
{
    const char *close = rest[0] == '[' ? strchr(rest, ']') : NULL;

    return close ? close + 1 : rest + strcspn(rest, ":/?#");
}

static bool parse_port(const char **rest, struct redis_url *url, struct error *err)
{
    size_t size = strcspn(*rest + 1, "/?#");
    char *text = mem_copy(*rest + 1, size);
    bool is_port = parse_number(text, PORT_MAX, &url->port) && url->port > 0;

    mem_free(text);
    *rest += size + 1;
    return is_port || error_set(err, ERROR_INVALID, "redis url: the port is not a number from 1 to %d", PORT_MAX);
}

static bool parse_network(const char *rest, struct redis_url *url, struct error *err)
{
    const char *end;
    bool is_bracketed;

    parse_login(&rest, url);
    end = host_end_of(rest);
    is_bracketed = rest[0] == '[' && end[-1] == ']';
    url->host = is_bracketed ? mem_copy(rest + 1, (size_t)(end - rest - 2)) : mem_copy(rest, (size_t)(end - rest));
    url->port = DEFAULT_PORT;
    if (url->host[0] == '\0')
        return error_set(err, ERROR_INVALID, "redis url: it names no host");
    rest = end;
    if (*rest == ':' && !parse_port(&rest, url, err))
        return false;
    if (*rest != '\0' && strcmp(rest, "/") != 0 && (*rest != '/' || !parse_number(rest + 1, DB_MAX, &url->db)))
        return error_set(err, ERROR_INVALID, "redis url: expected /<number> of a database behind the host");
    return true;
}

bool redis_url_parse(const char *text, struct redis_url *url, struct error *err)
{
    bool is_right;

    memset(url, 0, sizeof(*url));
    if (strncmp(text, "unix://", 7) == 0)
        is_right = parse_unix(text + 7, url, err);
    else if (strncmp(text, "redis://", 8) == 0)
        is_right = parse_network(text + 8, url, err);
    else if (strncmp(text, "rediss://", 9) == 0)
        is_right = (url->is_tls = true) && parse_network(text + 9, url, err);
    else
        is_right = error_set(err, ERROR_INVALID, "redis url: expected redis://, rediss:// or unix://");
#ifndef HAVE_HIREDIS_SSL
    if (is_right && url->is_tls)
        is_right =
            error_set(err, ERROR_INVALID,
                      "redis url: this build has no TLS for Redis (rediss://): it needs hiredis 1.0 with hiredis_ssl");
#endif
    if (!is_right)
        redis_url_clear(url);
    return is_right;
}

/* Passwords do not stay in freed memory. */
static void free_secret(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    mem_free(secret);
}

void redis_url_clear(struct redis_url *url)
{
    mem_free(url->host);
    mem_free(url->path);
    mem_free(url->user);
    free_secret(url->password);
    memset(url, 0, sizeof(*url));
}

char *redis_url_describe(const struct redis_url *url)
{
    if (url->path)
        return mem_printf("redis at %s", url->path);
    return mem_printf(strchr(url->host, ':') ? "redis at [%s]:%d" : "redis at %s:%d", url->host, url->port);
}
