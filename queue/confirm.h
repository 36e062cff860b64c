/*
 * confirm.h - waits until what was stored through a shard's connection is as safe as redis.durability asks.
 *
 * Inside this folder only. WAIT and WAITAOF hold up what is sent behind them, so one is under way at a time, and all
 * that is stored meanwhile shares the next.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/queue.h"

struct confirm;
struct shard;

struct confirm *confirm_new(struct shard *shard);
void confirm_free(struct confirm *confirm); /* after all was answered; takes NULL */

/* Calls fn when everything sent so far is safe, or with ERROR_UNAVAILABLE. Sent by confirm_flush. */
void confirm_add(struct confirm *confirm, queue_done_fn *fn, void *arg);
void confirm_flush(struct confirm *confirm);
