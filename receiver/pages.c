/*
 * pages.c - short answers that need nothing but a look at the receiver. The metrics wait for Redis: scrapes.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/pages.h"

#include "base/mem.h"
#include "receiver/parts.h"

#include <string.h>

static void answer_text(struct http_exchange *exchange, const char *text)
{
    http_exchange_answer(exchange, 200, "text/plain; charset=utf-8", text, strlen(text));
}

void page_healthz(struct receiver *receiver, struct http_exchange *exchange, const struct path_names *names)
{
    (void)receiver, (void)names;
    answer_text(exchange, "ok\n");
}

/* Whether a delivery could be kept now, in Redis or in the spill; err says why not. */
static bool can_take(const struct receiver *receiver, struct error *err)
{
    bool has_redis = queue_is_usable(receiver->queue) && !spill_is_in_use(receiver->spill);

    if (receiver->is_draining)
        return error_set(err, ERROR_UNAVAILABLE, "this receiver is stopping");
    if (has_redis || spill_can_take(receiver->spill))
        return true;
    if (receiver->spill)
        return error_set(err, ERROR_LIMIT, "Redis is not taking events, and the spill is full or cannot be written");
    queue_trouble(receiver->queue, err);
    if (err->kind == ERROR_REFUSED)
        return false;
    return error_set(err, ERROR_UNAVAILABLE, "Redis is not connected"); /* why not is for the log: it names hosts */
}

static void answer_ready(const struct receiver *receiver, struct http_exchange *exchange)
{
    char *text;

    if (queue_is_ready(receiver->queue) && !spill_is_in_use(receiver->spill)) {
        answer_text(exchange, "ready\n");
        return;
    }
    if (!receiver->spill) {
        answer_text(exchange, "ready, but for the accounts of a shard that is away\n");
        return;
    }
    text = mem_printf("ready: events go to the spill until %s; %zu are in it\n",
                      queue_is_ready(receiver->queue) ? "the queue has taken those before" : "Redis is there",
                      spill_events(receiver->spill));
    answer_text(exchange, text);
    mem_free(text);
}

void page_readyz(struct receiver *receiver, struct http_exchange *exchange, const struct path_names *names)
{
    struct error why_not;

    (void)names;
    if (!can_take(receiver, &why_not))
        http_exchange_answer_problem(exchange, 503, "Service Unavailable", why_not.text);
    else
        answer_ready(receiver, exchange);
}

void page_metrics(struct receiver *receiver, struct http_exchange *exchange, const struct path_names *names)
{
    (void)names;
    scrapes_add(receiver->scrapes, exchange);
}
