/*
 * redis_handshake.c - what is sent before a connection counts as ready: log in, select, load the scripts.
 *
 * All of it leaves at once; the first error drops the connection, and redis.c tries again later.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "queue/redis_state.h"
#include "queue/reply.h"

#include <assert.h>
#include <string.h>

enum { GREETING_WORDS_MAX = 3 };

/* One script on its way. */
struct load {
    enum script script;
};

/* Whether reply belongs to a handshake that still goes on. */
static bool is_expected(const redisAsyncContext *context, const redisReply *reply)
{
    const struct redis *redis = context->data;

    return redis && redis->context == context && redis->stage == REDIS_CONNECTING && reply;
}

static void count_one(struct redis *redis)
{
    if (--redis->handshake_left == 0)
        redis_ready(redis);
}

/* The last thing its caller does: dropping the connection answers what is pending, and that may close redis. */
static void count_down(redisAsyncContext *context, const redisReply *reply)
{
    struct redis *redis = context->data;
    struct error err;

    if (!is_expected(context, reply))
        return;
    if (reply_is_error(reply, "MOVED"))
        redis_redirect(redis, reply->str);
    else if (!reply_check(reply, &err))
        redis_drop(redis, ERROR_UNAVAILABLE, err.text);
    else
        count_one(redis);
}

static void on_greeting(redisAsyncContext *context, void *reply, void *arg)
{
    (void)arg;
    count_down(context, reply);
}

/* A replica would take the connection and refuse every write: being ready would be said and taken back many times a
 * second. Who may not ask for the role finds out that way. */
static void on_role(redisAsyncContext *context, void *reply, void *arg)
{
    struct redis *redis = context->data;

    (void)arg;
    if (!is_expected(context, reply))
        return;
    if (strcmp(reply_text(reply_at(reply, 0)), "slave") == 0)
        redis_drop(redis, ERROR_UNAVAILABLE, "it is a replica and takes no writes");
    else
        count_one(redis);
}

static void on_loaded(redisAsyncContext *context, void *reply, void *arg)
{
    struct load *load = arg;
    struct redis *redis = context->data;
    const char *sha = reply_text(reply);

    if (redis && redis->context == context) {
        redis->loading[load->script]--;
        if (strlen(sha) == SHA1_TEXT_SIZE - 1)
            memcpy(redis->sha[load->script], sha, SHA1_TEXT_SIZE);
    }
    mem_free(load);
    count_down(context, reply);
}

void redis_load(struct redis *redis, enum script script)
{
    char *text = script_text(script);
    const char *const words[] = {"SCRIPT", "LOAD", text};
    const size_t sizes[] = {6, 4, strlen(text)};
    struct load *load = mem_new(sizeof(*load));

    load->script = script;
    if (redisAsyncCommandArgv(redis->context, on_loaded, load, COUNT_OF(words), (const char **)words, sizes) !=
        REDIS_OK) {
        mem_free(load);
    } else {
        redis->loading[script]++;
        redis->handshake_left += redis->stage == REDIS_CONNECTING;
    }
    mem_free(text);
}

static void greet(struct redis *redis, redisCallbackFn *fn, const char *const *words, size_t count)
{
    size_t sizes[GREETING_WORDS_MAX];

    assert(count <= GREETING_WORDS_MAX);
    for (size_t i = 0; i < count; i++)
        sizes[i] = strlen(words[i]);
    if (redisAsyncCommandArgv(redis->context, fn, NULL, (int)count, (const char **)words, sizes) == REDIS_OK)
        redis->handshake_left++;
}

static void log_in(struct redis *redis)
{
    const char *const words[] = {"AUTH", redis->url.user, redis->url.password};
    const char *const without_user[] = {"AUTH", redis->url.password};

    if (redis->url.user)
        greet(redis, on_greeting, words, COUNT_OF(words));
    else
        greet(redis, on_greeting, without_user, COUNT_OF(without_user));
}

static void select_db(struct redis *redis)
{
    char *db = mem_printf("%d", redis->url.db);
    const char *const words[] = {"SELECT", db};

    greet(redis, on_greeting, words, COUNT_OF(words));
    mem_free(db);
}

/* A key that never exists, in the slot of all others: only the node that has the slot, and is not just about to give it
 * away, answers. */
static void ask_for_slot(struct redis *redis)
{
    const char *const words[] = {"EXISTS", redis->tag};

    greet(redis, on_greeting, words, COUNT_OF(words));
}

/* The PING is there so that there is always a reply, and a Redis that is loading or wants a password says so. */
void redis_handshake(struct redis *redis)
{
    const char *const ping[] = {"PING"}, *const role[] = {"ROLE"};

    redis->handshake_left = 0;
    if (redis->url.password)
        log_in(redis);
    if (redis->url.db != 0)
        select_db(redis);
    greet(redis, on_greeting, ping, COUNT_OF(ping));
    greet(redis, on_role, role, COUNT_OF(role));
    if (redis->url.kind == REDIS_CLUSTER)
        ask_for_slot(redis);
    for (int script = 0; redis->with_scripts && script < SCRIPT_COUNT; script++)
        redis_load(redis, (enum script)script);
}
