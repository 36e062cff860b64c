/*
 * server_facts.c - reading INFO and CONFIG GET, and the judgement.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/server_facts.h"

#include "base/log.h"
#include "queue/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OLDEST_MAJOR = 7 }; /* scripts with flags: "#!lua" */

/* ---- reading ---- */

/* The value of "name:" at the start of a line of INFO; "" when there is none. Cut to what out holds. */
static void info_value(const char *info, const char *name, char *out, size_t size)
{
    size_t length = strlen(name);

    out[0] = '\0';
    for (const char *line = info; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) != 0 || line[length] != ':')
            continue;
        snprintf(out, size, "%.*s", (int)strcspn(line + length + 1, "\r\n"), line + length + 1);
        return;
    }
}

void server_facts_read_info(struct server_facts *facts, const char *info)
{
    char value[32];

    facts->has_info = true;
    info_value(info, "redis_version", facts->version, sizeof(facts->version));
    info_value(info, "run_id", facts->run_id, sizeof(facts->run_id));
    info_value(info, "maxmemory_policy", facts->policy, sizeof(facts->policy));
    info_value(info, "maxmemory", value, sizeof(value));
    facts->maxmemory = strtoull(value, NULL, 10);
    info_value(info, "connected_slaves", value, sizeof(value));
    facts->replicas = (unsigned)strtoul(value, NULL, 10);
    info_value(info, "role", value, sizeof(value));
    facts->is_replica = strcmp(value, "slave") == 0;
    info_value(info, "aof_enabled", value, sizeof(value));
    if (value[0])
        facts->append_only = value[0] == '1' ? SEEN_YES : SEEN_NO;
}

/* Names and values by turns. */
void server_facts_read_config(struct server_facts *facts, const redisReply *reply)
{
    for (size_t i = 0; i + 1 < reply_count(reply); i += 2) {
        const char *name = reply_text(reply_at(reply, i)), *value = reply_text(reply_at(reply, i + 1));

        if (strcmp(name, "appendonly") == 0)
            facts->append_only = strcmp(value, "yes") == 0 ? SEEN_YES : SEEN_NO;
        else if (strcmp(name, "appendfsync") == 0)
            snprintf(facts->appendfsync, sizeof(facts->appendfsync), "%s", value);
        else if (strcmp(name, "save") == 0)
            facts->saves = value[0] ? SEEN_YES : SEEN_NO;
    }
}

/* ---- judging ---- */

static bool judge_disk(const struct server_facts *facts, enum confirmation *confirmation, struct error *err)
{
    if (facts->append_only == SEEN_NO)
        return error_set(err, ERROR_REFUSED,
                         "redis.durability is fsync, but redis has appendonly no: set appendonly yes and appendfsync "
                         "always there");
    if (facts->append_only == SEEN_YES && strcmp(facts->appendfsync, "always") == 0)
        return true;
    *confirmation = CONFIRM_DISK;
    if (facts->can_confirm)
        return true;
    if (facts->appendfsync[0])
        return error_set(err, ERROR_REFUSED,
                         "redis.durability is fsync, but redis has appendfsync %s and no WAITAOF (7.2 or newer): set "
                         "appendfsync always there",
                         facts->appendfsync);
    return error_set(err, ERROR_REFUSED,
                     "redis.durability is fsync, but redis does not permit CONFIG, so that its appendfsync cannot be "
                     "seen, and has no WAITAOF (7.2 or newer)");
}

static bool judge_replicas(const struct server_facts *facts, enum confirmation *confirmation, struct error *err)
{
    *confirmation = CONFIRM_REPLICAS;
    return facts->can_confirm ||
           error_set(err, ERROR_REFUSED, "redis.durability is replicas, but redis does not permit WAIT");
}

bool server_facts_judge(const struct server_facts *facts, const struct queue_options *options,
                        enum confirmation *confirmation, struct error *err)
{
    /* Who stores nothing still waits for the replicas with what it claims. */
    bool waits = options->stores_nothing && options->durability == QUEUE_REPLICAS && facts->can_confirm;

    *confirmation = waits ? CONFIRM_REPLICAS : CONFIRM_NONE;
    if (facts->version[0] && strtol(facts->version, NULL, 10) < OLDEST_MAJOR)
        return error_set(err, ERROR_REFUSED, "redis is %s, and must be %d.0 or newer", facts->version, OLDEST_MAJOR);
    if (options->stores_nothing)
        return true;
    if (options->durability == QUEUE_FSYNC)
        return judge_disk(facts, confirmation, err);
    if (options->durability == QUEUE_REPLICAS)
        return judge_replicas(facts, confirmation, err);
    return true;
}

bool server_facts_judge_shards(int64_t written, unsigned own, struct error *err)
{
    if (written == 0)
        return error_set(err, ERROR_UNAVAILABLE, "the first shard of the queue has not been seen yet");
    if (written < 0)
        return error_set(err, ERROR_REFUSED,
                         "the queue's number of shards is being changed from %lld; where that was broken off, "
                         "`hookline reshard` takes it up again",
                         (long long)-written);
    if (written != own)
        return error_set(
            err, ERROR_REFUSED,
            "this queue was made with %lld shard%s, queue.shards says %u: `hookline reshard N` changes it, "
            "once it is empty",
            (long long)written, written == 1 ? "" : "s", own);
    return true;
}

/* ---- warning ---- */

static void warn_of_eviction(const struct server_facts *facts)
{
    bool is_of_expiring = strncmp(facts->policy, "volatile-", strlen("volatile-")) == 0;

    if (facts->maxmemory == 0 || facts->policy[0] == '\0' || strcmp(facts->policy, "noeviction") == 0)
        return;
    log_warn("redis has maxmemory-policy %s: when its memory is full it throws %s away; set noeviction there",
             facts->policy, is_of_expiring ? "what it knows of deliveries" : "events");
}

static void warn_of_restart(const struct server_facts *facts, const struct queue_options *options)
{
    if (options->durability != QUEUE_ACK)
        return;
    if (facts->append_only == SEEN_NO && facts->saves == SEEN_NO)
        log_warn("a restart of this redis loses the queue: it has appendonly no and no save points");
    else if (facts->append_only != SEEN_YES && facts->saves == UNSEEN)
        log_info("whether a restart of this redis loses the queue cannot be seen: it does not permit CONFIG");
}

void server_facts_warn(const struct server_facts *facts, const struct queue_options *options)
{
    if (options->stores_nothing)
        return;
    warn_of_eviction(facts);
    warn_of_restart(facts, options);
    if (options->durability == QUEUE_REPLICAS && facts->has_info && facts->replicas < options->replicas)
        log_warn("redis.durability wants %u replicas, and redis has %u: deliveries are refused until it has them",
                 options->replicas, facts->replicas);
}
