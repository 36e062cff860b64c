/*
 * server_facts.h - what a Redis server says of itself, and whether that is enough for what redis.durability promises.
 *
 * Called by shard_proof.c, which asks. Sends nothing. What a server does not permit to be asked stays unseen.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/queue.h"

#include <hiredis/hiredis.h>

#define RUN_ID_SIZE 41

enum seen { UNSEEN, SEEN_NO, SEEN_YES };

struct server_facts {
    char run_id[RUN_ID_SIZE]; /* another one: another server, or the same started again; "" when unseen */
    char version[24];         /* "" when unseen */
    enum seen append_only;
    char appendfsync[16];         /* "always", "everysec", "no"; "" when unseen */
    enum seen saves;              /* there are save points */
    char policy[32];              /* maxmemory-policy; "" when unseen */
    unsigned long long maxmemory; /* 0: no limit */
    unsigned replicas;            /* connected now */
    bool has_info;
    bool is_replica;
    bool can_confirm; /* it takes WAITAOF or WAIT, whichever redis.durability may need */
};

/* What an enqueued batch is followed by. */
enum confirmation { CONFIRM_NONE, CONFIRM_REPLICAS, CONFIRM_DISK };

void server_facts_read_info(struct server_facts *facts, const char *info);
void server_facts_read_config(struct server_facts *facts, const redisReply *reply);

/* Whether the server is fit for options, and how what is stored there is confirmed. */
MUST_CHECK bool server_facts_judge(const struct server_facts *facts, const struct queue_options *options,
                                   enum confirmation *confirmation, struct error *err);

/* The same of the number of shards that the server has written down (see scripts/shards.lua), where it must be own. */
MUST_CHECK bool server_facts_judge_shards(int64_t written, unsigned own, struct error *err);

/* Says in the log what does not keep the queue from working, and may lose events. */
void server_facts_warn(const struct server_facts *facts, const struct queue_options *options);
