/*
 * routes.h - which path and method is answered by which function; 404 and 405 for the rest.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "http/server.h"
#include "queue/event.h"

struct receiver;

/* The names in a path, "" for those it has not. */
struct path_names {
    char source[EVENT_NAME_MAX + 1];
    char account[EVENT_NAME_MAX + 1];
};

/* The http_handler_fn of the receiver; arg is the struct receiver. */
void routes_dispatch(void *arg, struct http_exchange *exchange);
