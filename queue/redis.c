/*
 * redis.c - the life of one connection: find the server, connect, log in, load scripts, be ready, break, come back.
 *
 * It never gives up: a queue that does is an outage. The time between tries grows from 50 ms to 1 s, with jitter, so
 * that many processes do not return in step. Its log-in is redis_handshake.c's, commands are redis_calls.c's.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/mem.h"
#include "queue/redis_adapter.h"
#include "queue/redis_state.h"
#include "queue/redis_tls.h"

#include <stdio.h>
#include <string.h>

enum { RETRY_FIRST_MS = 50, RETRY_MAX_MS = 1000, RETRY_DOUBLINGS_MAX = 5, QUIET_FAILURES = 4, REDIRECTIONS_MAX = 5 };
enum { CONNECT_MS = 5000, CONNECT_ONE_OF_MANY_MS = 1500 }; /* log-in and scripts included */

static void redis_connect(struct redis *redis);

/* Between half and all of the time that the number of failures asks for. */
static int64_t retry_delay_ms(unsigned failures)
{
    unsigned doublings = failures < RETRY_DOUBLINGS_MAX ? failures : RETRY_DOUBLINGS_MAX;
    int64_t delay_ms = (int64_t)RETRY_FIRST_MS << doublings;
    uint32_t dice;

    if (delay_ms > RETRY_MAX_MS)
        delay_ms = RETRY_MAX_MS;
    crypto_random(&dice, sizeof(dice));
    return delay_ms / 2 + (int64_t)(dice % (uint32_t)(delay_ms / 2 + 1));
}

/* Said once for each reason, not for each try; and not of a Redis that is only just being started. With many hosts to
 * try, each has a reason of its own: the first stands for all. */
static void note_trouble(struct redis *redis, enum error_kind kind, const char *text)
{
    struct error trouble;
    bool is_news;

    error_set(&trouble, kind, "%s: %s", redis->name, text);
    is_news =
        !redis->has_complained || (redis->url.kind == REDIS_ALONE && strcmp(trouble.text, redis->trouble.text) != 0);
    redis->trouble = trouble;
    if (redis->is_quiet || !is_news || (!redis->was_ready && redis->failures < QUIET_FAILURES))
        return;
    log_warn("%s; trying again until it is back", trouble.text);
    redis->has_complained = true;
}

/* Forgets the context, which is gone or about to go. */
static void let_go(struct redis *redis)
{
    if (redis->stage == REDIS_READY)
        redis->lost_ms = clock_monotonic_ms();
    redis->context = NULL;
    redis->stage = REDIS_DOWN;
    memset(redis->loading, 0, sizeof(redis->loading));
}

static void fall(struct redis *redis, enum error_kind kind, const char *text)
{
    note_trouble(redis, kind, text);
    let_go(redis);
    redis_place_failed(&redis->place);
    timer_start(redis->timer, retry_delay_ms(redis->failures++));
}

void redis_drop(struct redis *redis, enum error_kind kind, const char *text)
{
    redisAsyncContext *context = redis->context;

    if (!context)
        return;
    fall(redis, kind, text);
    context->data = NULL;
    redisAsyncFree(context);
}

void redis_redirect(struct redis *redis, const char *moved)
{
    redisAsyncContext *context = redis->context;
    char *where;

    if (!redis_place_moved(&redis->place, moved)) {
        redis_drop(redis, ERROR_UNAVAILABLE, "it says that the queue's slot has moved, but not where to");
        return;
    }
    where = redis_address_describe(redis_place_now(&redis->place));
    if (redis->stage == REDIS_READY)
        log_info("%s: the slot of %s has moved to %s", redis->name, redis->tag, where);
    error_set(&redis->trouble, ERROR_UNAVAILABLE, "%s: the queue's slot has moved to %s", redis->name, where);
    mem_free(where);
    let_go(redis);
    timer_start(redis->timer, redis->redirections++ < REDIRECTIONS_MAX ? 0 : retry_delay_ms(redis->failures++));
    context->data = NULL;
    redisAsyncFree(context);
}

static void on_timer(void *arg)
{
    struct redis *redis = arg;

    if (redis->stage == REDIS_DOWN)
        redis_connect(redis);
    else if (redis->stage == REDIS_CONNECTING)
        redis_drop(redis, ERROR_UNAVAILABLE, "no connection in time");
}

static const char *reason_of(const struct redis *redis, const redisAsyncContext *context)
{
    const char *trouble = redis->tls ? redis_tls_trouble(redis->tls) : NULL;

    if (trouble)
        return trouble;
    return context->c.errstr[0] ? context->c.errstr : "connection closed";
}

/* hiredis frees the context by itself after both of these. */
static void on_disconnect(const redisAsyncContext *context, int status)
{
    struct redis *redis = context->data;

    (void)status;
    if (redis && redis->context == context)
        fall(redis, ERROR_UNAVAILABLE, reason_of(redis, context));
}

static void on_connect(const redisAsyncContext *context, int status)
{
    struct redis *redis = context->data;

    if (redis && status != REDIS_OK)
        fall(redis, ERROR_UNAVAILABLE, reason_of(redis, context));
}

void redis_ready(struct redis *redis)
{
    if (redis->has_complained)
        log_info("%s: connected", redis->name);
    redis->has_complained = false;
    redis->was_ready = true;
    redis->stage = REDIS_READY;
    redis->redirections = 0;
    redis->trouble = (struct error){0};
    timer_stop(redis->timer);
    if (redis->on_ready)
        redis->on_ready(redis->arg);
}

