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

enum { DEFAULT_PORT = 6379, SENTINEL_PORT = 26379, PORT_MAX = 65535, DB_MAX = 1000000 };

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
        return error_set(err, ERROR_INVALID, "unix:// is followed by an absolute path");
    url->path = decoded(rest, size);
    if (query && (strncmp(query, "?db=", 4) != 0 || !parse_number(query + 4, DB_MAX, &url->db)))
        return error_set(err, ERROR_INVALID, "expected ?db=<number> behind the socket's path");
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

/* ---- addresses ---- */

static const char *host_end_of(const char *rest)
{
    const char *close = rest[0] == '[' ? strchr(rest, ']') : NULL;

    return close ? close + 1 : rest + strcspn(rest, ":,/?#");
}

static bool parse_port(const char **rest, int *port, struct error *err)
{
    size_t size = strcspn(*rest + 1, ",/?#");
    char *text = mem_copy(*rest + 1, size);
    bool is_port = parse_number(text, PORT_MAX, port) && *port > 0;

    mem_free(text);
    *rest += size + 1;
    return is_port || error_set(err, ERROR_INVALID, "the port is not a number from 1 to %d", PORT_MAX);
}

/* Takes "host[:port]" from the front of *rest. */
static bool parse_host(const char **rest, int default_port, struct redis_address *address, struct error *err)
{
    const char *start = *rest, *end = host_end_of(start);
    bool is_bracketed = start[0] == '[' && end[-1] == ']';

    address->host =
        is_bracketed ? mem_copy(start + 1, (size_t)(end - start - 2)) : mem_copy(start, (size_t)(end - start));
    address->port = default_port;
    *rest = end;
    if (address->host[0] == '\0')
        return error_set(err, ERROR_INVALID, "it names no host");
    return *end != ':' || parse_port(rest, &address->port, err);
}

/* Takes "host[:port],host[:port],…". */
static bool parse_hosts(const char **rest, int default_port, struct redis_url *url, struct error *err)
{
    do {
        if (url->host_count == REDIS_HOSTS_MAX)
            return error_set(err, ERROR_INVALID, "more than %d hosts", REDIS_HOSTS_MAX);
        *rest += url->host_count > 0; /* the comma */
        if (!parse_host(rest, default_port, &url->hosts[url->host_count++], err))
            return false;
    } while (**rest == ',' && url->kind != REDIS_ALONE);
    return true;
}

bool redis_address_read(const char *text, size_t size, struct redis_address *address)
{
    char *copy = mem_copy(text, size), *colon = strrchr(copy, ':');
    bool is_read = colon && parse_number(colon + 1, PORT_MAX, &address->port) && address->port > 0;

    address->host = NULL;
    if (is_read) {
        bool is_bracketed = copy[0] == '[' && colon[-1] == ']';
        size_t host_size = (size_t)(colon - copy) - (is_bracketed ? 2 : 0);

        if (host_size > 0 && strncmp(copy, "?:", 2) != 0)
            address->host = mem_copy(copy + is_bracketed, host_size);
    }
    mem_free(copy);
    return is_read;
}

char *redis_address_describe(const struct redis_address *address)
{
    return mem_printf(strchr(address->host, ':') ? "[%s]:%d" : "%s:%d", address->host, address->port);
}

/* ---- the rest of each kind ---- */

static bool parse_network(const char *rest, struct redis_url *url, struct error *err)
{
    parse_login(&rest, url);
    if (!parse_hosts(&rest, DEFAULT_PORT, url, err))
        return false;
    if (*rest != '\0' && strcmp(rest, "/") != 0 && (*rest != '/' || !parse_number(rest + 1, DB_MAX, &url->db)))
        return error_set(err, ERROR_INVALID, "expected /<number> of a database behind the host");
    return true;
}

static bool parse_tls(const char *rest, struct redis_url *url, struct error *err)
{
    url->is_tls = true;
#ifndef HAVE_HIREDIS_SSL
    (void)rest;
    return error_set(err, ERROR_INVALID,
                     "this build has no TLS for Redis (rediss://): it needs hiredis 1.0 with hiredis_ssl");
#else
    return parse_network(rest, url, err);
#endif
}

static bool parse_sentinels(const char *rest, struct redis_url *url, struct error *err)
{
    size_t size;

    url->kind = REDIS_SENTINELS;
    parse_login(&rest, url);
    if (!parse_hosts(&rest, SENTINEL_PORT, url, err))
        return false;
    size = *rest == '/' ? strcspn(rest + 1, "/?#") : 0;
    if (size == 0)
        return error_set(err, ERROR_INVALID, "expected /<name of the master> behind the sentinels");
    url->master = decoded(rest + 1, size);
    rest += size + 1;
    if (*rest != '\0' && strcmp(rest, "/") != 0 && (*rest != '/' || !parse_number(rest + 1, DB_MAX, &url->db)))
        return error_set(err, ERROR_INVALID, "expected /<number> of a database behind the master's name");
    return true;
}

static bool parse_cluster(const char *rest, struct redis_url *url, struct error *err)
{
    url->kind = REDIS_CLUSTER;
    parse_login(&rest, url);
    if (!parse_hosts(&rest, DEFAULT_PORT, url, err))
        return false;
    if (*rest != '\0' && strcmp(rest, "/") != 0)
        return error_set(err, ERROR_INVALID, "a cluster has one database, expected nothing behind the hosts");
    return true;
}

static bool refuse_tls(const char *rest, struct redis_url *url, struct error *err)
{
    (void)rest;
    (void)url;
    return error_set(err, ERROR_INVALID, "TLS with sentinels or a cluster is not supported yet");
}

static const struct scheme {
    const char *prefix;
    bool (*parse)(const char *rest, struct redis_url *url, struct error *err);
} schemes[] = {
    {"redis://", parse_network},
    {"rediss://", parse_tls},
    {"unix://", parse_unix},
    {"redis+sentinel://", parse_sentinels},
    {"redis+cluster://", parse_cluster},
    {"rediss+sentinel://", refuse_tls},
    {"rediss+cluster://", refuse_tls},
};

bool redis_url_parse(const char *text, struct redis_url *url, struct error *err)
{
    memset(url, 0, sizeof(*url));
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        size_t size = strlen(schemes[i].prefix);

        if (strncmp(text, schemes[i].prefix, size) != 0)
            continue;
        if (schemes[i].parse(text + size, url, err))
            return true;
        redis_url_clear(url);
        return false;
    }
    return error_set(err, ERROR_INVALID,
                     "expected redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://");
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
    for (size_t i = 0; i < url->host_count; i++)
        mem_free(url->hosts[i].host);
    mem_free(url->path);
    mem_free(url->master);
    mem_free(url->user);
    free_secret(url->password);
    memset(url, 0, sizeof(*url));
}

char *redis_url_describe(const struct redis_url *url)
{
    static const char *const formats[] = {[REDIS_ALONE] = "redis at %s",
                                          [REDIS_SENTINELS] = "redis by the sentinel at %s",
                                          [REDIS_CLUSTER] = "redis cluster at %s"};
    char *where, *text;

    if (url->path)
        return mem_printf("redis at %s", url->path);
    where = redis_address_describe(&url->hosts[0]);
    text = mem_printf(formats[url->kind], where);
    mem_free(where);
    return text;
}
