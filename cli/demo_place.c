/*
 * demo_place.c - see demo_place.h. It removes only what it knows, below its own directory, and follows no links.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo_place.h"

#include "base/mem.h"
#include "cli/demo_config.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- ports ---- */

bool demo_port_is_free(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1; /* as the server will: connections that linger do not count */

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool is_free = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
                   bind(fd, (struct sockaddr *)&address, size) == 0 && listen(fd, 1) == 0 &&
                   getsockname(fd, (struct sockaddr *)&address, &size) == 0;
    if (fd >= 0)
        close(fd);
    if (is_free)
        *port = ntohs(address.sin_port);
    return is_free;
}

static bool settle_port(unsigned *port, bool is_chosen, struct error *err)
{
    unsigned wanted = *port;

    if (demo_port_is_free(port))
        return true;
    if (is_chosen)
        return error_set(err, ERROR_SYSTEM, "port %u is in use", wanted);
    *port = 0;
    return demo_port_is_free(port) || error_set(err, ERROR_SYSTEM, "no port is free");
}

/* ---- the directory ---- */

/* Makes path and what is missing above it. */
static bool make_directories(const char *path, struct error *err)
{
    char *part = mem_string(path);
    bool is_made = true;

    for (char *slash = strchr(part + 1, '/'); slash && is_made; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        is_made = mkdir(part, 0777) == 0 || errno == EEXIST;
        *slash = '/';
    }
    is_made = is_made && (mkdir(part, 0700) == 0 || errno == EEXIST);
    mem_free(part);
    return is_made || error_set(err, ERROR_SYSTEM, "cannot make %s: %s", path, strerror(errno));
}

/* A directory that is somebody else's, or a link to one, is not ours to clean. */
static bool claim_directory(const char *path, struct error *err)
{
    struct stat status;

    if (!make_directories(path, err))
        return false;
    if (lstat(path, &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != geteuid())
        return error_set(err, ERROR_SYSTEM, "%s is no directory of yours", path);
    if (chmod(path, 0700) != 0)
        return error_set(err, ERROR_SYSTEM, "cannot protect %s: %s", path, strerror(errno));
    return true;
}

/* Takes the lock, and writes our process id into it for whoever comes next. */
static bool take_lock(struct demo_place *place, struct error *err)
{
    char *path = mem_printf("%s/lock", place->directory);
    char pid[32] = "";

    place->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    mem_free(path);
    if (place->lock < 0)
        return error_set(err, ERROR_SYSTEM, "cannot write to %s: %s", place->directory, strerror(errno));
    if (flock(place->lock, LOCK_EX | LOCK_NB) != 0) {
        ssize_t size = read(place->lock, pid, sizeof(pid) - 1);

        pid[size > 0 ? size : 0] = '\0';
        return error_set(err, ERROR_REFUSED, "a demo is running already in %s (process %s); stop it, or use --dir",
                         place->directory, pid);
    }
    int size = snprintf(pid, sizeof(pid), "%ld", (long)getpid());
    if (ftruncate(place->lock, 0) != 0 || write(place->lock, pid, (size_t)size) != size)
        return error_set(err, ERROR_SYSTEM, "cannot write to %s: %s", place->directory, strerror(errno));
    return true;
}

/* ---- what an earlier demo left ---- */

static bool is_known(const char *const *patterns, const char *name)
{
    for (; *patterns; patterns++) {
        if (fnmatch(*patterns, name, 0) == 0)
            return true;
    }
    return false;
}

/* Removes the files in path that patterns know, and path itself when nothing else is in it. */
static void remove_known(const char *path, const char *const *patterns)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;

    if (!dir)
        return;
    while ((entry = readdir(dir))) {
        if (is_known(patterns, entry->d_name))
            unlinkat(fd, entry->d_name, 0);
    }
    closedir(dir);
    rmdir(path);
}

static void remove_old_queue(const struct demo_place *place)
{
    static const char *const append_only[] = {"*.aof", "*.rdb", "*.manifest", NULL};
    static const char *const server[] = {"redis.*", "*.rdb",  "*.aof", "*.conf", "*.log",
                                         "lock",    "*.lock", "*.pid", NULL};
    char *inner = mem_printf("%s/appendonlydir", place->queue_directory);

    remove_known(inner, append_only);
    remove_known(place->queue_directory, server);
    mem_free(inner);
    unlink(place->sandbox_log);
    unlink(place->serve_log);
    unlink(place->config_path);
}

/* ---- all of it ---- */

static bool write_config(const struct demo_place *place, struct error *err)
{
    int fd = open(place->config_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    char *text = demo_config_text(place);
    size_t size = strlen(text);
    bool is_written = fd >= 0 && write(fd, text, size) == (ssize_t)size;

    if (!is_written)
        error_set(err, ERROR_SYSTEM, "cannot write %s: %s", place->config_path, strerror(errno));
    if (fd >= 0)
        close(fd);
    mem_free(text);
    return is_written;
}

static void name_files(struct demo_place *place)
{
    place->queue_directory = mem_printf("%s/" DEMO_QUEUE, place->directory);
    place->config_path = mem_printf("%s/hookline.json", place->directory);
    place->sandbox_log = mem_printf("%s/sandbox.log", place->directory);
    place->serve_log = mem_printf("%s/serve.log", place->directory);
}

bool demo_place_open(struct demo_place *place, const struct demo_place_options *options, struct error *err)
{
    *place = (struct demo_place){.receiver_port = options->receiver_port,
                                 .sandbox_port = options->sandbox_port,
                                 .directory = mem_string(options->directory),
                                 .api_key = demo_config_key(),
                                 .lock = -1};
    name_files(place);
    if (!claim_directory(place->directory, err) || !take_lock(place, err) ||
        !settle_port(&place->receiver_port, options->is_port_chosen, err) ||
        !settle_port(&place->sandbox_port, false, err)) {
        demo_place_close(place);
        return false;
    }
    remove_old_queue(place);
    if (write_config(place, err))
        return true;
    demo_place_close(place);
    return false;
}

void demo_place_close(struct demo_place *place)
{
    if (place->lock >= 0)
        close(place->lock);
    mem_free(place->directory);
    mem_free(place->config_path);
    mem_free(place->queue_directory);
    mem_free(place->sandbox_log);
    mem_free(place->serve_log);
    mem_free(place->api_key);
    *place = (struct demo_place){.lock = -1};
}
