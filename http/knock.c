/*
 * knock.c - a socket that connects, sends one request and reads the first line of what comes back.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/knock.h"

#include "base/mem.h"
#include "http/endpoint.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SCHEME     "http://"
#define STATUS_AT  9  /* in "HTTP/1.1 200 OK" */
#define STATUS_END 12 /* what has to be read of it */

struct knock {
    struct loop *loop;
    char *authority; /* "host:port" */
    char *request;
    knock_fn *fn;
    void *arg;
    int fd; /* -1 while nothing is asked */
    struct watch *watch;
    struct timer *timer; /* while something is asked: its end at the latest */
    bool is_sent;
    char head[STATUS_END];
    size_t head_size;
    struct error err; /* what is said when the timer ends it */
};

static void hang_up(struct knock *knock)
{
    timer_stop(knock->timer);
    watch_free(knock->watch);
    knock->watch = NULL;
    if (knock->fd >= 0)
        close(knock->fd);
    knock->fd = -1;
}

static void finish(struct knock *knock, int status)
{
    hang_up(knock);
    knock->fn(knock->arg, status, &knock->err);
}

static void on_timer(void *arg)
{
    finish(arg, 0);
}

static void fail(struct knock *knock, const char *why)
{
    error_set(&knock->err, ERROR_UNAVAILABLE, "%s: %s", knock->authority, why);
    finish(knock, 0);
}

static void send_request(struct knock *knock)
{
    size_t size = strlen(knock->request);

    if (send(knock->fd, knock->request, size, MSG_NOSIGNAL) != (ssize_t)size) { /* an empty socket takes all of it */
        fail(knock, strerror(errno));
        return;
    }
    watch_set(knock->watch, WATCH_READ);
    knock->is_sent = true;
}

static int status_in(const char head[STATUS_END])
{
    const char *digits = head + STATUS_AT;

    if (memcmp(head, "HTTP/1.", 7) != 0 || !isdigit((unsigned char)digits[0]) || !isdigit((unsigned char)digits[1]) ||
        !isdigit((unsigned char)digits[2]))
        return 0;
    return (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';
}

static void read_status(struct knock *knock)
{
    ssize_t size = recv(knock->fd, knock->head + knock->head_size, sizeof(knock->head) - knock->head_size, 0);

    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (size <= 0) {
        fail(knock, size < 0 ? strerror(errno) : "no answer");
        return;
    }
    knock->head_size += (size_t)size;
    if (knock->head_size < sizeof(knock->head))
        return;
    if (status_in(knock->head) > 0)
        finish(knock, status_in(knock->head));
    else
        fail(knock, "this is no answer of HTTP");
}

static void on_socket(void *arg, unsigned events)
{
    struct knock *knock = arg;

    (void)events;
    if (knock->is_sent)
        read_status(knock);
    else
        send_request(knock);
}

/* A socket that is connecting, or -1 and errno. */
static int begin_connecting(const struct addrinfo *found)
{
    int fd = socket(found->ai_family, found->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, found->ai_protocol);
    int reason;

    if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen) == 0 || errno == EINPROGRESS)
        return fd;
    reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

/* The host's first address that can be tried: what listens on a name does it on the first as well. */
static int reach(const char *authority, const char **why)
{
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *found;
    struct endpoint endpoint;
    int fd = -1, status;

    *why = "expected host:port or [v6]:port";
    if (!endpoint_read(&endpoint, authority))
        return -1;
    status = getaddrinfo(endpoint.host, endpoint.port, &wanted, &found);
    endpoint_clear(&endpoint);
    *why = gai_strerror(status);
    if (status != 0)
        return -1;
    for (const struct addrinfo *each = found; each && fd < 0; each = each->ai_next)
        fd = begin_connecting(each);
    *why = strerror(errno);
    freeaddrinfo(found);
    return fd;
}

void knock_ask(struct knock *knock, int64_t timeout_ms)
{
    const char *why;

    assert(knock->fd < 0 && !timer_is_active(knock->timer));
    knock->is_sent = false;
    knock->head_size = 0;
    knock->fd = reach(knock->authority, &why);
    error_set(&knock->err, ERROR_UNAVAILABLE, "%s: %s", knock->authority, knock->fd < 0 ? why : "no answer in time");
    timer_start(knock->timer, knock->fd < 0 ? 0 : timeout_ms);
    if (knock->fd < 0)
        return;
    knock->watch = watch_new(knock->loop, knock->fd, on_socket, knock);
    watch_set(knock->watch, WATCH_WRITE);
}

struct knock *knock_new(struct loop *loop, const char *url, knock_fn *fn, void *arg)
{
    struct knock *knock = mem_new(sizeof(*knock));
    const char *authority = url + strlen(SCHEME), *path = strchr(authority, '/');

    assert(strncmp(url, SCHEME, strlen(SCHEME)) == 0 && path);
    knock->loop = loop;
    knock->authority = mem_copy(authority, (size_t)(path - authority));
    knock->request = mem_printf("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path, knock->authority);
    knock->fn = fn;
    knock->arg = arg;
    knock->fd = -1;
    knock->timer = timer_new(loop, on_timer, knock);
    return knock;
}

void knock_free(struct knock *knock)
{
    if (!knock)
        return;
    hang_up(knock);
    timer_free(knock->timer);
    mem_free(knock->authority);
    mem_free(knock->request);
    mem_free(knock);
}
