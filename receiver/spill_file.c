/*
 * spill_file.c - see spill_file.h. Opening it is in spill_recovery.c; the bytes are spill_frame.c's, the way past
 * damage is spill_read.c's.
 *
 * Records are only ever written behind the last whole one. The one thing that is overwritten is the position in the
 * head, which a crash may leave as it was. The file is not made shorter while it holds records: emptying it at the
 * end is enough, as what fills it up makes the receiver refuse deliveries until it has been read.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/spill_file.h"

#include "base/log.h"
#include "base/mem.h"
#include "receiver/spill_aside.h"
#include "receiver/spill_frame.h"
#include "receiver/spill_state.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define DAMAGED "events.damaged"
#define REFUSED "events.refused"

/* ---- appending ---- */

bool spill_file_write_head(struct spill_file *file, struct error *err)
{
    char head[SPILL_HEAD_SIZE];

    spill_head_encode(file->position, head);
    return spill_write_bytes(file->bytes.fd, 0, head, sizeof(head), err);
}

bool spill_file_cut(struct spill_file *file)
{
    file->is_cut = file->is_cut || ftruncate(file->bytes.fd, (off_t)file->bytes.end) == 0;
    return file->is_cut;
}

bool spill_file_has_room(const struct spill_file *file, size_t size)
{
    uint64_t taken = file->bytes.end + file->gathered.size;

    return size <= SPILL_RECORD_MAX && taken + SPILL_FRAME_SIZE + size <= file->max_bytes;
}

static void add_frame(struct buf *out, const void *record, size_t size)
{
    char frame[SPILL_FRAME_SIZE];

    spill_frame_encode(record, size, frame);
    buf_add(out, frame, sizeof(frame));
    buf_add(out, record, size);
}

bool spill_file_add(struct spill_file *file, const void *record, size_t size, struct error *err)
{
    if (!spill_file_has_room(file, size))
        return error_set(err, ERROR_LIMIT, "the spill is full: receiver.spill_max_bytes is %zu", file->max_bytes);
    add_frame(&file->gathered, record, size);
    file->gathered_events++;
    return true;
}

size_t spill_file_gathered(const struct spill_file *file)
{
    return file->gathered.size;
}

static bool append(struct spill_file *file, struct error *err)
{
    if (!spill_file_cut(file))
        return error_set(err, ERROR_SYSTEM, "cannot cut the spill: %s", strerror(errno));
    file->is_cut = false;
    return spill_write_bytes(file->bytes.fd, file->bytes.end, file->gathered.data, file->gathered.size, err) &&
           (fdatasync(file->bytes.fd) == 0 ||
            error_set(err, ERROR_SYSTEM, "cannot write the spill to disk: %s", strerror(errno)));
}

bool spill_file_flush(struct spill_file *file, struct error *err)
{
    bool is_written = file->gathered.size == 0 || append(file, err);

    if (is_written) {
        file->bytes.end += file->gathered.size;
        file->events += file->gathered_events;
        file->is_cut = true;
    }
    (void)spill_file_cut(file); /* when it cannot be cut now, the next append tries again before it writes */
    buf_clear(&file->gathered);
    file->gathered_events = 0;
    return is_written;
}

/* ---- reading ---- */

uint64_t spill_file_position(const struct spill_file *file)
{
    return file->position;
}

/* Past the last record nothing is worth keeping. The head is written behind the cut: a position beyond the end means
 * the beginning. */
static void move_to(struct spill_file *file, uint64_t position)
{
    struct error err;

    file->position = position;
    if (position == file->bytes.end && file->gathered.size == 0 && ftruncate(file->bytes.fd, SPILL_HEAD_SIZE) == 0) {
        file->position = file->bytes.end = SPILL_HEAD_SIZE;
        file->is_cut = true;
        file->events = 0;
    }
    if (!spill_file_write_head(file, &err))
        log_warn("%s: after a crash some events are queued again, which does no harm", err.text);
}

static bool set_damage_aside(struct spill_file *file, uint64_t *at, struct error *err)
{
    uint64_t from = *at, to;

    if (!spill_find(&file->bytes, from + 1, &to, err) ||
        !spill_aside_copy(file->directory, DAMAGED, &file->bytes, from, to, err))
        return false;
    log_error("the spill is damaged: what cannot be read is kept aside file=%s/" DAMAGED " bytes=%" PRIu64,
              file->directory, to - from);
    file->set_aside++;
    move_to(file, to);
    *at = file->position;
    return true;
}

enum spill_read spill_file_read(struct spill_file *file, uint64_t *at, struct buf *record, struct error *err)
{
    while (*at < file->bytes.end) {
        enum spill_look look = spill_look(&file->bytes, *at, record, err);

        if (look == SPILL_WHOLE) {
            *at += SPILL_FRAME_SIZE + record->size;
            return SPILL_RECORD;
        }
        if (look == SPILL_UNREADABLE)
            return SPILL_FAILED;
        if (*at != file->position)
            return SPILL_END; /* its turn comes when what is before it is gone: so it is set aside once */
        if (!set_damage_aside(file, at, err))
            return SPILL_FAILED;
    }
    return SPILL_END;
}

void spill_file_pass(struct spill_file *file, uint64_t to)
{
    file->events -= file->events > 0;
    move_to(file, to);
}

bool spill_file_refuse(struct spill_file *file, const void *record, size_t size, struct error *err)
{
    char head[SPILL_HEAD_SIZE];
    struct buf first, frame;

    spill_head_encode(SPILL_HEAD_SIZE, head);
    buf_init(&first, sizeof(head));
    buf_add(&first, head, sizeof(head));
    buf_init(&frame, SPILL_FRAME_SIZE + SPILL_RECORD_MAX);
    add_frame(&frame, record, size);
    bool is_kept = spill_aside_add(file->directory, REFUSED, &first, &frame, err);
    file->set_aside += is_kept;
    buf_clear(&frame);
    buf_clear(&first);
    return is_kept;
}

/* ---- how it is ---- */

bool spill_file_is_empty(const struct spill_file *file)
{
    return file->position == file->bytes.end && file->gathered.size == 0;
}

size_t spill_file_events(const struct spill_file *file)
{
    return file->events;
}

uint64_t spill_file_bytes(const struct spill_file *file)
{
    return file->bytes.end;
}

size_t spill_file_set_aside(const struct spill_file *file)
{
    return file->set_aside;
}

const char *spill_file_directory(const struct spill_file *file)
{
    return file->directory;
}
