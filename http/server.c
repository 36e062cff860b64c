/*
 * server.c - libmicrohttpd on the loop.
 *
 * It runs without threads of its own: its epoll descriptor is watched, and when that stirs, or an answer was given, it
 * is run until it has nothing left to do.
 *
 * Time: libmicrohttpd closes a connection that is silent for idle_timeout_s. One that is never silent but sends or
 * reads a byte at a time is closed when REQUEST_TIMEOUTS times that has passed since it was opened or last answered.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server.h"

#include "base/clock.h"
#include "base/mem.h"
#include "http/listen.h"
#include "http/reception.h"

#include <unistd.h>

#define DEFAULT_MAX_BODY_BYTES  (1u << 20)
#define DEFAULT_MAX_CONNECTIONS 1024u
#define DEFAULT_IDLE_TIMEOUT_S  30u
#define REQUEST_TIMEOUTS        2                  /* idle timeouts: 60 s unless configured */
#define CONNECTION_MEMORY_BYTES ((size_t)16 << 10) /* the head of a request and a piece of its body */
#define RUNS_MAX                8                  /* then the rest of the process has its turn */
#define TICK_MS                 250                /* how late a timeout may be seen */

struct http_server {
    struct MHD_Daemon *daemon;
    struct watch *watch;
    struct timer *run_timer; /* libmicrohttpd has work to do and no descriptor that would say so */
    struct timer *tick;      /* while there are connections */
    char *address;
    unsigned port;
    bool is_quiet;
    bool is_resumed; /* a connection was, and libmicrohttpd has not run since */

    struct reception reception;
    struct peers peers;
    int64_t request_max_ms;
};

/* libmicrohttpd leaves connections that have more to do at once in its own list, which epoll does not see. */
static bool wants_run(struct http_server *server)
{
    MHD_UNSIGNED_LONG_LONG wait_ms;

    return server->is_resumed || (MHD_get_timeout(server->daemon, &wait_ms) == MHD_YES && wait_ms == 0);
}

static void run(struct http_server *server)
{
    bool is_wanted = true;

    server->reception.now_ms = clock_monotonic_ms();
    for (int i = 0; is_wanted && i < RUNS_MAX; i++) {
        server->is_resumed = false;
        MHD_run(server->daemon);
        is_wanted = wants_run(server);
    }
    if (is_wanted)
        timer_start(server->run_timer, 0);
    else
        timer_stop(server->run_timer);
}

static void on_run_timer(void *arg)
{
    run(arg);
}

/* Many answers in one turn make one run. */
static void on_resumed(void *arg)
{
    struct http_server *server = arg;

    server->is_resumed = true;
    if (!timer_is_active(server->run_timer))
        timer_start(server->run_timer, 0);
}

static void on_watch(void *arg, unsigned events)
{
    (void)events;
    run(arg);
}

/* libmicrohttpd notices a timeout only when it runs. */
static void on_tick(void *arg)
{
    struct http_server *server = arg;

    peers_cut_slow(&server->peers, clock_monotonic_ms(), server->request_max_ms);
    run(server);
}

/* libmicrohttpd's MHD_OPTION_NOTIFY_CONNECTION. */
static void on_connection(void *arg, struct MHD_Connection *connection, void **slot,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http_server *server = arg;

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *slot = peers_add(&server->peers, connection, server->reception.now_ms);
        if (!timer_is_active(server->tick))
            timer_repeat(server->tick, TICK_MS);
        return;
    }
    peers_remove(*slot);
    if (LIST_EMPTY(&server->peers))
        timer_stop(server->tick);
}

static struct MHD_Daemon *start_daemon(struct http_server *server, const struct http_server_options *options, int fd)
{
    unsigned idle_s = options->idle_timeout_s ? options->idle_timeout_s : DEFAULT_IDLE_TIMEOUT_S;
    unsigned connections = options->max_connections ? options->max_connections : DEFAULT_MAX_CONNECTIONS;
    struct MHD_OptionItem items[] = {
        {MHD_OPTION_LISTEN_SOCKET, fd, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)connections, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)idle_s, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY_BYTES, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, server},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)reception_on_completed, &server->reception},
        {MHD_OPTION_END, 0, NULL},
    };

    server->request_max_ms = (int64_t)idle_s * 1000 * REQUEST_TIMEOUTS;
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, reception_on_request,
                            &server->reception, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
}

static void watch_daemon(struct http_server *server, struct loop *loop)
{
    int fd = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;

    server->run_timer = timer_new(loop, on_run_timer, server);
    server->tick = timer_new(loop, on_tick, server);
    server->watch = watch_new(loop, fd, on_watch, server);
    watch_set(server->watch, WATCH_READ);
}

struct http_server *http_server_open(struct loop *loop, const struct http_server_options *options, struct error *err)
{
    struct http_server *server;
    struct listening listening;

    if (!listening_open(options->listen, &listening, err))
        return NULL;
    server = mem_new(sizeof(*server));
    server->address = listening.address;
    server->port = listening.port;
    server->reception = (struct reception){
        .handler = options->handler,
        .arg = options->arg,
        .max_body_bytes = options->max_body_bytes ? options->max_body_bytes : DEFAULT_MAX_BODY_BYTES,
        .resumed = on_resumed,
        .resumed_arg = server,
    };
    server->daemon = start_daemon(server, options, listening.fd);
    if (!server->daemon) { /* which may have closed the descriptor, or not */
        mem_free(server->address);
        mem_free(server);
        error_set(err, ERROR_SYSTEM, "cannot listen on %s: libmicrohttpd could not be started", options->listen);
        return NULL;
    }
    watch_daemon(server, loop);
    return server;
}

unsigned http_server_port(const struct http_server *server)
{
    return server->port;
}

const char *http_server_address(const struct http_server *server)
{
    return server->address;
}

size_t http_server_pending(const struct http_server *server)
{
    return server->reception.pending;
}

/* Those who have connected already, but were not accepted yet, are let in first. */
void http_server_quiet(struct http_server *server)
{
    MHD_socket fd;

    if (server->is_quiet)
        return;
    server->is_quiet = true;
    run(server);
    fd = MHD_quiesce_daemon(server->daemon);
    if (fd != MHD_INVALID_SOCKET)
        close(fd);
}

void http_server_close(struct http_server *server)
{
    if (!server)
        return;
    reception_give_up(&server->reception);
    watch_free(server->watch);
    MHD_stop_daemon(server->daemon);
    timer_free(server->run_timer);
    timer_free(server->tick);
    reception_clear(&server->reception);
    mem_free(server->address);
    mem_free(server);
}
