/*
 * proving.h - finding out in a child process whether a configuration is right.
 *
 * Compiling every rule takes memory that a process keeps for good, mostly pages of libjq; the supervisor, which runs
 * no rule, stays small this way.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "config/config.h"

/* config_load of path, after a child process has compiled every rule of it; NULL and the same err when it has not. */
MUST_CHECK struct config *proving_load(const char *path, struct error *err);
