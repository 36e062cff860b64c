/*
 * redis_fixture.c - see redis_fixture.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fakes/redis_fixture.h"

#include "base/mem.h"
#include "tests/fakes/free_port.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 40, START_MS = 10000 };

struct redis_fixture {
    char *directory;
    char *socket;
    char *url;
    char *config;                   /* a sentinel's; NULL for others */
    char *arguments[ARGUMENTS_MAX]; /* owned, for every start */
    const char *ready_line;         /* what it logs when it listens */
    pid_t pid;                      /* 0 while it does not run */
    int log;                        /* of one that is loading; else -1 */
    redisContext *client;
};

static void give_up(const char *what)
{
    fprintf(stderr, "redis_fixture: %s: %s\n", what, strerror(errno));
    abort();
}

/* The child dies with the test, however that ends. */
static void become_server(struct redis_fixture *fixture, int log_fd, int is_slow)
{
    size_t count = 0;

    while (fixture->arguments[count])
        count++;
    if (is_slow) {
        fixture->arguments[count++] = mem_string("--key-load-delay");
        fixture->arguments[count] = mem_string("1000");
    }

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(log_fd, STDOUT_FILENO);
    execvp(fixture->arguments[0], fixture->arguments);
    _exit(127);
}

/* Reads the server's log until it says that it listens. */
static void wait_for_line(const struct redis_fixture *fixture, int log_fd)
{
    char text[8192] = "";
    size_t used = 0;
    struct pollfd ready = {.fd = log_fd, .events = POLLIN};

    while (used < sizeof(text) - 1 && poll(&ready, 1, START_MS) == 1) {
        ssize_t size = read(log_fd, text + used, sizeof(text) - 1 - used);

        if (size <= 0)
            break;
        used += (size_t)size;
        text[used] = '\0';
        if (strstr(text, fixture->ready_line))
            return;
    }
    fprintf(stderr, "%s\n", text);
    give_up("redis-server did not start");
}

/* Gives where its log can be read. */
static int spawn(struct redis_fixture *fixture, int is_slow)
{
    int log[2];

    if (pipe(log) != 0)
        give_up("pipe");
    fixture->pid = fork();
    if (fixture->pid < 0)
        give_up("fork");
    if (fixture->pid == 0)
        become_server(fixture, log[1], is_slow);
    close(log[1]);
    return log[0];
}

void redis_fixture_start(struct redis_fixture *fixture)
{
    int log = spawn(fixture, 0);

    wait_for_line(fixture, log);
    close(log); /* what it logs from now on is lost; it ignores that */
}

void redis_fixture_start_loading(struct redis_fixture *fixture)
{
    fixture->log = spawn(fixture, 1);
}

/* It takes no connection before it loads. */
int redis_fixture_is_loading(struct redis_fixture *fixture)
{
    redisContext *context = redisConnectUnix(fixture->socket);
    const char *ping[] = {"PING"};
    redisReply *reply = context && !context->err ? redisCommandArgv(context, 1, ping, NULL) : NULL;
    int result = !reply || reply->type == REDIS_REPLY_ERROR;

    freeReplyObject(reply);
    redisFree(context);
    return result;
}

static void set_arguments(struct redis_fixture *fixture, const char *const *extra)
{
    const char *const fixed[] = {
        "redis-server", "--port", "0",           "--unixsocket", fixture->socket, "--dir", fixture->directory,
        "--save",       "",       "--daemonize", "no",           "--logfile",     ""};
    size_t count = COUNT_OF(fixed);

    for (size_t i = 0; i < count; i++)
        fixture->arguments[i] = mem_string(fixed[i]);
    for (size_t i = 0; extra && extra[i] && count < ARGUMENTS_MAX - 1; i++)
        fixture->arguments[count++] = mem_string(extra[i]);
}

static struct redis_fixture *fixture_new(const char *ready_line)
{
    struct redis_fixture *fixture = mem_new(sizeof(*fixture));

    fixture->log = -1;
    fixture->directory = mem_string("/tmp/hookline-redis-XXXXXX");
    if (!mkdtemp(fixture->directory))
        give_up("mkdtemp");
    fixture->socket = mem_printf("%s/redis.sock", fixture->directory);
    fixture->url = mem_printf("unix://%s", fixture->socket);
    fixture->ready_line = ready_line;
    return fixture;
}

/* A sentinel keeps what it learns in its configuration, so it needs a file. */
struct redis_fixture *redis_fixture_open_sentinel(unsigned port, unsigned master_port)
{
    struct redis_fixture *fixture = fixture_new("+monitor master");
    FILE *file;

    fixture->config = mem_printf("%s/sentinel.conf", fixture->directory);
    file = fopen(fixture->config, "w");
    if (!file)
        give_up("sentinel.conf");
    fprintf(file, "port %u\nunixsocket %s\ndir %s\n", port, fixture->socket, fixture->directory);
    fprintf(file, "sentinel monitor mymaster 127.0.0.1 %u 1\n", master_port);
    fprintf(file, "sentinel down-after-milliseconds mymaster 1500\nsentinel failover-timeout mymaster 3000\n");
    fclose(file);
    fixture->arguments[0] = mem_string("redis-server");
    fixture->arguments[1] = mem_string(fixture->config);
    fixture->arguments[2] = mem_string("--sentinel");
    redis_fixture_start(fixture);
    return fixture;
}

