/*
 * redis_calls.c - commands on a connection: sending, answering, repeating when a script is lost, giving up in time.
 *
 * Each command is a struct call, in the order it was sent, as Redis answers in that order. redis.c brings the
 * connection.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "queue/redis_state.h"
#include "queue/reply.h"

#include <stdlib.h>
#include <string.h>

enum { CALLS_MAX = 20000, CALL_BYTES_MAX = 256 << 20, REPEATS_MAX = 3 };

static void list_add(struct call_list *list, struct call *call)
{
    call->next = NULL;
    call->previous = list->last;
    if (list->last)
        list->last->next = call;
    else
        list->first = call;
    list->last = call;
}

static void list_remove(struct call_list *list, struct call *call)
{
    if (call->previous)
        call->previous->next = call->next;
    else
        list->first = call->next;
    if (call->next)
        call->next->previous = call->previous;
    else
        list->last = call->previous;
}

static void free_call(struct call *call)
{
    redisFreeCommand(call->command);
    mem_free(call);
}

/* After this, redis may be gone: the answer may close it. */
static void answer(struct call *call, const redisReply *reply, const struct error *err)
{
    struct redis *redis = call->redis;

    redis->call_count--;
    redis->call_bytes -= call->size;
    call->redis = NULL;
    call->fn(call->arg, err ? NULL : reply, err);
}

/* ---- commands that could not be sent ---- */

static void refuse(struct redis *redis, struct call *call)
{
    list_add(&redis->refused, call);
    if (!timer_is_active(redis->refuser))
        timer_start(redis->refuser, 0);
}

static void refusal(const struct redis *redis, struct error *err)
{
    *err = redis->trouble;
    if (redis->stage == REDIS_READY)
        error_set(err, ERROR_UNAVAILABLE, "%s: too many commands wait for an answer", redis->name);
    else if (err->text[0] == '\0')
        error_set(err, ERROR_UNAVAILABLE, "%s: not connected yet", redis->name);
    err->kind = ERROR_UNAVAILABLE;
}

static void answer_refused(struct redis *redis)
{
    struct call *call = redis->refused.first;
    struct error err;

    refusal(redis, &err);
    list_remove(&redis->refused, call);
    answer(call, NULL, &err);
    free_call(call);
}

/* An answer may close redis, which answers the others itself; or refuse more, which wait for the next turn. */
static void on_refuser(void *arg)
{
    struct redis *redis = arg;
    struct call *last = redis->refused.last, *call;
    bool is_gone = false;

    redis->is_gone = &is_gone;
    do {
        call = redis->refused.first;
        answer_refused(redis);
    } while (!is_gone && call != last && redis->refused.first);
    if (is_gone)
        return;
    redis->is_gone = NULL;
    if (redis->refused.first)
        timer_start(redis->refuser, 0);
}

/* ---- giving up in time ---- */

static void on_watchdog(void *arg)
{
    struct redis *redis = arg;
    struct call *oldest = redis->sent.first;
    int64_t left_ms;

    if (!oldest)
        return;
    left_ms = oldest->deadline_ms - clock_monotonic_ms();
    if (left_ms > 0)
        timer_start(redis->watchdog, left_ms);
    else
        redis_drop(redis, ERROR_UNAVAILABLE, "no answer in time, it may hang");
}

/* ---- answers ---- */

/* Without a reply the connection broke, and what the command did is not known. */
static void explain(const struct redis *redis, const redisAsyncContext *context, struct error *err)
{
    const char *why = context->c.errstr;

    *err = redis->trouble;
    if (redis->context == context)
        error_set(err, ERROR_UNAVAILABLE, "%s: %s", redis->name, why[0] ? why : "connection closed");
}

static void send_again(struct redis *redis, struct call *call);

static bool is_lost_script(const struct call *call, const redisReply *reply)
{
    return reply && call->script != SCRIPT_COUNT && call->repeats < REPEATS_MAX && reply_is_error(reply, "NOSCRIPT");
}

/* Whether this connection is to the wrong server: a failover has left a replica there, or a cluster is moving the slot
 * away. Until connecting again has found the right one, commands are refused at once. An ASK is not followed: half of
 * the keys that a script needs may be here, and half there. */
static bool is_wrong_server(const redisReply *reply)
{
    static const char *const words[] = {"READONLY", "ASK", "TRYAGAIN", "CLUSTERDOWN", "MASTERDOWN"};

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (reply_is_error(reply, words[i]))
            return true;
    return false;
}

