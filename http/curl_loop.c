/*
 * curl_loop.c - the multi-socket interface of libcurl on base/loop.
 *
 * libcurl says which sockets to watch and when to call it again; we call it when one of them stirs or the time has
 * come, and then collect the transfers that have ended.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/curl_loop.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>

struct curl_loop {
    struct loop *loop;
    CURLM *multi;
    struct timer *timer;
    curl_loop_done_fn *fn;
    void *arg;
};

/* A socket that libcurl waits for. */
struct socket {
    struct curl_loop *curl_loop;
    curl_socket_t fd;
    struct watch *watch;
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

/* libcurl may free the socket's record meanwhile. */
static void on_watch(void *arg, unsigned events)
{
    struct socket *socket = arg;

    stir(socket->curl_loop, socket->fd,
         ((events & WATCH_READ) ? CURL_CSELECT_IN : 0) | ((events & WATCH_WRITE) ? CURL_CSELECT_OUT : 0));
}

static void on_timer(void *arg)
{
    stir(arg, CURL_SOCKET_TIMEOUT, 0);
}

static struct socket *socket_open(struct curl_loop *curl_loop, curl_socket_t fd)
{
    struct socket *socket = mem_new(sizeof(*socket));

    socket->curl_loop = curl_loop;
    socket->fd = fd;
    socket->watch = watch_new(curl_loop->loop, fd, on_watch, socket);
    curl_multi_assign(curl_loop->multi, fd, socket);
    return socket;
}

static void socket_close(struct socket *socket)
{
    if (!socket)
        return;
    watch_free(socket->watch);
    mem_free(socket);
}

/* libcurl's CURLMOPT_SOCKETFUNCTION. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    struct curl_loop *curl_loop = arg;
    struct socket *socket = known;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        socket_close(socket);
        curl_multi_assign(curl_loop->multi, fd, NULL);
        return 0;
    }
    if (!socket)
        socket = socket_open(curl_loop, fd);
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

/* The multi handle goes first: closing its connections still calls on_socket and on_timeout. */
void curl_loop_free(struct curl_loop *curl_loop)
{
    if (!curl_loop)
        return;
    curl_multi_cleanup(curl_loop->multi);
    timer_free(curl_loop->timer);
    mem_free(curl_loop);
    curl_global_cleanup();
}

bool curl_loop_start(struct curl_loop *curl_loop, CURL *easy)
{
    return curl_multi_add_handle(curl_loop->multi, easy) == CURLM_OK;
}

void curl_loop_end(struct curl_loop *curl_loop, CURL *easy)
{
    curl_multi_remove_handle(curl_loop->multi, easy);
}
