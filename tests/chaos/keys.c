/*
 * keys.c - SCAN on a connection of its own; the table of kinds.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/chaos/keys.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* To allow a key to an idle queue: add what stands behind the shard's tag, up to and with its ':' where it has one. */
static const struct {
    const char *part;
    enum keys_kind kind;
} kinds[] = {
    {"e:", KEYS_EVENTS},         {"s:", KEYS_EVENTS},   {"t:", KEYS_EVENTS},     {"f:", KEYS_EVENTS},
    {"dead", KEYS_EVENTS},       {"done", KEYS_EVENTS}, {"d:", KEYS_DELIVERIES}, {"a:", KEYS_ACCOUNTS},
    {"accounts", KEYS_ACCOUNTS}, {"n", KEYS_COUNTS},    {"w", KEYS_COUNTS},
};

static const char *const names[] = {
    [KEYS_EVENTS] = "events", [KEYS_DELIVERIES] = "deliveries", [KEYS_ACCOUNTS] = "accounts",
    [KEYS_COUNTS] = "counts", [KEYS_OTHER] = "other",
};

const char *keys_name(enum keys_kind kind)
{
    return names[kind];
}

static enum keys_kind kind_of(const char *key)
{
    const char *rest = strstr(key, "}:");

    for (size_t i = 0; rest && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const char *part = kinds[i].part;
        bool is_prefix = part[strlen(part) - 1] == ':';

        if (is_prefix ? strncmp(rest + 2, part, strlen(part)) == 0 : strcmp(rest + 2, part) == 0)
            return kinds[i].kind;
    }
    return KEYS_OTHER;
}

static redisReply *ask(redisContext *redis, const char *command, const char *argument, const char *more)
{
    const char *words[] = {command, argument, more ? "COUNT" : NULL, more};

    return redisCommandArgv(redis, more ? 4 : 2, words, NULL);
}

static void count_key(const char *key, struct keys *keys)
{
    enum keys_kind kind = kind_of(key);

    keys->count[kind]++;
    if (kind == KEYS_OTHER)
        snprintf(keys->other, sizeof(keys->other), "%s", key);
}

/* Counts one page; false when there is none. The cursor is "0" after the last. */
static bool count_page(redisContext *redis, char cursor[32], struct keys *keys)
{
    redisReply *page = ask(redis, "SCAN", cursor, "1000");
    bool is_page = page && page->type == REDIS_REPLY_ARRAY && page->elements == 2;

    for (size_t i = 0; is_page && i < page->element[1]->elements; i++)
        count_key(page->element[1]->element[i]->str, keys);
    if (is_page)
        snprintf(cursor, 32, "%s", page->element[0]->str);
    if (page)
        freeReplyObject(page);
    return is_page;
}

static long long read_used_memory(redisContext *redis)
{
    redisReply *info = ask(redis, "INFO", "memory", NULL);
    const char *line = info && info->str ? strstr(info->str, "used_memory:") : NULL;
    long long bytes = line ? atoll(line + strlen("used_memory:")) : 0;

    if (info)
        freeReplyObject(info);
    return bytes;
}

bool keys_count(const char *socket_path, struct keys *keys)
{
    redisContext *redis = redisConnectUnix(socket_path);
    char cursor[32] = "0";
    bool is_counted = redis && !redis->err;

    memset(keys, 0, sizeof(*keys));
    if (is_counted)
        keys->used_memory = read_used_memory(redis);
    do
        is_counted = is_counted && count_page(redis, cursor, keys);
    while (is_counted && strcmp(cursor, "0") != 0);
    if (redis)
        redisFree(redis);
    return is_counted;
}
