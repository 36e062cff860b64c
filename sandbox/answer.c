/*
 * answer.c - held back by a timer, then sent and counted.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/answer.h"

#include "base/mem.h"

#include <string.h>

struct answer *answer_new(struct sandbox *sandbox, struct http_exchange *exchange)
{
    struct answer *answer = mem_new(sizeof(*answer));

    answer->sandbox = sandbox;
    answer->exchange = exchange;
    answer->content_type = "application/vnd.api+json";
    answer->next = sandbox->answers;
    answer->link = &sandbox->answers;
    if (answer->next)
        answer->next->link = &answer->next;
    sandbox->answers = answer;
    traffic_arrived(&sandbox->traffic);
    return answer;
}

void answer_free(struct answer *answer)
{
    *answer->link = answer->next;
    if (answer->next)
        answer->next->link = answer->link;
    timer_free(answer->timer);
    mem_free(answer->body);
    mem_free(answer->retry_after);
    mem_free(answer);
}

static void send_now(void *arg)
{
    struct answer *answer = arg;
    struct sandbox *sandbox = answer->sandbox;
    const char *body = answer->body ? answer->body : "";

    traffic_left(&sandbox->traffic, answer->is_dropped ? 0 : answer->status);
    if (answer->is_dropped) {
        http_exchange_drop(answer->exchange);
        answer_free(answer);
        return;
    }
    if (answer->retry_after)
        http_exchange_set_header(answer->exchange, "Retry-After", answer->retry_after);
    if (answer->status == 429)
        traffic_told_to_wait(&sandbox->traffic, answer->retry_after ? answer->retry_after : "");
    if (answer->write > 0)
        ledger_mark_answered(sandbox->ledger, answer->write);
    http_exchange_answer(answer->exchange, answer->status, answer->content_type, body, strlen(body));
    answer_free(answer);
}

void answer_send(struct answer *answer)
{
    if (answer->delay_ms <= 0) {
        send_now(answer);
        return;
    }
    answer->timer = timer_new(answer->sandbox->loop, send_now, answer);
    timer_start(answer->timer, answer->delay_ms);
}