struct redis_fixture *redis_fixture_open(const char *const *extra)
{
    struct redis_fixture *fixture = fixture_new("eady to accept connections");

    set_arguments(fixture, extra);
    redis_fixture_start(fixture);
    return fixture;
}

void redis_fixture_kill(struct redis_fixture *fixture)
{
    if (fixture->client)
        redisFree(fixture->client);
    fixture->client = NULL;
    if (fixture->pid == 0)
        return;
    if (fixture->log >= 0)
        close(fixture->log);
    fixture->log = -1;
    kill(fixture->pid, SIGKILL);
    waitpid(fixture->pid, NULL, 0);
    fixture->pid = 0;
}

void redis_fixture_start_as_replica(struct redis_fixture *fixture, unsigned master_port)
{
    size_t count = 0;

    while (fixture->arguments[count])
        count++;
    if (count + 3 >= ARGUMENTS_MAX)
        give_up("too many arguments");
    fixture->arguments[count] = mem_string("--replicaof");
    fixture->arguments[count + 1] = mem_string("127.0.0.1");
    fixture->arguments[count + 2] = mem_printf("%u", master_port);
    redis_fixture_start(fixture);
}

bool redis_fixture_is_running(const struct redis_fixture *fixture)
{
    return fixture->pid != 0;
}

void redis_fixture_freeze(struct redis_fixture *fixture)
{
    kill(fixture->pid, SIGSTOP);
}

void redis_fixture_thaw(struct redis_fixture *fixture)
{
    kill(fixture->pid, SIGCONT);
}

void redis_fixture_remove_files(const char *directory)
{
    DIR *entries = opendir(directory);
    struct dirent *entry;

    while (entries && (entry = readdir(entries)) != NULL) {
        char *path = mem_printf("%s/%s", directory, entry->d_name);

        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && unlink(path) != 0)
            redis_fixture_remove_files(path);
        mem_free(path);
    }
    if (entries)
        closedir(entries);
    rmdir(directory);
}

void redis_fixture_close(struct redis_fixture *fixture)
{
    if (!fixture)
        return;
    redis_fixture_kill(fixture);
    redis_fixture_remove_files(fixture->directory);
    mem_free(fixture->directory);
    mem_free(fixture->socket);
    mem_free(fixture->url);
    mem_free(fixture->config);
    for (size_t i = 0; fixture->arguments[i]; i++)
        mem_free(fixture->arguments[i]);
    mem_free(fixture);
}

const char *redis_fixture_url(const struct redis_fixture *fixture)
{
    return fixture->url;
}

const char *redis_fixture_socket(const struct redis_fixture *fixture)
{
    return fixture->socket;
}

const char *redis_fixture_directory(const struct redis_fixture *fixture)
{
    return fixture->directory;
}

/* A failover closes connections: the command is given once more on a new one. */
static redisReply *command(struct redis_fixture *fixture, const char *format, va_list values)
{
    redisReply *reply = NULL;

    for (int tries = 0; tries < 2 && !reply; tries++) {
        va_list copy;

        va_copy(copy, values);
        if (!fixture->client)
            fixture->client = redisConnectUnix(fixture->socket);
        reply = redisvCommand(fixture->client, format, copy);
        va_end(copy);
        if (!reply && tries == 0) {
            redisFree(fixture->client);
            fixture->client = NULL;
        }
    }
    if (!reply)
        give_up(fixture->client->errstr);
    return reply;
}

redisReply *redis_fixture_command(struct redis_fixture *fixture, const char *format, ...)
{
    va_list values;
    redisReply *reply;

    va_start(values, format);
    reply = command(fixture, format, values);
    va_end(values);
    return reply;
}

void redis_fixture_do(struct redis_fixture *fixture, const char *format, ...)
{
    va_list values;
    redisReply *reply;

    va_start(values, format);
    reply = command(fixture, format, values);
    va_end(values);
    if (reply->type == REDIS_REPLY_ERROR) {
        fprintf(stderr, "redis_fixture: %s: %s\n", format, reply->str);
        abort();
    }
    freeReplyObject(reply);
}

long long redis_fixture_number(struct redis_fixture *fixture, const char *format, ...)
{
    va_list values;
    redisReply *reply;
    long long number;

    va_start(values, format);
    reply = command(fixture, format, values);
    va_end(values);
    number = reply->type == REDIS_REPLY_INTEGER ? reply->integer : reply->str ? atoll(reply->str) : -1;
    freeReplyObject(reply);
    return number;
}

bool redis_fixture_has(struct redis_fixture *fixture, const char *name)
{
    redisReply *reply = redis_fixture_command(fixture, "COMMAND INFO %s", name);
    bool has_it = reply->elements == 1 && reply->element[0]->type == REDIS_REPLY_ARRAY;

    freeReplyObject(reply);
    return has_it;
}

int redis_fixture_listen(struct redis_fixture *fixture)
{
    int port = (int)free_port();

    redis_fixture_do(fixture, "CONFIG SET port %d", port);
    return port;
}

void redis_fixture_flush(struct redis_fixture *fixture)
{
    redis_fixture_do(fixture, "FLUSHALL");
}
