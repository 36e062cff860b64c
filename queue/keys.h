/*
 * keys.h - the names of Redis keys and lanes for C; queue/scripts/keys.lua holds the same for the scripts.
 *
 * All keys of a shard start with its hash tag, so they live in one slot of Redis Cluster; what follows the tag cannot
 * change the slot, whatever bytes are in it. The table of keys: docs/queue.md.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "queue/event.h"

#define KEY_TAG_SIZE     16 /* "{q1023}:" and a NUL */
#define KEY_SHARDS_MAX   1024
#define SEEN_DIGEST_SIZE 13 /* bytes: the bucket, then 10 for the delivery in it */
#define SEEN_BUCKET_SIZE 3  /* characters */

/* What all keys of a shard start with: "{q0}:". */
void key_tag_of(unsigned shard, char tag[KEY_TAG_SIZE]);

/* The slot of Redis Cluster, 0 to 16383, that a shard's keys are in: CRC16 of what stands between the braces, modulo
 * 16384, as the cluster's specification has it. */
unsigned key_slot_of(unsigned shard);

/* In which of count shards an account lives: by its name alone, so that everybody knows without asking. */
unsigned key_shard_of(const char *account, unsigned count);

/* Whether name is 1 to EVENT_NAME_MAX of A-Z a-z 0-9 _ . - as accounts and sources are. */
bool key_name_is(const char *name);

/* The lane of an event, owned: "account/order key", or "account:id" when it has no order key. Names hold neither '/'
 * nor ':', so the first of them ends the account and says which kind follows, whatever an order key holds. */
char *lane_name_of(const struct event *event);

/* Under what a delivery is remembered: a digest, because a sender's id is any bytes. Returns its bytes, which may be
 * any and have no NUL behind them: 0 when event has no delivery id, else SEEN_DIGEST_SIZE. */
size_t seen_digest_of(const struct event *event, char digest[SEEN_DIGEST_SIZE]);

/* Whether event can be queued: an id, names that are names, nothing too long. */
MUST_CHECK bool event_check(const struct event *event, struct error *err);