/* at is NULL for a socket. */
static redisAsyncContext *open_context(const struct redis_url *url, const struct redis_address *at)
{
    return url->path ? redisAsyncConnectUnix(url->path) : redisAsyncConnect(at->host, at->port);
}

static void fail_to_connect(struct redis *redis, redisAsyncContext *context)
{
    fall(redis, ERROR_UNAVAILABLE, context ? context->c.errstr : "out of memory");
    if (context)
        redisAsyncFree(context);
}

static void attach(struct redis *redis, redisAsyncContext *context)
{
    context->data = redis;
    redis->context = context;
    redis->stage = REDIS_CONNECTING;
    redis_adapter_attach(redis->loop, context);
    redisAsyncSetConnectCallback(context, on_connect);
    redisAsyncSetDisconnectCallback(context, on_disconnect);
    timer_start(redis->timer, redis->url.kind == REDIS_ALONE ? CONNECT_MS : CONNECT_ONE_OF_MANY_MS);
    redis_handshake(redis);
}

static void connect_to(struct redis *redis, const struct redis_address *at)
{
    redisAsyncContext *context = open_context(&redis->url, at);
    struct error err;

    if (!context || context->err) {
        fail_to_connect(redis, context);
        return;
    }
    if (!redis->url.path)
        redisEnableKeepAlive(&context->c);
    if (redis->tls && !redis_tls_start(redis->tls, context, &err)) {
        fall(redis, ERROR_UNAVAILABLE, err.text);
        redisAsyncFree(context);
        return;
    }
    attach(redis, context);
}

/* ---- which server ---- */

static void set_name(struct redis *redis, const char *format, const struct redis_address *at)
{
    char *where = redis_address_describe(at);

    mem_free(redis->name);
    redis->name = mem_printf(format, where);
    mem_free(where);
}

static void on_master(void *arg, const struct redis_address *master, const struct error *err)
{
    struct redis *redis = arg;

    redis->sentinel = NULL;
    if (err) {
        fall(redis, ERROR_UNAVAILABLE, err->text);
        return;
    }
    set_name(redis, "redis at %s", master);
    connect_to(redis, master);
}

static void seek(struct redis *redis)
{
    redis->stage = REDIS_SEEKING;
    set_name(redis, "redis by the sentinel at %s", redis_place_now(&redis->place));
    redis->sentinel = sentinel_ask(redis->loop, redis_place_now(&redis->place), redis->url.master,
                                   CONNECT_ONE_OF_MANY_MS, on_master, redis);
}

static void redis_connect(struct redis *redis)
{
    if (redis->url.kind == REDIS_SENTINELS) {
        seek(redis);
        return;
    }
    if (redis->url.kind == REDIS_CLUSTER)
        set_name(redis, "redis at %s", redis_place_now(&redis->place));
    connect_to(redis, redis->url.path ? NULL : redis_place_now(&redis->place));
}

/* ---- life ---- */

static bool read_url(struct redis *redis, const char *text, struct error *err)
{
    struct error wrong;

    if (!redis_url_parse(text, &redis->url, &wrong))
        return error_set(err, wrong.kind, "the url of Redis: %s", wrong.text);
    if (redis->url.is_tls)
        redis->tls = redis_tls_new(redis->url.hosts[0].host, err);
    return !redis->url.is_tls || redis->tls;
}

struct redis *redis_open(struct loop *loop, const struct redis_options *options, struct error *err)
{
    struct redis *redis = mem_new(sizeof(*redis));

    if (!read_url(redis, options->url, err)) {
        redis_url_clear(&redis->url);
        mem_free(redis);
        return NULL;
    }
    redis->loop = loop;
    redis->name = redis_url_describe(&redis->url);
    snprintf(redis->tag, sizeof(redis->tag), "%s", options->tag);
    redis->with_scripts = options->with_scripts;
    redis->is_quiet = options->is_quiet;
    redis->answer_ms = options->answer_ms;
    redis->on_ready = options->on_ready;
    redis->arg = options->arg;
    redis_place_init(&redis->place, &redis->url);
    redis->timer = timer_new(loop, on_timer, redis);
    redis_calls_init(redis);
    timer_start(redis->timer, 0);
    return redis;
}

void redis_close(struct redis *redis)
{
    if (!redis)
        return;
    error_set(&redis->trouble, ERROR_UNAVAILABLE, "%s: this connection is being closed", redis->name);
    redis->stage = REDIS_DOWN;
    redis_calls_clear(redis);
    if (redis->context) {
        redis->context->data = NULL;
        redisAsyncFree(redis->context);
    }
    sentinel_cancel(redis->sentinel);
    timer_free(redis->timer);
    redis_place_clear(&redis->place);
    redis_tls_free(redis->tls);
    redis_url_clear(&redis->url);
    mem_free(redis->name);
    mem_free(redis);
}

void redis_push(struct redis *redis)
{
    int is_all;

    if (redis->stage == REDIS_READY)
        (void)redisBufferWrite(&redis->context->c, &is_all);
}

bool redis_is_ready(const struct redis *redis)
{
    return redis->stage == REDIS_READY;
}

const struct error *redis_trouble(const struct redis *redis)
{
    return &redis->trouble;
}

bool redis_may_move(const struct redis *redis)
{
    return redis->url.kind != REDIS_ALONE;
}

int64_t redis_lost_ms(const struct redis *redis)
{
    return redis->lost_ms;
}
