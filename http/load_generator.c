/*
 * load_generator.c - which connection sends which request when, and what came of it.
 *
 * At a rate, requests become due whether the server keeps up or not: one that finds no idle connection is sent by the
 * next that is, and its time counts from when it was due. Otherwise a slow server would be asked less and look quicker.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/load_generator.h"

#include "base/clock.h"
#include "base/mem.h"
#include "http/endpoint.h"
#include "http/load_connection.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>

enum { TICK_MS = 1, FAILURES_MAX = 100 };

struct load_generator {
    struct load_options options;
    struct load_address to;
    struct load_connection *connections;
    struct load_connections idle;
    struct timer *tick;
    struct load_result result;
    size_t under_way;
    int64_t started_us;
    int64_t answered_us; /* the last time; or when it started */
    int64_t heard_us;    /* from when silence is counted */
    bool is_quiet;
    bool has_ended;
};

/* ---- where to ---- */

/* The host and port of "http://host[:port][/…]". */
static bool read_place(const char *url, struct endpoint *place)
{
    bool is_http = strncmp(url, "http://", strlen("http://")) == 0;
    const char *host = url + strlen("http://");
    int size = is_http ? (int)strcspn(host, "/?#") : 0;
    char *given = mem_printf("%.*s", size, host), *with_port = mem_printf("%s:80", given);
    bool is_read = endpoint_read(place, given) || (size > 0 && endpoint_read(place, with_port));

    mem_free(given);
    mem_free(with_port);
    return is_read;
}

static bool find_address(const char *url, struct load_address *to, struct error *err)
{
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    struct endpoint place;

    if (!read_place(url, &place))
        return error_set(err, ERROR_INVALID, "%s: expected http://host:port (no https: measure behind the proxy)", url);
    int status = getaddrinfo(place.host, place.port, &wanted, &found);
    endpoint_clear(&place);
    if (status != 0)
        return error_set(err, ERROR_INVALID, "%s: %s", url, gai_strerror(status));
    memcpy(&to->address, found->ai_addr, found->ai_addrlen);
    to->size = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

/* ---- sending ---- */

static void end(struct load_generator *load)
{
    load->has_ended = true;
    load->result.elapsed_us = load->answered_us - load->started_us;
    timer_stop(load->tick);
    load->options.ended(load->options.arg);
}

static int64_t due_us(const struct load_generator *load, size_t number)
{
    return load->started_us + (int64_t)((double)number * 1e6 / load->options.per_second);
}

/* Whether request number may be sent. */
static bool is_due(const struct load_generator *load, size_t number, int64_t now_us)
{
    if (load->is_quiet || number >= load->options.requests)
        return false;
    return load->options.per_second <= 0 || due_us(load, number) <= now_us;
}

/* since_us: from when its time counts. */
static void send_next(struct load_generator *load, struct load_connection *connection, int64_t since_us)
{
    buf_reset(&connection->out);
    load->options.request(load->options.arg, load->result.sent++, &connection->out);
    connection->since_us = since_us;
    if (load->under_way++ == 0)
        load->heard_us = clock_monotonic_us();
    load_connection_send(connection);
}

static void note_answer(struct load_generator *load, int status, const char *text, int64_t took_us)
{
    struct load_result *result = &load->result;

    if (status == 0) {
        result->failed++;
        if (!result->problem[0])
            snprintf(result->problem, sizeof(result->problem), "%s", text);
        load->is_quiet = load->is_quiet || result->failed >= FAILURES_MAX;
        return;
    }
    result->answered++;
    result->by_status[status]++;
    histogram_add(&result->answer_us, took_us);
    if ((status < 200 || status > 299) && !result->refusal[0])
        snprintf(result->refusal, sizeof(result->refusal), "%s", text);
}

static void on_answered(void *arg, struct load_connection *connection, int status, const char *text)
{
    struct load_generator *load = arg;
    int64_t now_us = clock_monotonic_us();

    load->under_way--;
    load->answered_us = load->heard_us = now_us;
    note_answer(load, status, text, now_us - connection->since_us);
    if (is_due(load, load->result.sent, now_us))
        send_next(load, connection, load->options.per_second > 0 ? due_us(load, load->result.sent) : now_us);
    else
        STAILQ_INSERT_HEAD(&load->idle, connection, idle);
    if (load->under_way == 0 && !load->has_ended && (load->is_quiet || load->result.sent >= load->options.requests))
        end(load);
}

/* Requests are sent as late as the tick is: that is this program's lateness, and is not counted. */
static void send_due(struct load_generator *load)
{
    struct load_connection *connection;
    int64_t now_us = clock_monotonic_us();

    while (is_due(load, load->result.sent, now_us) && (connection = STAILQ_FIRST(&load->idle))) {
        STAILQ_REMOVE_HEAD(&load->idle, idle);
        send_next(load, connection, now_us);
    }
}

static void give_up(struct load_generator *load)
{
    load->is_quiet = true;
    for (size_t i = 0; i < load->options.connections; i++)
        load_connection_fail(&load->connections[i], "no answer in time");
}

static void on_tick(void *arg)
{
    struct load_generator *load = arg;

    if (load->started_us == 0)
        load->started_us = load->answered_us = clock_monotonic_us();
    send_due(load);
    if (!load->has_ended && load->under_way > 0 &&
        clock_monotonic_us() - load->heard_us > load->options.timeout_ms * 1000)
        give_up(load);
}

/* ---- its life ---- */

struct load_generator *load_generator_open(struct loop *loop, const struct load_options *options, struct error *err)
{
    struct load_generator *load = mem_new(sizeof(*load));

    if (!find_address(options->url, &load->to, err)) {
        mem_free(load);
        return NULL;
    }
    load->options = *options;
    load->connections = mem_new(options->connections * sizeof(*load->connections));
    STAILQ_INIT(&load->idle);
    for (size_t i = 0; i < options->connections; i++) {
        load_connection_init(&load->connections[i], loop, &load->to, on_answered, load);
        STAILQ_INSERT_TAIL(&load->idle, &load->connections[i], idle);
    }
    load->tick = timer_new(loop, on_tick, load);
    timer_repeat(load->tick, TICK_MS);
    return load;
}

void load_generator_close(struct load_generator *load)
{
    if (!load)
        return;
    for (size_t i = 0; i < load->options.connections; i++)
        load_connection_clear(&load->connections[i]);
    timer_free(load->tick);
    mem_free(load->connections);
    mem_free(load);
}

void load_generator_quiet(struct load_generator *load)
{
    load->is_quiet = true;
    if (load->under_way == 0 && !load->has_ended)
        end(load);
}

const struct load_result *load_generator_result(const struct load_generator *load)
{
    return &load->result;
}
