/*
 * spill_recovery.c - opening the spill's file: its directory, its lock, and what a crash has left in it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/directory.h"
#include "base/log.h"
#include "base/mem.h"
#include "receiver/spill_frame.h"
#include "receiver/spill_state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(const struct spill_file *file, struct error *err)
{
    return error_set(err, ERROR_SYSTEM, "cannot use %s for the spill: %s", file->directory, strerror(errno));
}

static bool open_directory(struct spill_file *file, struct error *err)
{
    if (!directory_make(file->directory))
        return fail(file, err);
    file->directory_fd = open(file->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return file->directory_fd >= 0 || fail(file, err);
}

static bool take_lock(struct spill_file *file, struct error *err)
{
    file->lock_fd = openat(file->directory_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file->lock_fd < 0)
        return fail(file, err);
    if (flock(file->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno != EWOULDBLOCK)
        return fail(file, err);
    return error_set(err, ERROR_REFUSED, "%s is in use by another receiver: each needs a receiver.spill of its own",
                     file->directory);
}

/* The directory's own entry in the one above it matters as well. */
static bool begin(struct spill_file *file, struct error *err)
{
    int above = openat(file->directory_fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_synced;

    file->position = file->bytes.end = SPILL_HEAD_SIZE;
    if (above < 0)
        return fail(file, err);
    is_synced = spill_file_write_head(file, err) && (fdatasync(file->bytes.fd) == 0 || fail(file, err)) &&
                ((fsync(file->directory_fd) == 0 && fsync(above) == 0) || fail(file, err));
    close(above);
    return is_synced;
}

static bool read_head(struct spill_file *file, struct error *err)
{
    char head[SPILL_HEAD_SIZE];

    if (!spill_read_bytes(file->bytes.fd, 0, head, sizeof(head), err))
        return false;
    switch (spill_head_decode(head, &file->position)) {
    case SPILL_HEAD_UNKNOWN:
        return error_set(err, ERROR_REFUSED, "%s/events was written by another version of this program",
                         file->directory);
    case SPILL_HEAD_DAMAGED:
        log_error("the head of the spill is damaged: it is read from its first event file=%s/events", file->directory);
        file->position = SPILL_HEAD_SIZE;
        break;
    case SPILL_HEAD_GOOD:
        if (file->position < SPILL_HEAD_SIZE || file->position > file->bytes.end)
            file->position = SPILL_HEAD_SIZE;
    }
    return spill_file_write_head(file, err);
}

static bool cut_torn_tail(struct spill_file *file, uint64_t at, struct error *err)
{
    log_warn("the spill ends in a torn record, which nobody was told of: it is cut off file=%s/events bytes=%" PRIu64,
             file->directory, file->bytes.end - at);
    file->bytes.end = at;
    file->is_cut = false;
    return (spill_file_cut(file) && fdatasync(file->bytes.fd) == 0) || fail(file, err);
}

/* A damaged place stays until it is read. What ends the file with less than its frame asks for is a torn write; it was
 * not when a whole record follows. */
static bool pass_damage(struct spill_file *file, bool is_short, uint64_t *at, struct error *err)
{
    uint64_t next;

    if (!spill_find(&file->bytes, *at + 1, &next, err))
        return false;
    if (is_short && next == file->bytes.end && !cut_torn_tail(file, *at, err))
        return false;
    *at = next < file->bytes.end ? next : file->bytes.end;
    return true;
}

static bool look_at_all(struct spill_file *file, struct error *err)
{
    struct buf record;
    bool is_fine = true;

    buf_init(&record, SPILL_RECORD_MAX);
    for (uint64_t at = file->position; is_fine && at < file->bytes.end;) {
        enum spill_look look = spill_look(&file->bytes, at, &record, err);

        is_fine = look != SPILL_UNREADABLE;
        if (look == SPILL_WHOLE) {
            file->events++;
            at += SPILL_FRAME_SIZE + record.size;
        } else if (is_fine) {
            is_fine = pass_damage(file, look == SPILL_SHORT, &at, err);
        }
    }
    buf_clear(&record);
    return is_fine;
}

static bool open_events(struct spill_file *file, struct error *err)
{
    struct stat status;

    file->bytes.fd = openat(file->directory_fd, "events", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file->bytes.fd < 0 || fstat(file->bytes.fd, &status) != 0)
        return fail(file, err);
    file->bytes.end = (uint64_t)status.st_size;
    if (file->bytes.end < SPILL_HEAD_SIZE)
        return begin(file, err);
    return read_head(file, err) && look_at_all(file, err);
}

struct spill_file *spill_file_open(const char *directory, size_t max_bytes, struct error *err)
{
    struct spill_file *file = mem_new(sizeof(*file));

    file->directory = mem_string(directory);
    file->directory_fd = file->lock_fd = file->bytes.fd = -1;
    file->is_cut = true;
    file->max_bytes = max_bytes;
    buf_init(&file->gathered, max_bytes);
    if (open_directory(file, err) && take_lock(file, err) && open_events(file, err))
        return file;
    spill_file_close(file);
    return NULL;
}

static void close_descriptor(int fd)
{
    if (fd >= 0)
        close(fd);
}

void spill_file_close(struct spill_file *file)
{
    if (!file)
        return;
    close_descriptor(file->bytes.fd);
    close_descriptor(file->lock_fd);
    close_descriptor(file->directory_fd);
    buf_clear(&file->gathered);
    mem_free(file->directory);
    mem_free(file);
}
