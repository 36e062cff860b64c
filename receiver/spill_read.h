/*
 * spill_read.h - records out of the spill's file, and the way past what is no record. Called by spill_file.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum spill_look {
    SPILL_WHOLE,
    SPILL_SHORT,      /* a record may begin there, and the file ends within it */
    SPILL_DAMAGED,    /* no frame, or not the record that the frame speaks of */
    SPILL_UNREADABLE, /* the disk said no: err says why */
};

/* The file, and where it ends. */
struct spill_bytes {
    int fd;
    uint64_t end;
};

/* Fills record with the one whose frame is at a place. */
MUST_CHECK enum spill_look spill_look(const struct spill_bytes *bytes, uint64_t at, struct buf *record,
                                      struct error *err);

/* Where the next whole record begins, from a place on; the end when there is none. */
MUST_CHECK bool spill_find(const struct spill_bytes *bytes, uint64_t from, uint64_t *found, struct error *err);

/* Reads exactly size bytes, or writes them. */
MUST_CHECK bool spill_read_bytes(int fd, uint64_t at, void *bytes, size_t size, struct error *err);
MUST_CHECK bool spill_write_bytes(int fd, uint64_t at, const void *bytes, size_t size, struct error *err);
