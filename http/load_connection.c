/*
 * load_connection.c - sockets without ceremony: what has to wait is watched, everything else is done at once.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/load_connection.h"

#include "http/load_answer.h"
#include "http/load_generator.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_MAX = 1 << 20, READ_SIZE = 16 << 10 };

void load_connection_init(struct load_connection *connection, struct loop *loop, const struct load_address *to,
                          load_answer_fn *answered, void *arg)
{
    *connection = (struct load_connection){.loop = loop, .to = to, .answered = answered, .arg = arg, .fd = -1};
    buf_init(&connection->out, LOAD_REQUEST_MAX);
    buf_init(&connection->in, ANSWER_MAX);
}

static void disconnect(struct load_connection *connection)
{
    watch_free(connection->watch);
    connection->watch = NULL;
    if (connection->fd >= 0)
        close(connection->fd);
    connection->fd = -1;
}

void load_connection_clear(struct load_connection *connection)
{
    disconnect(connection);
    buf_clear(&connection->out);
    buf_clear(&connection->in);
}

/* A server may close a connection on which nothing is asked. */
void load_connection_fail(struct load_connection *connection, const char *why)
{
    bool was_busy = connection->is_busy;

    disconnect(connection);
    connection->is_busy = false;
    if (was_busy)
        connection->answered(connection->arg, connection, 0, why);
}

/* What the socket does not take now is written when it can. False after a failure, which errno names. */
static bool write_out(struct load_connection *connection)
{
    while (connection->written < connection->out.size) {
        ssize_t size = write(connection->fd, connection->out.data + connection->written,
                             connection->out.size - connection->written);

        if (size >= 0)
            connection->written += (size_t)size;
        else if (errno == EAGAIN || errno == ENOTCONN || errno == EINPROGRESS)
            break;
        else if (errno != EINTR)
            return false;
    }
    watch_set(connection->watch, connection->written < connection->out.size ? WATCH_READ | WATCH_WRITE : WATCH_READ);
    return true;
}

/* False after a failure, or the end. */
static bool read_in(struct load_connection *connection)
{
    char bytes[READ_SIZE];
    ssize_t size = read(connection->fd, bytes, sizeof(bytes));

    if (size > 0)
        buf_add(&connection->in, bytes, (size_t)size);
    else if (size == 0)
        errno = 0;
    return size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR));
}

static void look_for_answer(struct load_connection *connection)
{
    struct load_answer answer;
    enum load_reading reading = load_answer_read(connection->in.data, connection->in.size, &answer);

    if (reading == LOAD_STRANGE || connection->in.overflow) {
        load_connection_fail(connection, "the answer is no HTTP/1.1 with a Content-Length");
        return;
    }
    if (reading == LOAD_MORE)
        return;
    if (answer.is_last)
        disconnect(connection);
    connection->is_busy = false;
    connection->answered(connection->arg, connection, answer.status, connection->in.data + answer.head_size);
}

static void on_watch(void *arg, unsigned events)
{
    struct load_connection *connection = arg;
    bool is_well = !connection->failure && ((events & WATCH_WRITE) == 0 || write_out(connection));

    if (is_well && (events & WATCH_READ))
        is_well = read_in(connection);
    if (connection->failure)
        errno = connection->failure;
    if (!is_well)
        load_connection_fail(connection, errno ? strerror(errno) : "the connection was closed without an answer");
    else if (connection->in.size > 0)
        look_for_answer(connection);
}

/* Whether it worked is found out by the first write. */
static void start_connecting(struct load_connection *connection)
{
    int on = 1;

    connection->fd = socket(connection->to->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connection->fd < 0)
        return;
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    (void)connect(connection->fd, (const struct sockaddr *)&connection->to->address, connection->to->size);
    connection->watch = watch_new(connection->loop, connection->fd, on_watch, connection);
}

void load_connection_send(struct load_connection *connection)
{
    connection->is_busy = true;
    connection->written = 0;
    connection->failure = 0;
    buf_reset(&connection->in);
    if (connection->fd < 0)
        start_connecting(connection);
    if (connection->fd < 0) {
        load_connection_fail(connection, strerror(errno));
    } else if (!write_out(connection)) {
        connection->failure = errno;
        watch_set(connection->watch, WATCH_READ | WATCH_WRITE);
    }
}
