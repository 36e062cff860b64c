/*
 * load_connection.h - one connection of the load generator: a request out, its answer in. For load_generator.c alone.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/loop.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/socket.h>

struct load_connection;

/* The answer to the request under way: status and body, or status 0 and why there is none; the connection is then
 * closed, and opened again by the next request. Called from the loop, and by load_connection_send when the system has
 * no socket. */
typedef void load_answer_fn(void *arg, struct load_connection *connection, int status, const char *text);

struct load_address {
    struct sockaddr_storage address;
    socklen_t size;
};

struct load_connection {
    struct loop *loop;
    const struct load_address *to;
    load_answer_fn *answered;
    void *arg;
    int fd; /* -1 while it is closed */
    struct watch *watch;
    int failure;    /* an errno that load_connection_send has met, to be told from the loop */
    struct buf out; /* the request; the caller fills it before load_connection_send */
    size_t written;
    struct buf in;
    bool is_busy;     /* a request is under way */
    int64_t since_us; /* the caller's: when the request under way was to be sent */
    STAILQ_ENTRY(load_connection) idle;
};

STAILQ_HEAD(load_connections, load_connection);

/* to is borrowed. */
void load_connection_init(struct load_connection *connection, struct loop *loop, const struct load_address *to,
                          load_answer_fn *answered, void *arg);
void load_connection_clear(struct load_connection *connection);

/* Sends what is in out, after connecting where that is needed. */
void load_connection_send(struct load_connection *connection);

/* As if the peer had closed, for a caller who has waited long enough. */
void load_connection_fail(struct load_connection *connection, const char *why);
