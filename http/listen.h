/*
 * listen.h - "host:port" to a listening socket.
 *
 * For http/server, and for the supervisor to find out its address. The socket is made here and not by libmicrohttpd,
 * which cannot say why it could not listen.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <stdbool.h>

struct listening {
    int fd;        /* non-blocking; the caller closes it */
    unsigned port; /* the one it got, where 0 was asked for */
    char *address; /* "http://127.0.0.1:8080", owned */
};

/* listen is "host:port" or "[v6]:port". */
MUST_CHECK bool listening_open(const char *listen, struct listening *listening, struct error *err);
