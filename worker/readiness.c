/*
 * readiness.c - one question at a time, on a connection of its own.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/readiness.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/knock.h"

#define ASK_EVERY_MS 50
#define LOG_EVERY_MS 10000
#define TIMEOUT_MS   1000

struct readiness {
    struct knock *knock;
    struct timer *timer;
    char *url;
    loop_fn *fn;
    void *arg;
    int64_t logged_ms;
};

static void log_now_and_then(struct readiness *readiness, int status, const struct error *err)
{
    int64_t now_ms = clock_monotonic_ms();

    if (now_ms - readiness->logged_ms < LOG_EVERY_MS)
        return;
    readiness->logged_ms = now_ms;
    log_warn("not ready yet url=%s status=%d problem=\"%s\"", readiness->url, status, status == 0 ? err->text : "");
}

static void on_answer(void *arg, int status, const struct error *err)
{
    struct readiness *readiness = arg;

    if (status == 200) {
        readiness->fn(readiness->arg);
        return;
    }
    log_now_and_then(readiness, status, err);
    timer_start(readiness->timer, ASK_EVERY_MS);
}

static void ask(void *arg)
{
    struct readiness *readiness = arg;

    knock_ask(readiness->knock, TIMEOUT_MS);
}

struct readiness *readiness_new(struct loop *loop, const char *url, loop_fn *fn, void *arg)
{
    struct readiness *readiness = mem_new(sizeof(*readiness));

    readiness->url = mem_printf("%s/readyz", url);
    readiness->knock = knock_new(loop, readiness->url, on_answer, readiness);
    readiness->timer = timer_new(loop, ask, readiness);
    readiness->fn = fn;
    readiness->arg = arg;
    readiness->logged_ms = clock_monotonic_ms();
    timer_start(readiness->timer, 0);
    return readiness;
}

void readiness_free(struct readiness *readiness)
{
    if (!readiness)
        return;
    timer_free(readiness->timer);
    knock_free(readiness->knock);
    mem_free(readiness->url);
    mem_free(readiness);
}