static void on_reply(redisAsyncContext *context, void *reply, void *arg)
{
    struct call *call = arg;
    struct redis *redis = call->redis;
    bool is_right = false;
    struct error err;

    if (!redis) { /* answered by redis_close */
        free_call(call);
        return;
    }
    list_remove(&redis->sent, call);
    if (reply)
        redis->failures = 0; /* not sooner: a server may take every log-in and drop what comes behind it */
    if (is_lost_script(call, reply)) {
        send_again(redis, call);
        return;
    }
    if (!reply)
        explain(redis, context, &err);
    else if (reply_check(reply, &err))
        is_right = true;
    else if (reply_is_error(reply, "MOVED"))
        redis_redirect(redis, ((redisReply *)reply)->str);
    else if (is_wrong_server(reply))
        redis_drop(redis, ERROR_UNAVAILABLE, err.text);
    answer(call, reply, is_right ? NULL : &err);
    free_call(call);
}

/* ---- sending ---- */

/* Queues call behind those that were sent, or refuses it. */
static void dispatch(struct redis *redis, struct call *call)
{
    bool has_room = redis->call_count <= CALLS_MAX && redis->call_bytes <= CALL_BYTES_MAX;

    if (redis->stage != REDIS_READY || !redis->context || !has_room ||
        redisAsyncFormattedCommand(redis->context, on_reply, call, call->command, call->size) != REDIS_OK) {
        refuse(redis, call);
        return;
    }
    list_add(&redis->sent, call);
    if (!timer_is_active(redis->watchdog))
        timer_start(redis->watchdog, call->deadline_ms - clock_monotonic_ms());
}

static void send_again(struct redis *redis, struct call *call)
{
    call->repeats++;
    if (redis->loading[call->script] == 0) {
        log_warn("%s: script %s was lost, loading it again", redis->name, script_name(call->script));
        redis_load(redis, call->script);
    }
    dispatch(redis, call);
}

/* The command is formatted with the length of each argument, so any byte may be in them, and kept: a script's call may
 * have to be sent again. */
static struct call *call_new(struct redis *redis, const struct args *args, redis_answer_fn *fn, void *arg)
{
    struct call *call = mem_new(sizeof(*call));
    int size = (int)redisFormatCommandArgv(&call->command, (int)args->count, args->values, args->sizes);

    if (size < 0)
        abort(); /* out of memory */
    call->size = (size_t)size;
    call->redis = redis;
    call->fn = fn;
    call->arg = arg;
    call->script = SCRIPT_COUNT;
    call->deadline_ms = clock_monotonic_ms() + redis->answer_ms;
    redis->call_count++;
    redis->call_bytes += call->size;
    return call;
}

void redis_command(struct redis *redis, const struct args *args, int64_t block_ms, redis_answer_fn *fn, void *arg)
{
    struct call *call = call_new(redis, args, fn, arg);

    call->deadline_ms += block_ms;
    dispatch(redis, call);
}

void redis_script(struct redis *redis, enum script script, const struct args *args, redis_answer_fn *fn, void *arg)
{
    const char *const words[] = {"EVALSHA", redis->sha[script], "1", redis->tag};
    struct call *call;
    struct args all;

    args_init(&all);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        args_text(&all, words[i]);
    for (size_t i = 0; i < args->count; i++)
        args_bytes(&all, args->values[i], args->sizes[i]);
    call = call_new(redis, &all, fn, arg);
    args_clear(&all);
    call->script = script;
    dispatch(redis, call);
}

void redis_calls_init(struct redis *redis)
{
    redis->watchdog = timer_new(redis->loop, on_watchdog, redis);
    redis->refuser = timer_new(redis->loop, on_refuser, redis);
}

void redis_calls_clear(struct redis *redis)
{
    struct call *call;

    while (redis->refused.first || redis->sent.first) { /* an answer may ask again, and is refused */
        while (redis->refused.first)
            answer_refused(redis);
        if ((call = redis->sent.first) == NULL)
            continue;
        list_remove(&redis->sent, call);
        answer(call, NULL, &redis->trouble); /* hiredis still has it: on_reply frees it */
    }
    if (redis->is_gone)
        *redis->is_gone = true;
    timer_free(redis->watchdog);
    timer_free(redis->refuser);
}
