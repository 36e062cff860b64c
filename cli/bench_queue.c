/*
 * bench_queue.c - see bench_queue.h. Called by bench.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/bench_queue.h"

#include "base/json.h"
#include "cli/report.h"

#include <signal.h>
#include <stdlib.h>

enum { LOOK_MS = 20 };

struct queue_counts {
    int64_t unsettled;
    int64_t dead;
};

static void on_signal(void *arg, int number)
{
    struct bench_queue *queue = arg;

    (void)number;
    queue->is_stopped = true;
}

/* False when the queue cannot be asked, which was said. */
static bool count(struct bench_queue *queue, struct queue_counts *counts)
{
    struct inquiry inquiry;

    inquiry_init(&inquiry, queue->session.loop);
    queue_status(queue->session.queue, inquiry_report, &inquiry);
    bool is_well = inquiry_wait(&inquiry);
    if (!is_well)
        (void)report_failure("%s", inquiry.err.text);
    counts->unsettled = json_get_integer(inquiry.report, "waiting", 0) +
                        json_get_integer(inquiry.report, "in_flight", 0) +
                        json_get_integer(inquiry.report, "retrying", 0);
    counts->dead = json_get_integer(inquiry.report, "dead", 0);
    inquiry_clear(&inquiry);
    return is_well;
}

int bench_queue_open(struct bench_queue *queue, const struct arguments *arguments)
{
    struct queue_counts counts = {0};
    int code = session_open(&queue->session, arguments);

    if (code != EXIT_SUCCESS)
        return code;
    if (!count(queue, &counts))
        return EXIT_FAILURE;
    if (counts.unsettled > 0)
        report_note("%lld events are in the queue already: they are waited for too", (long long)counts.unsettled);
    queue->dead_before = counts.dead;
    loop_on_signal(queue->session.loop, SIGINT, on_signal, queue);
    loop_on_signal(queue->session.loop, SIGTERM, on_signal, queue);
    return EXIT_SUCCESS;
}

void bench_queue_close(struct bench_queue *queue)
{
    session_close(&queue->session);
}

bool bench_queue_wait(struct bench_queue *queue, bool *settled, int64_t *dead)
{
    struct queue_counts counts = {0};
    bool is_well;

    while ((is_well = count(queue, &counts)) && counts.unsettled > 0 && !queue->is_stopped)
        session_pause(queue->session.loop, LOOK_MS);
    if (is_well && counts.unsettled > 0)
        report_note("%lld events are not settled yet", (long long)counts.unsettled);
    *settled = counts.unsettled == 0;
    *dead = counts.dead - queue->dead_before;
    return is_well;
}
