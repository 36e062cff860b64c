/*
 * curl_loop.c - the multi-socket interface of libcurl on base/loop.
 *
 * libcurl says which sockets to watch and when to call it again; we call it when one of them stirs or the time has
 * come, and then collect the transfers that have ended.
 *
 * A connection is waited for only while a transfer is on it, but its watch stays as long as it is open: to take a
 * descriptor out of the kernel's list and put it in again would cost each request several system calls. So sockets of
 * connections are made and closed here. Others are libcurl's own, as between it and the thread that resolves a name.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/curl_loop.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct curl_loop {
    struct loop *loop;
    struct socket **sockets; /* by descriptor; NULL where there is none */
    size_t socket_count;
    CURLM *multi;
    struct timer *timer;
    curl_loop_done_fn *fn;
    void *arg;
};

struct socket {
    struct curl_loop *curl_loop;
    curl_socket_t fd;
    struct watch *watch;
    bool is_connection; /* made by open_connection: close_connection will be called */
    bool is_idle;       /* libcurl does not wait for it */
};

/* fn may start and end transfers, so nothing is kept from one message to the next. */
static void collect(struct curl_loop *curl_loop)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(curl_loop->multi, &left)))
        if (message->msg == CURLMSG_DONE)
            curl_loop->fn(curl_loop->arg, message->easy_handle, message->data.result);
}

/* An error here is about one transfer and reaches us as its end. */
static void stir(struct curl_loop *curl_loop, curl_socket_t fd, int events)
{
    int running;

    (void)curl_multi_socket_action(curl_loop->multi, fd, events, &running);
    collect(curl_loop);
}

/* libcurl may free the socket's record meanwhile. What stirs an idle connection is its end, for which libcurl looks
 * when it wants to use it again. */
static void on_watch(void *arg, unsigned events)
{
    struct socket *socket = arg;

    if (socket->is_idle)
        watch_set(socket->watch, 0);
    else
        stir(socket->curl_loop, socket->fd,
             ((events & WATCH_READ) ? CURL_CSELECT_IN : 0) | ((events & WATCH_WRITE) ? CURL_CSELECT_OUT : 0));
}

static void on_timer(void *arg)
{
    stir(arg, CURL_SOCKET_TIMEOUT, 0);
}

static struct socket *socket_find(const struct curl_loop *curl_loop, curl_socket_t fd)
{
    return (size_t)fd < curl_loop->socket_count ? curl_loop->sockets[fd] : NULL;
}

static void make_room(struct curl_loop *curl_loop, size_t count)
{
    if (count <= curl_loop->socket_count)
        return;
    curl_loop->sockets = mem_resize(curl_loop->sockets, count * sizeof(struct socket *));
    while (curl_loop->socket_count < count)
        curl_loop->sockets[curl_loop->socket_count++] = NULL;
}

static struct socket *socket_open(struct curl_loop *curl_loop, curl_socket_t fd, bool is_connection)
{
    struct socket *socket = mem_new(sizeof(*socket));

    socket->curl_loop = curl_loop;
    socket->fd = fd;
    socket->is_connection = is_connection;
    socket->watch = watch_new(curl_loop->loop, fd, on_watch, socket);
    make_room(curl_loop, (size_t)fd + 1);
    curl_loop->sockets[fd] = socket;
    return socket;
}

static void socket_close(struct socket *socket)
{
    if (!socket)
        return;
    socket->curl_loop->sockets[socket->fd] = NULL;
    watch_free(socket->watch);
    mem_free(socket);
}

/* libcurl's CURLOPT_OPENSOCKETFUNCTION. */
static curl_socket_t open_connection(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);

    (void)purpose;
    if (fd < 0)
        return CURL_SOCKET_BAD;
    socket_open(arg, fd, true);
    return fd;
}

/* libcurl's CURLOPT_CLOSESOCKETFUNCTION. */
static int close_connection(void *arg, curl_socket_t fd)
{
    socket_close(socket_find(arg, fd));
    return close(fd);
}

/* libcurl's CURLMOPT_SOCKETFUNCTION. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    struct curl_loop *curl_loop = arg;
    struct socket *socket = socket_find(curl_loop, fd);

    (void)easy;
    (void)known;
    if (what == CURL_POLL_REMOVE) {
        if (socket && socket->is_connection)
            socket->is_idle = true;
        else
            socket_close(socket);
        return 0;
    }
    if (!socket)
        socket = socket_open(curl_loop, fd, false);
    socket->is_idle = false;
    watch_set(socket->watch, ((what & CURL_POLL_IN) ? WATCH_READ : 0u) | ((what & CURL_POLL_OUT) ? WATCH_WRITE : 0u));
    return 0;
}

/* libcurl's CURLMOPT_TIMERFUNCTION. */
static int on_timeout(CURLM *multi, long timeout_ms, void *arg)
{
    struct curl_loop *curl_loop = arg;

    (void)multi;
    if (timeout_ms < 0)
        timer_stop(curl_loop->timer);
    else
        timer_start(curl_loop->timer, timeout_ms);
    return 0;
}

static CURLM *multi_new(struct curl_loop *curl_loop, long max_connections)
{
    CURLM *multi = NULL;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
        multi = curl_multi_init();
    if (!multi) {
        log_error("libcurl could not be started");
        abort();
    }
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, curl_loop);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timeout);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, curl_loop);
    curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, max_connections);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, max_connections);
    return multi;
}

struct curl_loop *curl_loop_new(struct loop *loop, long max_connections, curl_loop_done_fn *fn, void *arg)
{
    struct curl_loop *curl_loop = mem_new(sizeof(*curl_loop));

    curl_loop->loop = loop;
    curl_loop->fn = fn;
    curl_loop->arg = arg;
    curl_loop->timer = timer_new(loop, on_timer, curl_loop);
    curl_loop->multi = multi_new(curl_loop, max_connections);
    return curl_loop;
}

/* The multi handle goes first: closing its connections still calls on_socket, close_connection and on_timeout. */
void curl_loop_free(struct curl_loop *curl_loop)
{
    if (!curl_loop)
        return;
    curl_multi_cleanup(curl_loop->multi);
    timer_free(curl_loop->timer);
    mem_free(curl_loop->sockets);
    mem_free(curl_loop);
    curl_global_cleanup();
}

void curl_loop_prepare(struct curl_loop *curl_loop, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_connection);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, curl_loop);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_connection);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, curl_loop);
}

bool curl_loop_start(struct curl_loop *curl_loop, CURL *easy)
{
    return curl_multi_add_handle(curl_loop->multi, easy) == CURLM_OK;
}

void curl_loop_end(struct curl_loop *curl_loop, CURL *easy)
{
    curl_multi_remove_handle(curl_loop->multi, easy);
}
