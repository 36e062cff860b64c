/*
 * redis_directory.c - what a private redis-server needs on the file system. Called by private_redis.c.
 *
 * Two servers over one append-only file would ruin it. The lock is on an open file that the server inherits, so it is
 * held until the server has really ended, even when the hookline that started it was killed.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/redis_directory.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/directory.h"
#include "base/mem.h"
#include "queue/private_redis.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_WAIT_MS = 5000, LOCK_LOOK_MS = 20, CONFIG_MAX = 8192 };

#define URL_MAX_BYTES (3 * PATH_MAX + 16)

/* ---- paths ---- */

static char *absolute(const char *path)
{
    char here[PATH_MAX];

    if (path[0] == '/' || !getcwd(here, sizeof(here)))
        return mem_string(path);
    return mem_printf("%s/%s", here, path);
}

/* '?' and '%' mean something in a url. */
static char *url_of_socket(const char *socket_path)
{
    struct buf url;

    buf_init(&url, URL_MAX_BYTES);
    buf_add_string(&url, "unix://");
    for (const char *c = socket_path; *c; c++)
        if (*c == '?' || *c == '%')
            buf_addf(&url, "%%%02X", (unsigned)(unsigned char)*c);
        else
            buf_add_char(&url, *c);
    return buf_take(&url);
}

char *private_redis_url_of(const char *directory)
{
    char *path = absolute(directory);
    char *socket_path = mem_printf("%s/redis.sock", path);
    char *url = url_of_socket(socket_path);

    mem_free(path);
    mem_free(socket_path);
    return url;
}

/* redis.conf quotes with '"'; what would have to be escaped in it is refused, as it is a mistake more often than not.
 */
static bool check_path(const struct redis_directory *directory, struct error *err)
{
    const size_t longest = sizeof(((struct sockaddr_un *)0)->sun_path) - 1;

    for (const char *c = directory->path; *c; c++)
        if ((unsigned char)*c < ' ' || *c == '"' || *c == '\\')
            return error_set(err, ERROR_INVALID,
                             "the private redis-server's directory has a \", a \\ or a control character "
                             "in its path");
    if (strlen(directory->socket_path) > longest)
        return error_set(err, ERROR_INVALID,
                         "%s is too long for a Unix socket (%zu bytes at most): choose a shorter directory",
                         directory->socket_path, longest);
    return true;
}

static bool make_directory(const char *path, struct error *err)
{
    return directory_make(path) ||
           error_set(err, ERROR_SYSTEM, "cannot use %s for the private redis-server: %s", path, strerror(errno));
}

/* ---- the lock ---- */

static long owner_of(int lock_fd)
{
    char text[32] = "";
    ssize_t size = pread(lock_fd, text, sizeof(text) - 1, 0);

    return size > 0 ? strtol(text, NULL, 10) : 0;
}

static void write_owner(int lock_fd)
{
    char *text = mem_printf("%ld\n", (long)getpid());

    if (ftruncate(lock_fd, 0) != 0 || pwrite(lock_fd, text, strlen(text), 0) < 0)
        fprintf(stderr, "cannot write who owns the lock: %s\n", strerror(errno)); /* the lock itself holds */
    mem_free(text);
}

/* A server that has not ended yet keeps the lock; whoever waits for it must not take it for ours. */
static void disown(const struct redis_directory *directory)
{
    if (directory->is_locked && ftruncate(directory->lock_fd, 0) != 0)
        fprintf(stderr, "cannot clear who owns the lock: %s\n", strerror(errno));
}

