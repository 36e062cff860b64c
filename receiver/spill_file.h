/*
 * spill_file.h - events on the local disk, in order: a bounded file that is appended to and read from its beginning.
 *
 * Called by spill.c and spill_drain.c. It knows no Redis and no HTTP; a record is opaque bytes to it. Everything
 * blocks. In its directory: "events", the file; "events.damaged", what could not be read any more; "events.refused",
 * records that nobody takes, laid out as "events" is; "lock".
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spill_file;

/* Makes the directory when it is missing, takes its lock, and looks at every record. A torn one at the end is cut off
 * and said so in the log: it was never acknowledged. */
MUST_CHECK struct spill_file *spill_file_open(const char *directory, size_t max_bytes, struct error *err);
void spill_file_close(struct spill_file *file); /* what was added and not flushed is dropped; takes NULL */

/* ---- appending ---- */

/* Gathers a record for the next flush; false when the file would pass its bound. */
MUST_CHECK bool spill_file_add(struct spill_file *file, const void *record, size_t size, struct error *err);

/* One write and one fdatasync for all that was added. After a failure the file ends as before, and none of it is in it.
 */
MUST_CHECK bool spill_file_flush(struct spill_file *file, struct error *err);

/* Bytes gathered for the next flush. */
size_t spill_file_gathered(const struct spill_file *file);

/* ---- reading ---- */

enum spill_read {
    SPILL_RECORD,
    SPILL_END,    /* no more records, or none before a damaged place that is first when all before it are gone */
    SPILL_FAILED, /* err says why; the same call may succeed later */
};

/* Where the first record is that is not gone yet. */
uint64_t spill_file_position(const struct spill_file *file);

/* Fills record with the one at *at, which is moved behind it. A damaged place at the position is put into
 * events.damaged, with a line in the log, and passed over. */
MUST_CHECK enum spill_read spill_file_read(struct spill_file *file, uint64_t *at, struct buf *record,
                                           struct error *err);

/* The record at the position, which ends at to, is safe elsewhere. With the last one the file is emptied. A crash may
 * undo this, so what reads must bear to see a record again. */
void spill_file_pass(struct spill_file *file, uint64_t to);

/* Puts a record that nobody takes into events.refused. */
MUST_CHECK bool spill_file_refuse(struct spill_file *file, const void *record, size_t size, struct error *err);

/* ---- how it is ---- */

bool spill_file_is_empty(const struct spill_file *file);              /* nothing in it, and nothing gathered */
bool spill_file_has_room(const struct spill_file *file, size_t size); /* for a record of size */
size_t spill_file_events(const struct spill_file *file);              /* on disk and not passed */
uint64_t spill_file_bytes(const struct spill_file *file);             /* of the file, passed records included */
size_t spill_file_set_aside(const struct spill_file *file); /* damaged places and refused records, since opened */
const char *spill_file_directory(const struct spill_file *file);
