/*
 * redis_sentinel.h - asks one sentinel where a master is. For redis.c, which asks again at every connection: a failover
 * may have moved it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"
#include "queue/redis_url.h"

#include <stdint.h>

struct sentinel;

/* Called once; the sentinel is gone then. master is borrowed; NULL when err is not. */
typedef void sentinel_fn(void *arg, const struct redis_address *master, const struct error *err);

/* at is not looked at again, name is copied. Answers on a later turn, within timeout_ms. */
struct sentinel *sentinel_ask(struct loop *loop, const struct redis_address *at, const char *name, int64_t timeout_ms,
                              sentinel_fn *fn, void *arg);
void sentinel_cancel(struct sentinel *sentinel); /* fn is not called; takes NULL */
