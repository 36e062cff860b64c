/*
 * input.h - a whole file, or standard input, within a bound.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/error.h"

/* Adds what path holds ("-": standard input) to out; false when it cannot be read or is longer than out may be. */
MUST_CHECK bool input_read(const char *path, struct buf *out, struct error *err);
