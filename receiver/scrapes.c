/*
 * scrapes.c - the gauges as text, kept for a second, and the exchanges that wait for newer ones.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/scrapes.h"

#include "base/clock.h"
#include "base/mem.h"
#include "queue/inspect.h"
#include "receiver/gauges.h"
#include "receiver/parts.h"

#define KEEP_MS     1000
#define TEXT_MAX    (4U << 20)
#define WAITING_MAX 32 /* exchanges; more are answered with the gauges of before */

struct scrapes {
    struct receiver *receiver;
    struct buf gauges; /* of the last report */
    int64_t read_ms;   /* when that was, by the monotonic clock */
    bool is_known;     /* there was a report */
    bool is_asking;
    struct http_exchange *waiting[WAITING_MAX];
    size_t waiting_count;
};

struct scrapes *scrapes_new(struct receiver *receiver)
{
    struct scrapes *scrapes = mem_new(sizeof(*scrapes));

    scrapes->receiver = receiver;
    buf_init(&scrapes->gauges, TEXT_MAX);
    return scrapes;
}

void scrapes_free(struct scrapes *scrapes)
{
    if (!scrapes)
        return;
    buf_clear(&scrapes->gauges);
    mem_free(scrapes);
}

static void answer(struct scrapes *scrapes, struct http_exchange *exchange)
{
    struct buf text;

    buf_init(&text, TEXT_MAX);
    metrics_print(scrapes->receiver->metrics, &text);
    spill_print(scrapes->receiver->spill, &text);
    buf_add(&text, scrapes->gauges.data, scrapes->gauges.size);
    http_exchange_answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", text.data, text.size);
    buf_clear(&text);
}

static void on_status(void *arg, const cJSON *report, const struct error *err)
{
    struct scrapes *scrapes = arg;

    buf_reset(&scrapes->gauges);
    gauges_print(err ? NULL : report, scrapes->receiver->config, &scrapes->gauges);
    scrapes->read_ms = clock_monotonic_ms();
    scrapes->is_known = true;
    scrapes->is_asking = false;
    while (scrapes->waiting_count > 0)
        answer(scrapes, scrapes->waiting[--scrapes->waiting_count]);
}

void scrapes_add(struct scrapes *scrapes, struct http_exchange *exchange)
{
    bool is_fresh = scrapes->is_known && clock_monotonic_ms() - scrapes->read_ms < KEEP_MS;

    if (is_fresh || scrapes->waiting_count == WAITING_MAX) {
        answer(scrapes, exchange);
        return;
    }
    scrapes->waiting[scrapes->waiting_count++] = exchange;
    if (scrapes->is_asking)
        return;
    scrapes->is_asking = true;
    queue_status(scrapes->receiver->queue, on_status, scrapes);
}
