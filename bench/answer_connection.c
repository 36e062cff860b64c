/*
 * answer_connection.c - one connection has one request in hand at a time; what comes behind it is kept until then.
 *
 * In the usual case a request comes whole with one read and is parsed where it lies, in the scratch that all share.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/answer_connection.h"

#include "base/buf.h"
#include "base/mem.h"
#include "bench/answer_question.h"
#include "bench/answer_reply.h"
#include "bench/answer_request.h"
#include "bench/answer_stats.h"

#include <errno.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SCRATCH_SIZE = 64 * 1024, OUT_MAX = 1024 * 1024 };

struct connection {
    TAILQ_ENTRY(connection) entry;
    TAILQ_ENTRY(connection) waiting;
    struct answerer *answerer;
    struct watch *watch;
    int fd;
    bool is_waiting; /* stands in line */
    bool is_held;    /* its request is never answered */
    bool is_broken;  /* to be closed by whoever is working on it */
    int64_t due_us;
    int64_t arrived_us;             /* the first byte of the request that is being read */
    struct piece reply;             /* to the request in hand; static */
    struct answer_segment *segment; /* of the write in hand, or NULL */
    struct buf in, out;             /* what could not be taken or sent yet */
};

struct answerer {
    struct loop *loop;
    struct timer *timer; /* runs while somebody waits */
    struct answer_stats *stats;
    int64_t delay_us;
    uint64_t hold_left;
    TAILQ_HEAD(, connection) connections;
    TAILQ_HEAD(, connection) line;
    char scratch[SCRATCH_SIZE];
};

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void forget_request(struct connection *connection)
{
    if (connection->segment)
        answer_stats_left(connection->segment);
    if (connection->is_waiting)
        TAILQ_REMOVE(&connection->answerer->line, connection, waiting);
    connection->segment = NULL;
    connection->is_waiting = false;
}

static void connection_close(struct connection *connection)
{
    forget_request(connection);
    TAILQ_REMOVE(&connection->answerer->connections, connection, entry);
    watch_free(connection->watch);
    close(connection->fd);
    buf_clear(&connection->in);
    buf_clear(&connection->out);
    mem_free(connection);
}

/* ---- answering ---- */

static size_t write_some(struct connection *connection, const char *bytes, size_t size)
{
    ssize_t written = send(connection->fd, bytes, size, MSG_NOSIGNAL);

    if (written < 0 && errno != EAGAIN && errno != EINTR)
        connection->is_broken = true;
    return written > 0 ? (size_t)written : 0;
}

static void send_reply(struct connection *connection, const char *bytes, size_t size)
{
    size_t written = connection->out.size == 0 ? write_some(connection, bytes, size) : 0;

    if (written == size)
        return;
    buf_add(&connection->out, bytes + written, size - written);
    connection->is_broken |= connection->out.overflow;
    watch_set(connection->watch, WATCH_READ | WATCH_WRITE);
}

static void send_rest(struct connection *connection)
{
    buf_consume(&connection->out, write_some(connection, connection->out.data, connection->out.size));
    if (connection->out.size == 0)
        watch_set(connection->watch, WATCH_READ);
}

static void answer_now(struct connection *connection)
{
    forget_request(connection);
    send_reply(connection, connection->reply.at, connection->reply.size);
}

static void answer_later(struct connection *connection)
{
    struct answerer *answerer = connection->answerer;

    connection->due_us = read_clock(CLOCK_MONOTONIC) + answerer->delay_us;
    connection->is_waiting = true;
    TAILQ_INSERT_TAIL(&answerer->line, connection, waiting);
    if (!timer_is_active(answerer->timer))
        timer_start(answerer->timer, answerer->delay_us / 1000);
}

/* ---- requests ---- */

static void note_write(struct connection *connection, const struct answer_request *request)
{
    struct answerer *answerer = connection->answerer;
    struct piece name = answer_request_segment(request);
    struct answer_arrival arrival = {connection->arrived_us, answer_request_marker(request), request->body.at,
                                     request->body.size};

    connection->segment = answer_stats_segment(answerer->stats, name.at, name.size);
    answer_stats_arrived(answerer->stats, connection->segment, &arrival);
    if (answerer->hold_left > 0) {
        answerer->hold_left--;
        connection->is_held = true;
    }
}

static void take_api_request(struct connection *connection, const struct answer_request *request)
{
    if (!piece_is(request->method, "GET"))
        note_write(connection, request);
    connection->reply = answer_reply(request);
    if (connection->is_held)
        return;
    if (connection->answerer->delay_us == 0)
        answer_now(connection);
    else
        answer_later(connection);
}

