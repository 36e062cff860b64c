/*
 * raw_client.c - see raw_client.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fakes/raw_client.h"

#include "tests/fakes/wait.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER_MAX = 64 << 20 };

static void see_end(struct raw_client *client, bool is_reset)
{
    client->is_closed = true;
    client->is_reset |= is_reset;
    watch_set(client->watch, 0);
    loop_stop(client->loop);
}

static void receive(struct raw_client *client)
{
    char bytes[16384];
    ssize_t size = recv(client->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

    if (size > 0)
        buf_add(&client->received, bytes, (size_t)size);
    else if (size == 0 || (errno != EAGAIN && errno != EINTR))
        see_end(client, size < 0);
    loop_stop(client->loop);
}

static void transmit(struct raw_client *client)
{
    ssize_t size = send(client->fd, client->unsent.data, client->unsent.size, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (size > 0)
        buf_consume(&client->unsent, (size_t)size);
    else if (size < 0 && errno != EAGAIN && errno != EINTR)
        buf_reset(&client->unsent); /* what the server said before it closed can still be read */
    if (!client->is_closed)
        watch_set(client->watch, client->unsent.size > 0 ? WATCH_READ | WATCH_WRITE : WATCH_READ);
}

static void on_events(void *arg, unsigned events)
{
    struct raw_client *client = arg;

    if (events & WATCH_WRITE)
        transmit(client);
    if (events & WATCH_READ)
        receive(client);
}

void raw_client_open(struct raw_client *client, struct loop *loop, unsigned port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int status;

    *client = (struct raw_client){.loop = loop, .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    buf_init(&client->received, BUFFER_MAX);
    buf_init(&client->unsent, BUFFER_MAX);
    status = connect(client->fd, (const struct sockaddr *)&address, sizeof(address));
    assert(status == 0);
    (void)status;
    client->watch = watch_new(loop, client->fd, on_events, client);
    watch_set(client->watch, WATCH_READ);
}

void raw_client_close(struct raw_client *client)
{
    watch_free(client->watch);
    close(client->fd);
    buf_clear(&client->received);
    buf_clear(&client->unsent);
}

void raw_client_send_bytes(struct raw_client *client, const void *bytes, size_t size)
{
    buf_add(&client->unsent, bytes, size);
    transmit(client);
}

void raw_client_send(struct raw_client *client, const char *text)
{
    raw_client_send_bytes(client, text, strlen(text));
}

/* How often text has come, by looking at each byte once. */
struct expectation {
    struct raw_client *client;
    const char *text;
    size_t missing;
    size_t from;
};

static bool has_come(struct expectation *expected)
{
    const char *start = expected->client->received.data;
    const char *at;

    while (expected->missing > 0 && (at = strstr(start + expected->from, expected->text))) {
        expected->missing--;
        expected->from = (size_t)(at - start) + strlen(expected->text);
    }
    if (expected->from + strlen(expected->text) < expected->client->received.size)
        expected->from = expected->client->received.size - strlen(expected->text); /* half of it may be there */
    return expected->missing == 0;
}

static bool is_over(void *arg)
{
    struct expectation *expected = arg;

    return has_come(expected) || expected->client->is_closed;
}

bool raw_client_await_count(struct raw_client *client, const char *text, size_t count)
{
    struct expectation expected = {client, text, count, 0};

    wait_until(client->loop, is_over, &expected);
    return has_come(&expected);
}

bool raw_client_await(struct raw_client *client, const char *text)
{
    return raw_client_await_count(client, text, 1);
}

static bool is_closed(void *arg)
{
    const struct raw_client *client = arg;

    return client->is_closed;
}

bool raw_client_await_close(struct raw_client *client)
{
    return wait_until(client->loop, is_closed, client);
}
