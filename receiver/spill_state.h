/*
 * spill_state.h - what spill_file.c and spill_recovery.c share behind the struct spill_file.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "receiver/spill_file.h"
#include "receiver/spill_read.h"

struct spill_file {
    char *directory;
    int directory_fd;
    int lock_fd;
    struct spill_bytes bytes;
    bool is_cut; /* nothing is behind the end */
    size_t max_bytes;
    uint64_t position;
    size_t events;
    size_t set_aside;
    struct buf gathered;
    size_t gathered_events;
};

/* Writes the position into the head; not waiting for the disk. */
MUST_CHECK bool spill_file_write_head(struct spill_file *file, struct error *err);

/* Takes away what a failed write has left behind the end. */
bool spill_file_cut(struct spill_file *file);
