/*
 * redis_fixture.h - a real redis-server for one test program: on a Unix socket, in a directory of its own that goes
 * with it. Started without sleeping: its own log says when it listens.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <hiredis/hiredis.h>
#include <stdbool.h>

struct redis_fixture;

/* extra holds more arguments for redis-server, ending in NULL; NULL for none. Ends the test program when it cannot. */
struct redis_fixture *redis_fixture_open(const char *const *extra);

/* A sentinel that watches the master at that port of loopback, under the name "mymaster". */
struct redis_fixture *redis_fixture_open_sentinel(unsigned port, unsigned master_port);

void redis_fixture_close(struct redis_fixture *fixture); /* kills the server, removes the directory; takes NULL */

const char *redis_fixture_url(const struct redis_fixture *fixture);    /* unix:///…/redis.sock */
const char *redis_fixture_socket(const struct redis_fixture *fixture); /* the path alone */
const char *redis_fixture_directory(const struct redis_fixture *fixture);

/* Lets it listen on a free TCP port of 127.0.0.1 as well, which is returned; until it is killed. */
int redis_fixture_listen(struct redis_fixture *fixture);

/* SIGKILL, and the same server again over the same directory. Its data survive when extra asked for that. */
void redis_fixture_kill(struct redis_fixture *fixture);
void redis_fixture_start(struct redis_fixture *fixture);

/* The same as a replica of the master at that port of loopback: an empty master must not be seen, not even for long
 * enough to be told. */
void redis_fixture_start_as_replica(struct redis_fixture *fixture, unsigned master_port);

bool redis_fixture_is_running(const struct redis_fixture *fixture);

/* The same without waiting until it listens, each key of its data taking it 1 ms; and whether it is still at it. */
void redis_fixture_start_loading(struct redis_fixture *fixture);
int redis_fixture_is_loading(struct redis_fixture *fixture);

/* Stops the process (SIGSTOP), so that it hangs, and lets it go on. */
void redis_fixture_freeze(struct redis_fixture *fixture);
void redis_fixture_thaw(struct redis_fixture *fixture);

/* One command on a connection of the test's own, words split at blanks by hiredis's format; the reply is owned
 * (freeReplyObject). Ends the test program when there is no reply. */
redisReply *redis_fixture_command(struct redis_fixture *fixture, const char *format, ...);

/* The same for commands whose reply does not matter, and for those that answer a number or a text. */
void redis_fixture_do(struct redis_fixture *fixture, const char *format, ...);
long long redis_fixture_number(struct redis_fixture *fixture, const char *format, ...);

/* Whether this Redis has a command of that name. */
bool redis_fixture_has(struct redis_fixture *fixture, const char *command);

/* Removes a directory and all in it. */
void redis_fixture_remove_files(const char *directory);

void redis_fixture_flush(struct redis_fixture *fixture); /* FLUSHALL: between tests */
