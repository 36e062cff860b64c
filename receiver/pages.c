/*
 * pages.c - short answers that need nothing but a look at the receiver. The metrics wait for Redis: scrapes.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/pages.h"

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

static void say_trouble(const struct receiver *receiver, struct http_exchange *exchange)
{
    struct error trouble;

    queue_trouble(receiver->queue, &trouble);
    http_exchange_answer_problem(exchange, 503, "Service Unavailable",
                                 trouble.kind == ERROR_REFUSED ? trouble.text : "Redis is not connected");
}

void page_readyz(struct receiver *receiver, struct http_exchange *exchange, const struct path_names *names)
{
    (void)names;
    if (receiver->is_draining)
        http_exchange_answer_problem(exchange, 503, "Service Unavailable", "this receiver is stopping");
    else if (!queue_is_ready(receiver->queue))
        say_trouble(receiver, exchange);
    else
        answer_text(exchange, "ready\n");
}

void page_metrics(struct receiver *receiver, struct http_exchange *exchange, const struct path_names *names)
{
    (void)names;
    scrapes_add(receiver->scrapes, exchange);
}
