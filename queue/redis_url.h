/*
 * redis_url.h - where a Redis is and how to log in to it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define REDIS_HOSTS_MAX 16

/* What the hosts of a url are: the one Redis, sentinels that know where a master is, or nodes of a cluster. */
enum redis_kind { REDIS_ALONE, REDIS_SENTINELS, REDIS_CLUSTER };

struct redis_address {
    char *host;
    int port;
};

/* All strings are owned; NULL where the url does not say. */
struct redis_url {
    enum redis_kind kind;
    bool is_tls;
    struct redis_address hosts[REDIS_HOSTS_MAX]; /* one of them for REDIS_ALONE */
    size_t host_count;
    char *path;   /* of a Unix socket, instead of hosts */
    char *master; /* its name among the sentinels */
    char *user;
    char *password;
    int db;
};

/* redis://[[user]:password@]host[:port][/db], rediss:// the same with TLS, unix:///path[?db=n],
 * redis+sentinel://[[user]:password@]host[:port][,…]/master[/db], redis+cluster://[[user]:password@]host[:port][,…].
 * User and password, which may have %XX in them, are those of the Redis, not of the sentinels. The error never holds
 * the url. */
MUST_CHECK bool redis_url_parse(const char *text, struct redis_url *url, struct error *err);
void redis_url_clear(struct redis_url *url);

/* "redis at 127.0.0.1:6379", for people: without user, password and db; owned. */
char *redis_url_describe(const struct redis_url *url);

/* Reads "host:port" or "[host]:port" of size bytes, as a cluster tells of a node; a host that is left out ("" or "?")
 * is NULL: the one that was asked. False when it is neither. address is owned by the caller. */
MUST_CHECK bool redis_address_read(const char *text, size_t size, struct redis_address *address);

/* "127.0.0.1:6379", an IPv6 address in brackets; owned. */
char *redis_address_describe(const struct redis_address *address);
