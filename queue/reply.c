/*
 * reply.c - what Redis's errors mean, and careful looks into replies.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/reply.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct error_word {
    const char *word;
    enum error_kind kind;
    const char *meaning;
};

/* The first word of an error reply. To add one: a row here and in docs/queue.md, "When Redis says no". */
static const struct error_word error_words[] = {
    {"LOADING", ERROR_UNAVAILABLE, "redis is still loading its data"},
    {"READONLY", ERROR_UNAVAILABLE, "redis is a replica and takes no writes"},
    {"MASTERDOWN", ERROR_UNAVAILABLE, "redis is a replica whose master is gone"},
    {"NOREPLICAS", ERROR_UNAVAILABLE, "redis has fewer replicas than it needs to take writes"},
    {"MISCONF", ERROR_UNAVAILABLE, "redis cannot write to its disk"},
    {"OOM", ERROR_UNAVAILABLE, "redis has reached its maxmemory"},
    {"BUSY", ERROR_UNAVAILABLE, "redis is busy with a script"},
    {"TRYAGAIN", ERROR_UNAVAILABLE, "redis is moving the queue's slot"},
    {"CLUSTERDOWN", ERROR_UNAVAILABLE, "the redis cluster is down"},
    {"MOVED", ERROR_UNAVAILABLE,
     "the queue's slot is on another redis: name the cluster in redis.url, redis+cluster://…"},
    {"ASK", ERROR_UNAVAILABLE, "redis is moving the queue's slot"},
    {"NOAUTH", ERROR_UNAVAILABLE, "redis wants a password: put it into redis.url"},
    {"WRONGPASS", ERROR_UNAVAILABLE, "redis refuses the user or password of redis.url"},
    {"NOPERM", ERROR_UNAVAILABLE, "redis does not permit this to the user of redis.url"},
    {"NOSCRIPT", ERROR_UNAVAILABLE, "redis forgets our scripts"},
    {"ERR Error compiling script", ERROR_UNAVAILABLE, "redis is too old: it must be 7.0 or newer"},
    {"UNBLOCKED", ERROR_UNAVAILABLE, "redis ended a blocking read"},
};

bool reply_is_error(const redisReply *reply, const char *word)
{
    size_t size = strlen(word);

    return reply->type == REDIS_REPLY_ERROR && reply->len >= size && memcmp(reply->str, word, size) == 0 &&
           (reply->len == size || reply->str[size] == ' ');
}

bool reply_check(const redisReply *reply, struct error *err)
{
    if (reply->type != REDIS_REPLY_ERROR)
        return true;
    for (size_t i = 0; i < COUNT_OF(error_words); i++)
        if (reply_is_error(reply, error_words[i].word))
            return error_set(err, error_words[i].kind, "%s (%s)", error_words[i].meaning, error_words[i].word);
    return error_set(err, ERROR_REFUSED, "redis: %.300s", reply->str);
}

bool reply_has(const redisReply *reply, size_t count, struct error *err)
{
    if (reply->type == REDIS_REPLY_ARRAY && reply->elements >= count)
        return true;
    return error_set(err, ERROR_REFUSED, "redis answered something else than a script of this program would");
}

const redisReply *reply_at(const redisReply *reply, size_t at)
{
    return at < reply_count(reply) ? reply->element[at] : NULL;
}

size_t reply_count(const redisReply *reply)
{
    return reply && reply->type == REDIS_REPLY_ARRAY ? reply->elements : 0;
}

int64_t reply_number(const redisReply *reply)
{
    if (reply && reply->type == REDIS_REPLY_INTEGER)
        return reply->integer;
    return strtoll(reply_text(reply), NULL, 10);
}

const char *reply_text(const redisReply *reply)
{
    bool is_text = reply && (reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_STATUS);

    return is_text ? reply->str : "";
}

redisReply *reply_copy(const redisReply *reply)
{
    redisReply *copy = mem_new(sizeof(*copy));

    copy->type = reply->type;
    copy->integer = reply->integer;
    copy->len = reply->len;
    copy->str = reply->str ? mem_copy(reply->str, reply->len) : NULL;
    copy->elements = reply_count(reply);
    if (copy->elements > 0)
        copy->element = mem_new(copy->elements * sizeof(redisReply *));
    for (size_t i = 0; i < copy->elements; i++)
        copy->element[i] = reply_copy(reply->element[i]);
    return copy;
}

void reply_free(redisReply *copy)
{
    if (!copy)
        return;
    for (size_t i = 0; i < copy->elements; i++)
        reply_free(copy->element[i]);
    mem_free(copy->element);
    mem_free(copy->str);
    mem_free(copy);
}
