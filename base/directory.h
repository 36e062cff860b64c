/*
 * directory.h - making a directory that is ours alone.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

/* Makes path and what is missing above it, with mode 0700; one that is there stays as it is. False, and errno, when it
 * cannot be made or written to. */
MUST_CHECK bool directory_make(const char *path);
