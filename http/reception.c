/*
 * reception.c - what becomes of a request between libmicrohttpd and the handler.
 *
 * A body over the bound is still read for a while and thrown away, because closing on a sender who is still sending
 * would lose him the answer. An exchange whose handler does not answer at once suspends its connection, which keeps
 * libmicrohttpd from noticing that the peer has gone: so an exchange that is handed out never dies by itself.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/reception.h"

#include "http/framing.h"

#define DISCARDED_MAX_BYTES (8u << 20) /* of a body that is refused */

static void hand_out(struct http_exchange *exchange)
{
    struct reception *reception = exchange->reception;

    exchange->state = EXCHANGE_HANDED_OUT;
    exchange->peer->is_waiting = true;
    LIST_REMOVE(exchange, entry);
    LIST_INSERT_HEAD(&reception->handed_out, exchange, entry);
    reception->pending++;
}

/* The connection may have gone: then the answer, or its lack, is found out by the next run. */
void reception_take_back(struct http_exchange *exchange)
{
    struct reception *reception = exchange->reception;

    exchange->peer->is_waiting = false;
    exchange->peer->since_ms = reception->now_ms;
    LIST_REMOVE(exchange, entry);
    LIST_INSERT_HEAD(&reception->active, exchange, entry);
    reception->pending--;
    if (!exchange->is_suspended)
        return;
    MHD_resume_connection(exchange->connection);
    reception->resumed(reception->resumed_arg);
}

/* MHD_NO makes libmicrohttpd close the connection as it is, without a byte more. */
static enum MHD_Result result_of(const struct http_exchange *exchange)
{
    return exchange->state == EXCHANGE_ANSWERED ? MHD_YES : MHD_NO;
}

static enum MHD_Result refuse(struct http_exchange *exchange)
{
    const struct refusal *refusal = exchange->refusal;

    hand_out(exchange);
    http_exchange_set_header(exchange, MHD_HTTP_HEADER_CONNECTION, "close");
    http_exchange_answer_problem(exchange, refusal->status, refusal->title, refusal->detail);
    return result_of(exchange);
}

static struct http_exchange *take_spare(struct reception *reception)
{
    struct http_exchange *exchange = LIST_FIRST(&reception->spare);

    if (exchange)
        LIST_REMOVE(exchange, entry);
    else
        exchange = exchange_new(reception, reception->max_body_bytes);
    LIST_INSERT_HEAD(&reception->active, exchange, entry);
    return exchange;
}

/* The head of a request is there. */
static enum MHD_Result begin(struct reception *reception, struct MHD_Connection *connection, void **slot)
{
    struct http_exchange *exchange = *slot = take_spare(reception);
    struct framing framing = framing_read(connection, reception->max_body_bytes);

    exchange->connection = connection;
    exchange->peer = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    exchange->refusal = framing.reason;
    if (framing.reason && (framing.reason->is_at_once || framing.is_continue_awaited ||
                           framing.length > reception->max_body_bytes + DISCARDED_MAX_BYTES))
        return refuse(exchange);
    return MHD_YES;
}

/* A piece of the body is there. */
static enum MHD_Result receive(struct http_exchange *exchange, const char *bytes, size_t *size)
{
    if (!exchange->refusal)
        buf_add(&exchange->body, bytes, *size);
    if (exchange->body.overflow) {
        exchange->refusal = &refusal_too_large;
        buf_clear(&exchange->body);
    }
    if (exchange->refusal)
        exchange->discarded += *size;
    *size = 0;
    return exchange->discarded <= exchange->body.max + DISCARDED_MAX_BYTES ? MHD_YES : MHD_NO;
}

/* The request is complete; or libmicrohttpd has resumed a connection whose exchange was dropped. */
static enum MHD_Result finish(struct http_exchange *exchange)
{
    struct reception *reception = exchange->reception;

    if (exchange->state != EXCHANGE_RECEIVING)
        return result_of(exchange);
    if (exchange->refusal)
        return refuse(exchange);
    hand_out(exchange);
    reception->handler(reception->arg, exchange);
    if (exchange->state != EXCHANGE_HANDED_OUT)
        return result_of(exchange);
    MHD_suspend_connection(exchange->connection);
    exchange->is_suspended = true;
    return MHD_YES;
}

/* An MHD_AccessHandlerCallback: called for the head, for each piece of the body, and for the end. */
enum MHD_Result reception_on_request(void *arg, struct MHD_Connection *connection, const char *path, const char *method,
                                     const char *version, const char *bytes, size_t *size, void **slot)
{
    struct http_exchange *exchange = *slot;

    (void)version;
    if (!exchange)
        return begin(arg, connection, slot);
    if (*size > 0)
        return receive(exchange, bytes, size);
    exchange->path = path;
    exchange->method = method;
    return finish(exchange);
}

/* libmicrohttpd's MHD_OPTION_NOTIFY_COMPLETED: answered, or the connection has gone. */
void reception_on_completed(void *arg, struct MHD_Connection *connection, void **slot,
                            enum MHD_RequestTerminationCode code)
{
    struct reception *reception = arg;
    struct http_exchange *exchange = *slot;

    (void)connection;
    (void)code;
    if (!exchange)
        return;
    *slot = NULL;
    exchange->peer->since_ms = reception->now_ms;
    exchange_reset(exchange);
    LIST_REMOVE(exchange, entry);
    LIST_INSERT_HEAD(&reception->spare, exchange, entry);
}

void reception_give_up(struct reception *reception)
{
    for (struct http_exchange *each = LIST_FIRST(&reception->handed_out); each; each = LIST_NEXT(each, entry))
        MHD_resume_connection(each->connection);
}

void reception_clear(struct reception *reception)
{
    struct http_exchange *exchange;

    while ((exchange = LIST_FIRST(&reception->spare))) {
        LIST_REMOVE(exchange, entry);
        exchange_free(exchange);
    }
}
