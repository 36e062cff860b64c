/*
 * redis.h - one connection to Redis that comes back by itself, and commands on it.
 *
 * Used by this folder alone. Every answer comes exactly once and on a later turn, or while redis_close runs. A command
 * is not kept for later: while there is no connection it fails at once, so that callers can tell their own peers.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "base/loop.h"
#include "queue/args.h"
#include "queue/scripts.h"

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct redis;

/* reply is borrowed and never an error reply; NULL when err is not. */
typedef void redis_answer_fn(void *arg, const redisReply *reply, const struct error *err);

struct redis_options {
    const char *url;
    const char *tag;   /* of the shard it is for: the key of every script; copied */
    int64_t answer_ms; /* a Redis that takes longer to answer is taken for hung, and the connection dropped */
    bool with_scripts; /* load them before the connection counts as ready */
    bool is_quiet;     /* it says nothing of its troubles: another connection to the same Redis does */
    loop_fn *on_ready; /* each time the connection is ready; may be NULL */
    void *arg;
};

/* Checks the url and starts connecting. */
MUST_CHECK struct redis *redis_open(struct loop *loop, const struct redis_options *options, struct error *err);
void redis_close(struct redis *redis); /* answers what is pending with ERROR_UNAVAILABLE; takes NULL */

bool redis_is_ready(const struct redis *redis);

/* Whether the next connection may be to another server: there are sentinels, or a cluster. */
bool redis_may_move(const struct redis *redis);

/* When the last connection that was ready was lost, monotonic; 0 for never. */
int64_t redis_lost_ms(const struct redis *redis);

/* Why there is no connection; borrowed. Its text is "" before the first try has ended. */
const struct error *redis_trouble(const struct redis *redis);

/* Sends one command. args is free again when this returns. block_ms is how long Redis may block on it by its nature. */
void redis_command(struct redis *redis, const struct args *args, int64_t block_ms, redis_answer_fn *fn, void *arg);

/* Writes at once what the commands of this turn have gathered, so that Redis begins with it while the turn goes on.
 * What fails is told when the loop finds it out. */
void redis_push(struct redis *redis);

/* Runs a script with the shard's tag as its key. A script that Redis has lost is loaded again and the call repeated. */
void redis_script(struct redis *redis, enum script script, const struct args *args, redis_answer_fn *fn, void *arg);
