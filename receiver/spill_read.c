/*
 * spill_read.c - see spill_read.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/spill_read.h"

#include "base/crc32c.h"
#include "receiver/spill_frame.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { WINDOW = 16384 };

bool spill_read_bytes(int fd, uint64_t at, void *bytes, size_t size, struct error *err)
{
    for (size_t done = 0; done < size;) {
        ssize_t count = pread(fd, (char *)bytes + done, size - done, (off_t)(at + done));

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return error_set(err, ERROR_SYSTEM, "cannot read the spill: %s",
                             count < 0 ? strerror(errno) : "it is shorter than it was");
        done += (size_t)count;
    }
    return true;
}

bool spill_write_bytes(int fd, uint64_t at, const void *bytes, size_t size, struct error *err)
{
    for (size_t done = 0; done < size;) {
        ssize_t count = pwrite(fd, (const char *)bytes + done, size - done, (off_t)(at + done));

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return error_set(err, ERROR_SYSTEM, "cannot write to the spill: %s",
                             count < 0 ? strerror(errno) : "nothing was taken");
        done += (size_t)count;
    }
    return true;
}

static bool read_record(const struct spill_bytes *bytes, uint64_t at, size_t size, struct buf *record,
                        struct error *err)
{
    char window[WINDOW];

    buf_reset(record);
    while (record->size < size) {
        size_t left = size - record->size, part = left < sizeof(window) ? left : sizeof(window);

        if (!spill_read_bytes(bytes->fd, at + record->size, window, part, err))
            return false;
        buf_add(record, window, part);
    }
    return true;
}

enum spill_look spill_look(const struct spill_bytes *bytes, uint64_t at, struct buf *record, struct error *err)
{
    char head[SPILL_FRAME_SIZE];
    struct spill_frame frame;

    if (bytes->end - at < sizeof(head))
        return SPILL_SHORT;
    if (!spill_read_bytes(bytes->fd, at, head, sizeof(head), err))
        return SPILL_UNREADABLE;
    if (!spill_frame_decode(head, &frame))
        return SPILL_DAMAGED;
    at += sizeof(head);
    if (bytes->end - at < frame.size)
        return SPILL_SHORT;
    if (!read_record(bytes, at, frame.size, record, err))
        return SPILL_UNREADABLE;
    return crc32c(record->data, record->size) == frame.checksum ? SPILL_WHOLE : SPILL_DAMAGED;
}

/* Looks at every NUL of the window at a place, as a frame begins with one. Sets found when there is a whole record. */
static bool find_in_window(const struct spill_bytes *bytes, uint64_t at, size_t size, uint64_t *found,
                           struct error *err)
{
    struct spill_frame frame;
    struct buf record;
    char window[WINDOW];
    enum spill_look look = SPILL_DAMAGED;

    if (!spill_read_bytes(bytes->fd, at, window, size, err))
        return false;
    buf_init(&record, SPILL_RECORD_MAX);
    for (size_t i = 0; i + SPILL_FRAME_SIZE <= size && look != SPILL_WHOLE && look != SPILL_UNREADABLE; i++) {
        if (window[i] != '\0' || !spill_frame_decode(window + i, &frame))
            continue;
        look = spill_look(bytes, at + i, &record, err);
        if (look == SPILL_WHOLE)
            *found = at + i;
    }
    buf_clear(&record);
    return look != SPILL_UNREADABLE;
}

bool spill_find(const struct spill_bytes *bytes, uint64_t from, uint64_t *found, struct error *err)
{
    uint64_t left;

    *found = bytes->end;
    for (uint64_t at = from; *found == bytes->end && bytes->end - at >= SPILL_FRAME_SIZE;) {
        left = bytes->end - at;
        size_t size = left < WINDOW ? (size_t)left : WINDOW;

        if (!find_in_window(bytes, at, size, found, err))
            return false;
        at += size - (SPILL_FRAME_SIZE - 1); /* a frame may begin in this window and end in the next */
    }
    return true;
}
