/*
 * redis_fake.h - a Redis that says what the test wants: for commands that the installed one does not have, and for
 * servers that forbid what ours permits. It runs on the test's loop.
 *
 * Handshakes are answered: PING, and SCRIPT LOAD with some digest. The rest is the test's.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/loop.h"

#include <stddef.h>

struct redis_fake;

/* A command of count words; adds the reply in Redis's protocol to out ("+OK\r\n"). */
typedef void redis_fake_fn(void *arg, const char *const *words, size_t count, struct buf *out);

struct redis_fake *redis_fake_open(struct loop *loop, redis_fake_fn *fn, void *arg);
void redis_fake_close(struct redis_fake *fake); /* takes NULL */

const char *redis_fake_url(const struct redis_fake *fake); /* redis://127.0.0.1:4711; borrowed */

/* A bulk string, as INFO is answered. */
void redis_fake_add_text(struct buf *out, const char *text);
