/*
 * redis_url.h - where a Redis is and how to log in to it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <stdbool.h>

/* All strings are owned; NULL where the url does not say. */
struct redis_url {
    bool is_tls;
    char *host;
    int port;
    char *path; /* of a Unix socket, instead of host and port */
    char *user;
    char *password;
    int db;
};

/* redis://[[user]:password@]host[:port][/db], rediss:// the same with TLS, unix:///path[?db=n]. User and password may
 * have %XX in them. The error never holds the url. */
MUST_CHECK bool redis_url_parse(const char *text, struct redis_url *url, struct error *err);
void redis_url_clear(struct redis_url *url);

/* "redis at 127.0.0.1:6379", for people: without user, password and db; owned. */
char *redis_url_describe(const struct redis_url *url);
