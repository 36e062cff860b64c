/*
 * bare.c - libmicrohttpd answering 202 and nothing else: what the receiver could do at most. `bare PORT`, ended by
 * SIGTERM.
 *
 * As http/server.c it runs on libmicrohttpd's own epoll descriptor, in one thread, reads each body to its end, and
 * answers about as many bytes as the receiver does.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <microhttpd.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum { WAIT_MS = 250 };

static const char body[] = "{\"id\":\"01JCZW0000000000000000000\",\"status\":\"queued\"}";

/* An MHD_AccessHandlerCallback. */
static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *path, const char *method,
                                  const char *version, const char *bytes, size_t *size, void **slot)
{
    static int seen;

    (void)arg, (void)path, (void)method, (void)version, (void)bytes;
    if (!*slot || *size > 0) {
        *slot = &seen;
        *size = 0;
        return MHD_YES;
    }
    struct MHD_Response *response =
        MHD_create_response_from_buffer(sizeof(body) - 1, (void *)body, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
    enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_ACCEPTED, response);
    MHD_destroy_response(response);
    return result;
}

int main(int argc, char **argv)
{
    int port = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 0;
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL, (unsigned short)port, NULL, NULL, on_request, NULL,
                                                 MHD_OPTION_CONNECTION_LIMIT, 4096U, MHD_OPTION_END);
    struct epoll_event event = {.events = EPOLLIN};
    int outer = epoll_create1(0);

    if (!daemon) {
        fprintf(stderr, "bare: cannot listen on port %d\n", port);
        return 1;
    }
    epoll_ctl(outer, EPOLL_CTL_ADD, MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, &event);
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        MHD_UNSIGNED_LONG_LONG wait_ms;
        int is_limited = MHD_get_timeout(daemon, &wait_ms) == MHD_YES && wait_ms < WAIT_MS;

        epoll_wait(outer, &event, 1, is_limited ? (int)wait_ms : WAIT_MS);
        MHD_run(daemon);
    }
}
