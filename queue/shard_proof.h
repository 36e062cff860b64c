/*
 * shard_proof.h - what a shard demands of a Redis server before it trusts it: docs/queue.md, "What it demands of
 * Redis". And what it remembers of servers: whether this one is another than before.
 *
 * Inside this folder only. Every new connection is proven anew; a server that is refused is asked again every few
 * seconds, as somebody may put it right.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/server_facts.h"

struct proof;
struct shard;

/* on_good is called with shard each time that the server is good: for the first time on this connection, or again;
 * on_refused when the server must be put right, or the configuration. */
struct proof *proof_new(struct shard *shard, loop_fn *on_good, loop_fn *on_refused);
void proof_free(struct proof *proof); /* takes NULL */

/* The connection has just become ready. */
void proof_begin(struct proof *proof);

/* Something was answered that makes the server doubtful: nothing is asked of it until it is proven again. */
void proof_renew(struct proof *proof);

/* Shard 0 has agreed on the number of shards: a shard that waits for that is proven now. */
void proof_follow(struct proof *proof);

bool proof_is_good(const struct proof *proof);

/* Why not; borrowed. ERROR_REFUSED when the server must be put right, or the configuration. "" before the first
 * answer. */
const struct error *proof_trouble(const struct proof *proof);

/* How what is stored there is confirmed. */
enum confirmation proof_confirmation(const struct proof *proof);

/* Whether the server is another one since a short while, so that what was settled last may have been lost with the one
 * before. */
bool proof_is_in_doubt(const struct proof *proof);

/* It goes on for as long again: nothing could be run meanwhile. Nothing when there is no doubt. */
void proof_prolong_doubt(struct proof *proof);

/* How long nothing is to be claimed yet: the server is another one since a moment, and what the one before was asked to
 * give out last may be under way still, in other workers' hands as well, without this one knowing. 0 for not at all. */
int64_t proof_rest_ms(const struct proof *proof);