static void take_request(struct connection *connection, const struct answer_request *request)
{
    struct buf reply;

    answer_stats_count_request(connection->answerer->stats);
    if (!answer_question_is(request)) {
        take_api_request(connection, request);
        return;
    }
    buf_init(&reply, OUT_MAX);
    answer_question(connection->answerer->stats, request, &reply);
    send_reply(connection, reply.data, reply.size);
    buf_clear(&reply);
}

/* Takes what is whole in the bytes, until a request has to wait; gives how many bytes that were. */
static size_t take_requests(struct connection *connection, const char *bytes, size_t size)
{
    struct answer_request request;
    enum answer_parsed parsed = ANSWER_PARSED;
    size_t used = 0;

    while (parsed == ANSWER_PARSED && used < size && !connection->is_waiting && !connection->is_held &&
           !connection->is_broken) {
        parsed = answer_request_parse(bytes + used, size - used, &request);
        if (parsed != ANSWER_PARSED)
            break;
        take_request(connection, &request);
        used += request.size;
    }
    connection->is_broken |= parsed == ANSWER_MALFORMED;
    return used;
}

static void take_kept(struct connection *connection)
{
    buf_consume(&connection->in, take_requests(connection, connection->in.data, connection->in.size));
}

/* ---- events of the loop ---- */

static void take(struct connection *connection, const char *bytes, size_t size)
{
    if (connection->in.size > 0) {
        buf_add(&connection->in, bytes, size);
        take_kept(connection);
    } else {
        connection->arrived_us = read_clock(CLOCK_REALTIME);
        size_t used = take_requests(connection, bytes, size);
        buf_add(&connection->in, bytes + used, size - used);
    }
    connection->is_broken |= connection->in.overflow;
}

static void on_ready(void *arg, unsigned events)
{
    struct connection *connection = arg;
    char *scratch = connection->answerer->scratch;

    if ((events & WATCH_WRITE) && connection->out.size > 0)
        send_rest(connection);
    if (events & WATCH_READ) {
        ssize_t size = recv(connection->fd, scratch, SCRATCH_SIZE, 0);

        if (size > 0)
            take(connection, scratch, (size_t)size);
        else
            connection->is_broken |= size == 0 || (errno != EAGAIN && errno != EINTR);
    }
    if (connection->is_broken)
        connection_close(connection);
}

/* Answers everybody whose time has come, and waits for the next in line. */
static void on_due(void *arg)
{
    struct answerer *answerer = arg;
    int64_t now_us = read_clock(CLOCK_MONOTONIC);
    struct connection *connection;

    while ((connection = TAILQ_FIRST(&answerer->line)) && connection->due_us <= now_us) {
        answer_now(connection);
        if (connection->in.size > 0)
            take_kept(connection);
        if (connection->is_broken)
            connection_close(connection);
    }
    if (connection)
        timer_start(answerer->timer, (connection->due_us - now_us + 999) / 1000);
}

/* ---- life ---- */

struct answerer *answerer_new(struct loop *loop, int64_t delay_ms, uint64_t hold)
{
    struct answerer *answerer = mem_new(sizeof(*answerer));

    answerer->loop = loop;
    answerer->timer = timer_new(loop, on_due, answerer);
    answerer->stats = answer_stats_new();
    answerer->delay_us = delay_ms * 1000;
    answerer->hold_left = hold;
    TAILQ_INIT(&answerer->connections);
    TAILQ_INIT(&answerer->line);
    return answerer;
}

void answerer_free(struct answerer *answerer)
{
    if (!answerer)
        return;
    while (!TAILQ_EMPTY(&answerer->connections))
        connection_close(TAILQ_FIRST(&answerer->connections));
    timer_free(answerer->timer);
    answer_stats_free(answerer->stats);
    mem_free(answerer);
}

void answerer_add(struct answerer *answerer, int fd)
{
    struct connection *connection = mem_new(sizeof(*connection));

    connection->answerer = answerer;
    connection->fd = fd;
    buf_init(&connection->in, ANSWER_HEAD_MAX + ANSWER_BODY_MAX + SCRATCH_SIZE);
    buf_init(&connection->out, OUT_MAX);
    connection->watch = watch_new(answerer->loop, fd, on_ready, connection);
    watch_set(connection->watch, WATCH_READ);
    TAILQ_INSERT_TAIL(&answerer->connections, connection, entry);
    answer_stats_count_connection(answerer->stats);
}
