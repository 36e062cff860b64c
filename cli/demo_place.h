/*
 * demo_place.h - the demo's own directory: its lock, its configuration with fresh secrets, its ports and logs.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <stdbool.h>

#define DEMO_QUEUE "queue" /* the private redis-server's directory, in the demo's */

struct demo_place {
    char *directory;
    char *config_path;
    char *queue_directory;
    char *sandbox_log;
    char *serve_log;
    char *api_key; /* of the sandbox; random */
    unsigned receiver_port;
    unsigned sandbox_port;
    int lock; /* descriptor */
};

struct demo_place_options {
    const char *directory;
    unsigned receiver_port, sandbox_port; /* 0, or one that is taken, becomes a free one */
    bool is_port_chosen;                  /* a receiver_port that is taken is an error */
};

/* Makes the directory when it is missing (mode 0700), locks it, removes what an earlier demo left, writes the
 * configuration. err->text says who holds the lock, or which port is taken. */
MUST_CHECK bool demo_place_open(struct demo_place *place, const struct demo_place_options *options, struct error *err);
void demo_place_close(struct demo_place *place);

/* Whether 127.0.0.1:port can be listened on right now; port 0 becomes one that is free. */
bool demo_port_is_free(unsigned *port);