static bool is_alive(long pid)
{
    return pid > 0 && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

/* The lock of a hookline that is gone is held by its redis-server, which is ending and needs a moment. */
static bool lock(struct redis_directory *directory, struct error *err)
{
    const struct timespec moment = {.tv_nsec = LOCK_LOOK_MS * 1000000L};
    int64_t until_ms = clock_monotonic_ms() + LOCK_WAIT_MS;

    while (flock(directory->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        int failure = errno;
        long owner = owner_of(directory->lock_fd);

        if (failure != EWOULDBLOCK && failure != EINTR)
            return error_set(err, ERROR_SYSTEM, "cannot lock %s: %s", directory->path, strerror(failure));
        if (is_alive(owner) || clock_monotonic_ms() >= until_ms)
            return error_set(err, ERROR_REFUSED, "%s is in use by another hookline (pid %ld)", directory->path, owner);
        nanosleep(&moment, NULL);
    }
    directory->is_locked = true;
    write_owner(directory->lock_fd);
    return true;
}

void redis_directory_share_lock(const struct redis_directory *directory, bool is_shared)
{
    fcntl(directory->lock_fd, F_SETFD, is_shared ? 0 : FD_CLOEXEC);
}

/* ---- life ---- */

bool redis_directory_open(struct redis_directory *directory, const char *path, struct error *err)
{
    char *lock_path;

    directory->path = absolute(path);
    directory->config_path = mem_printf("%s/redis.conf", directory->path);
    directory->log_path = mem_printf("%s/redis.log", directory->path);
    directory->socket_path = mem_printf("%s/redis.sock", directory->path);
    directory->url = url_of_socket(directory->socket_path);
    directory->lock_fd = -1;
    if (!check_path(directory, err) || !make_directory(directory->path, err))
        return false;
    lock_path = mem_printf("%s/lock", directory->path);
    directory->lock_fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    mem_free(lock_path);
    if (directory->lock_fd < 0)
        return error_set(err, ERROR_SYSTEM, "cannot use %s for the private redis-server: %s", directory->path,
                         strerror(errno));
    return lock(directory, err);
}

void redis_directory_close(struct redis_directory *directory)
{
    if (directory->path && directory->lock_fd >= 0) {
        disown(directory);
        close(directory->lock_fd);
    }
    mem_free(directory->path);
    mem_free(directory->config_path);
    mem_free(directory->log_path);
    mem_free(directory->socket_path);
    mem_free(directory->url);
    memset(directory, 0, sizeof(*directory));
}

/* ---- its configuration ---- */

static void add_config(struct buf *out, const struct redis_directory *directory, const char *appendfsync)
{
    buf_add_string(out, "# Written by hookline at each start.\n");
    buf_addf(out, "port 0\nunixsocket \"%s\"\nunixsocketperm 700\n", directory->socket_path);
    buf_addf(out, "dir \"%s\"\nlogfile \"%s\"\nloglevel warning\n", directory->path, directory->log_path);
    buf_addf(out, "daemonize no\nsave \"\"\nappendonly yes\nappendfsync %s\n", appendfsync);
    buf_add_string(out, "maxmemory-policy noeviction\n");
    /* Under load the file grows by 64 MB every few seconds, and each rewriting takes a core for a moment. */
    buf_add_string(out, "auto-aof-rewrite-min-size 128mb\nrdbcompression no\n");
}

static bool write_file(const char *path, const struct buf *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool is_written;

    if (fd < 0)
        return false;
    is_written = write(fd, text->data, text->size) == (ssize_t)text->size;
    return close(fd) == 0 && is_written;
}

bool redis_directory_write_config(const struct redis_directory *directory, const char *appendfsync, struct error *err)
{
    struct buf text;
    bool is_written;

    if (strcmp(appendfsync, "always") != 0 && strcmp(appendfsync, "everysec") != 0)
        return error_set(err, ERROR_INVALID, "redis.appendfsync is \"always\" or \"everysec\", not \"%s\"",
                         appendfsync);
    buf_init(&text, CONFIG_MAX);
    add_config(&text, directory, appendfsync);
    is_written = !text.overflow && write_file(directory->config_path, &text);
    buf_clear(&text);
    return is_written || error_set(err, ERROR_SYSTEM, "cannot write %s: %s", directory->config_path, strerror(errno));
}

/* ---- the program ---- */

static bool is_in_path(const char *name)
{
    const char *path = getenv("PATH");
    bool is_found = false;

    while (path && *path && !is_found) {
        size_t size = strcspn(path, ":");
        char *candidate = mem_printf("%.*s/%s", (int)size, path, name);

        is_found = access(candidate, X_OK) == 0;
        mem_free(candidate);
        path += size + (path[size] == ':');
    }
    return is_found;
}

bool redis_directory_find_program(const char *program, struct error *err)
{
    if (program ? access(program, X_OK) == 0 || is_in_path(program) : is_in_path("redis-server"))
        return true;
    return error_set(err, ERROR_SYSTEM, "%s is not installed (Debian: apt-get install redis-server), or set redis.url",
                     program ? program : "redis-server");
}
