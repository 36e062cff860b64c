/*
 * receiver.c - the life of the receiver: open, reload, drain, close. What it does for a request begins in routes.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/receiver.h"

#include "base/log.h"
#include "base/mem.h"
#include "receiver/parts.h"
#include "receiver/routes.h"

#include <string.h>

#define DRAIN_LOOK_MS 10
#define DRAIN_LOOKS   2 /* the last answers leave in the turn after they were given, so idle once is not idle yet */

static void look_for_idleness(void *arg)
{
    struct receiver *receiver = arg;

    receiver->idle_looks = http_server_pending(receiver->server) == 0 ? receiver->idle_looks + 1 : 0;
    if (receiver->idle_looks < DRAIN_LOOKS)
        return;
    timer_stop(receiver->drain_timer);
    receiver->drained(receiver->drained_arg);
}

static struct queue *open_queue(struct loop *loop, const struct receiver_options *options, struct error *err)
{
    struct queue_options queue = options->config->queue;

    queue.url = options->redis_url;
    return queue_open(loop, &queue, err);
}

/* True as well when the configuration wants none. */
static bool open_spill(struct loop *loop, const struct receiver_options *options, struct receiver *receiver,
                       struct error *err)
{
    const struct config *config = options->config;

    if (!config->spill || !*config->spill)
        return true;
    receiver->spill = spill_open(loop, receiver->queue, config->spill, config->spill_max_bytes, err);
    return receiver->spill != NULL;
}

static struct http_server *open_server(struct loop *loop, const struct receiver_options *options,
                                       struct receiver *receiver, struct error *err)
{
    const struct http_server_options server = {
        .listen = options->listen ? options->listen : options->config->listen,
        .max_body_bytes = options->config->max_body_bytes,
        .max_connections = options->config->max_connections,
        .handler = routes_dispatch,
        .arg = receiver,
    };

    return http_server_open(loop, &server, err);
}

struct receiver *receiver_open(struct loop *loop, const struct receiver_options *options, struct error *err)
{
    struct receiver *receiver = mem_new(sizeof(*receiver));

    fields_init(&receiver->fields);
    kept_headers_init(&receiver->kept);
    receiver->metrics = metrics_new();
    receiver->scrapes = scrapes_new(receiver);
    receiver->drain_timer = timer_new(loop, look_for_idleness, receiver);
    receiver_reload(receiver, options->config);
    receiver->queue = open_queue(loop, options, err);
    if (receiver->queue && open_spill(loop, options, receiver, err))
        receiver->server = open_server(loop, options, receiver, err);
    if (receiver->server)
        return receiver;
    receiver_close(receiver);
    return NULL;
}

const char *receiver_address(const struct receiver *receiver)
{
    return http_server_address(receiver->server);
}

void receiver_reload(struct receiver *receiver, const struct config *config)
{
    receiver->config = config;
    metrics_set_sources(receiver->metrics, config);
}

void receiver_drain(struct receiver *receiver, loop_fn *fn, void *arg)
{
    if (receiver->is_draining)
        return;
    receiver->is_draining = true;
    receiver->drained = fn;
    receiver->drained_arg = arg;
    http_server_quiet(receiver->server);
    timer_repeat(receiver->drain_timer, DRAIN_LOOK_MS);
}

void receiver_close(struct receiver *receiver)
{
    if (!receiver)
        return;
    timer_free(receiver->drain_timer);
    /* The queue first: closing it answers what waits for Redis; that may spill, and an answer needs the server. */
    spill_quiet(receiver->spill);
    queue_close(receiver->queue);
    spill_close(receiver->spill);
    http_server_close(receiver->server);
    scrapes_free(receiver->scrapes);
    metrics_free(receiver->metrics);
    kept_headers_clear(&receiver->kept);
    fields_clear(&receiver->fields);
    mem_free(receiver);
}
