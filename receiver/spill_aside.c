/*
 * spill_aside.c - see spill_aside.h. They are opened for each use: that is rare, and an operator may take them away.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/spill_aside.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WINDOW = 16384 };

struct aside {
    int fd;
    uint64_t end;
};

static bool fail(const char *directory, const char *name, struct error *err)
{
    return error_set(err, ERROR_SYSTEM, "cannot set aside into %s/%s: %s", directory, name, strerror(errno));
}

/* A new file is there after a crash only when its directory is on disk, too. */
static bool sync_directory(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_synced = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return is_synced;
}

static bool aside_open(struct aside *aside, const char *directory, const char *name, struct error *err)
{
    char *path = mem_printf("%s/%s", directory, name);
    struct stat status = {0};

    aside->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    mem_free(path);
    if (aside->fd >= 0 && fstat(aside->fd, &status) == 0 && sync_directory(directory)) {
        aside->end = (uint64_t)status.st_size;
        return true;
    }
    (void)fail(directory, name, err);
    if (aside->fd >= 0)
        close(aside->fd);
    return false;
}

static bool aside_add(struct aside *aside, const void *bytes, size_t size, struct error *err)
{
    if (!spill_write_bytes(aside->fd, aside->end, bytes, size, err))
        return false;
    aside->end += size;
    return true;
}

/* What could not be written whole is taken back: the next try begins where this one did. */
static bool aside_close(struct aside *aside, uint64_t began, bool is_written, struct error *err)
{
    if (is_written && fdatasync(aside->fd) != 0)
        is_written = error_set(err, ERROR_SYSTEM, "cannot set aside: %s", strerror(errno));
    if (!is_written && ftruncate(aside->fd, (off_t)began) != 0)
        log_warn("half of what was set aside stays there; it is whole where it came from, and set aside again");
    close(aside->fd);
    return is_written;
}

bool spill_aside_copy(const char *directory, const char *name, const struct spill_bytes *bytes, uint64_t from,
                      uint64_t to, struct error *err)
{
    char window[WINDOW];
    struct aside aside;
    bool is_written = true;

    if (!aside_open(&aside, directory, name, err))
        return false;
    uint64_t began = aside.end;
    while (is_written && from < to) {
        size_t size = to - from < sizeof(window) ? (size_t)(to - from) : sizeof(window);

        is_written = spill_read_bytes(bytes->fd, from, window, size, err) && aside_add(&aside, window, size, err);
        from += size;
    }
    return aside_close(&aside, began, is_written, err);
}

bool spill_aside_add(const char *directory, const char *name, const struct buf *head, const struct buf *bytes,
                     struct error *err)
{
    struct aside aside;

    if (!aside_open(&aside, directory, name, err))
        return false;
    uint64_t began = aside.end;
    bool is_written = (began > 0 || aside_add(&aside, head->data, head->size, err)) &&
                      aside_add(&aside, bytes->data, bytes->size, err);
    return aside_close(&aside, began, is_written, err);
}
