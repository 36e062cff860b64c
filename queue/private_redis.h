/*
 * private_redis.h - a redis-server of our own, on a Unix socket, when no Redis is configured.
 *
 * Append-only file, fsync always, no TCP port, a directory of its own with mode 0700. One per directory: a second
 * start finds the lock and says so. When the server dies it is started again with backoff.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "base/loop.h"

#include <stdbool.h>
#include <sys/types.h>

struct private_redis;

/* Starts redis-server (searched in PATH, or at program when not NULL) over directory, which is made when it is missing.
 * appendfsync is "always" or "everysec". Errors: no redis-server, directory not writable, in use by another hookline.
 */
MUST_CHECK struct private_redis *private_redis_open(struct loop *loop, const char *directory, const char *program,
                                                    const char *appendfsync, struct error *err);

/* The url of the server over directory, running or not; owned (mem_free). */
char *private_redis_url_of(const char *directory);

const char *private_redis_url(const struct private_redis *redis); /* unix:///…/redis.sock; borrowed */
pid_t private_redis_pid(const struct private_redis *redis);       /* 0 while it is down */

/* Asks it to save and end, then calls fn. */
void private_redis_stop(struct private_redis *redis, loop_fn *fn, void *arg);
void private_redis_close(struct private_redis *redis); /* takes NULL; a server that was not stopped is asked to end */

/* The hidden subcommand "_exec": becomes the program argv[0] with its arguments, which ends when its parent does,
 * however that dies. The program itself is started this way when program is NULL. Returns the exit status when it
 * cannot. */
int private_redis_exec(char *const *argv);
