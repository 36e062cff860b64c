/*
 * answerer.c - an answering machine in Pinpoint's place, for what nginx cannot do: answer late, thousands at a time,
 * answer some never, and tell how late each write was.
 *
 *   answerer --listen 127.0.0.1:9090 [--delay-ms 400] [--hold 64]
 *
 * Prints "ready" when it listens; SIGTERM ends it. GET /bench/stats, /bench/again and /bench/count tell what arrived
 * (answer_stats.h), POST /bench/reset forgets it. A write tells when its event was made with "@<microseconds since
 * 1970>@" somewhere in its body.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/loop.h"
#include "base/mem.h"
#include "base/process.h"
#include "bench/answer_connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096, DELAY_MAX_MS = 10000, ACCEPTS_A_TURN = 64 };

struct options {
    const char *listen;
    long long delay_ms;
    long long hold;
};

struct listener {
    struct answerer *answerer;
    int fd;
};

static bool read_number(const char *text, long long max, long long *number)
{
    char *end;

    errno = 0;
    *number = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *number >= 0 && *number <= max;
}

static bool read_options(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"listen", required_argument, NULL, 'l'},
        {"delay-ms", required_argument, NULL, 'd'},
        {"hold", required_argument, NULL, 'h'},
        {0},
    };
    bool is_good = true;
    int letter;

    while (is_good && (letter = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (letter == 'l')
            options->listen = optarg;
        else if (letter == 'd')
            is_good = read_number(optarg, DELAY_MAX_MS, &options->delay_ms);
        else
            is_good = letter == 'h' && read_number(optarg, INT32_MAX, &options->hold);
    }
    return is_good && optind == argc && options->listen;
}

/* "127.0.0.1:9090" */
static bool read_address(const char *text, struct sockaddr_in *address)
{
    const char *colon = strchr(text, ':');
    char host[INET_ADDRSTRLEN] = "";
    long long port;

    if (!colon || (size_t)(colon - text) >= sizeof(host) || !read_number(colon + 1, UINT16_MAX, &port))
        return false;
    memcpy(host, text, (size_t)(colon - text));
    address->sin_family = AF_INET;
    address->sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, host, &address->sin_addr) == 1;
}

static bool set_non_blocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* The listening socket, or -1. */
static int listen_on(const char *text)
{
    struct sockaddr_in address = {0};
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    if (fd >= 0 && read_address(text, &address) && set_non_blocking(fd) &&
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
        bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static void on_connection(void *arg, unsigned events)
{
    const struct listener *listener = arg;
    int on = 1;

    (void)events;
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        int fd = accept(listener->fd, NULL, NULL);

        if (fd < 0)
            return;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        if (set_non_blocking(fd))
            answerer_add(listener->answerer, fd);
        else
            close(fd);
    }
}

static void on_signal(void *arg, int number)
{
    (void)number;
    loop_stop(arg);
}

static void run(struct loop *loop, struct listener *listener)
{
    struct watch *watch = watch_new(loop, listener->fd, on_connection, listener);

    watch_set(watch, WATCH_READ);
    loop_on_signal(loop, SIGTERM, on_signal, loop);
    loop_on_signal(loop, SIGINT, on_signal, loop);
    puts("ready");
    fflush(stdout);
    loop_run(loop);
    watch_free(watch);
}

int main(int argc, char **argv)
{
    struct options options = {0};
    struct listener listener = {0};

    process_follow_parent();
    if (!read_options(argc, argv, &options)) {
        fprintf(stderr, "usage: answerer --listen 127.0.0.1:PORT [--delay-ms 0 to %d] [--hold N]\n", DELAY_MAX_MS);
        return 2;
    }
    process_raise_descriptor_limit();
    listener.fd = listen_on(options.listen);
    if (listener.fd < 0) {
        fprintf(stderr, "answerer: cannot listen on %s: %s\n", options.listen, strerror(errno));
        return 1;
    }
    struct loop *loop = loop_new();
    listener.answerer = answerer_new(loop, options.delay_ms, (uint64_t)options.hold);
    run(loop, &listener);
    answerer_free(listener.answerer);
    close(listener.fd);
    loop_free(loop);
    return 0;
}
