/*
 * spill_aside.h - the files beside the spill's, for what must not be lost and cannot be used. Called by spill_file.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "receiver/spill_read.h"

/* Appends the bytes from a place to another to the file name in directory, and waits until they are on disk. */
MUST_CHECK bool spill_aside_copy(const char *directory, const char *name, const struct spill_bytes *bytes,
                                 uint64_t from, uint64_t to, struct error *err);

/* Appends bytes, behind head when the file is a new one. */
MUST_CHECK bool spill_aside_add(const char *directory, const char *name, const struct buf *head,
                                const struct buf *bytes, struct error *err);
