/*
 * redis_sentinel.c - a connection for one question: SENTINEL GET-MASTER-ADDR-BY-NAME.
 *
 * hiredis frees a context by itself after a failed connection and after a disconnection; a context without data is one
 * whose answer nobody waits for any more.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/redis_sentinel.h"

#include "base/mem.h"
#include "queue/redis_adapter.h"
#include "queue/reply.h"

#include <hiredis/async.h>
#include <string.h>

struct sentinel {
    redisAsyncContext *context; /* NULL when it is gone */
    struct timer *timer;
    char *name;
    struct error early; /* known before a turn has passed */
    sentinel_fn *fn;
    void *arg;
};

void sentinel_cancel(struct sentinel *sentinel)
{
    if (!sentinel)
        return;
    if (sentinel->context) {
        sentinel->context->data = NULL;
        redisAsyncFree(sentinel->context);
    }
    timer_free(sentinel->timer);
    mem_free(sentinel->name);
    mem_free(sentinel);
}

static void finish(struct sentinel *sentinel, const struct redis_address *master, const struct error *err)
{
    sentinel_fn *fn = sentinel->fn;
    void *arg = sentinel->arg;

    sentinel_cancel(sentinel);
    fn(arg, err ? NULL : master, err);
}

/* Whose words they are, the connection's name says. */
static void fail(struct sentinel *sentinel, const char *why)
{
    struct error err;

    error_set(&err, ERROR_UNAVAILABLE, "%s", why);
    finish(sentinel, NULL, &err);
}

static void on_timer(void *arg)
{
    struct sentinel *sentinel = arg;

    fail(sentinel, sentinel->early.kind != ERROR_NONE ? sentinel->early.text : "no answer in time");
}

static void on_answer(redisAsyncContext *context, void *data, void *arg)
{
    struct sentinel *sentinel = context->data;
    const redisReply *reply = data;
    struct redis_address master;
    struct error err;

    (void)arg;
    if (!sentinel)
        return;
    if (!reply) {
        sentinel->context = NULL; /* it is being freed */
        fail(sentinel, context->errstr[0] ? context->errstr : "connection closed");
    } else if (!reply_check(reply, &err)) {
        fail(sentinel, strstr(err.text, "unknown command") ? "it is no sentinel" : err.text);
    } else if (reply_count(reply) != 2 || !reply_text(reply_at(reply, 0))[0]) {
        fail(sentinel, "it knows no master of that name");
    } else {
        master.host = mem_string(reply_text(reply_at(reply, 0)));
        master.port = (int)reply_number(reply_at(reply, 1));
        finish(sentinel, &master, NULL);
        mem_free(master.host);
    }
}

static void ask(struct sentinel *sentinel)
{
    const char *words[] = {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", sentinel->name};

    (void)redisAsyncCommandArgv(sentinel->context, on_answer, NULL, COUNT_OF(words), words, NULL);
}

static void on_connect(const redisAsyncContext *context, int status)
{
    (void)context; /* what went wrong is told with the answer that there is none */
    (void)status;
}

struct sentinel *sentinel_ask(struct loop *loop, const struct redis_address *at, const char *name, int64_t timeout_ms,
                              sentinel_fn *fn, void *arg)
{
    struct sentinel *sentinel = mem_new(sizeof(*sentinel));
    redisAsyncContext *context = redisAsyncConnect(at->host, at->port);

    sentinel->name = mem_string(name);
    sentinel->fn = fn;
    sentinel->arg = arg;
    sentinel->timer = timer_new(loop, on_timer, sentinel);
    if (!context || context->err) {
        error_set(&sentinel->early, ERROR_UNAVAILABLE, "%s", context ? context->errstr : "out of memory");
        if (context)
            redisAsyncFree(context);
        timer_start(sentinel->timer, 0);
        return sentinel;
    }
    context->data = sentinel;
    sentinel->context = context;
    redis_adapter_attach(loop, context);
    redisAsyncSetConnectCallback(context, on_connect);
    timer_start(sentinel->timer, timeout_ms);
    ask(sentinel);
    return sentinel;
}
