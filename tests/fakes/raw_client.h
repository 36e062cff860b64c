/*
 * raw_client.h - a client that sends the bytes it is told and keeps those that come back; for tests of servers.
 *
 * It shares the test's loop with the server: the await functions run that loop until what they wait for is there, and
 * give up after five seconds.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/loop.h"

#include <stdbool.h>
#include <stddef.h>

struct raw_client {
    struct buf received;
    bool is_closed; /* the server has closed */
    bool is_reset;  /* with a reset, or while we were sending */

    struct loop *loop;
    struct watch *watch;
    int fd;
    struct buf unsent;
};

void raw_client_open(struct raw_client *client, struct loop *loop, unsigned port); /* to 127.0.0.1 */
void raw_client_close(struct raw_client *client);

/* What the socket does not take at once is sent while the loop runs. */
void raw_client_send(struct raw_client *client, const char *text);
void raw_client_send_bytes(struct raw_client *client, const void *bytes, size_t size);

/* Whether text came (count times in all), or the end did, in time. */
bool raw_client_await(struct raw_client *client, const char *text);
bool raw_client_await_count(struct raw_client *client, const char *text, size_t count);
bool raw_client_await_close(struct raw_client *client);
