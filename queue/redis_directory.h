/*
 * redis_directory.h - the directory of a private redis-server: its lock, its configuration, its paths.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <stdbool.h>

/* All strings are owned, all paths absolute. */
struct redis_directory {
    char *path;
    char *config_path;
    char *log_path;
    char *socket_path;
    char *url;
    int lock_fd; /* -1 when not open */
    bool is_locked;
};

/* Makes the directory when it is missing, and locks it. Waits a moment for a server whose owner has just died. */
MUST_CHECK bool redis_directory_open(struct redis_directory *directory, const char *path, struct error *err);
void redis_directory_close(struct redis_directory *directory); /* also after a failed or no open, when it was zeroed */

/* appendfsync is "always" or "everysec". */
MUST_CHECK bool redis_directory_write_config(const struct redis_directory *directory, const char *appendfsync,
                                             struct error *err);

/* Whether children started from now on hold the lock as well. */
void redis_directory_share_lock(const struct redis_directory *directory, bool is_shared);

/* Whether there is a redis-server in PATH, or program where that is not NULL. */
MUST_CHECK bool redis_directory_find_program(const char *program, struct error *err);
