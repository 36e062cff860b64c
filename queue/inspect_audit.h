/*
 * inspect_audit.h - the audit of one shard, for who reports its problems and who mends them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/audit_result.h"
#include "queue/shard.h"

/* result is borrowed; NULL when err is not. */
typedef void audit_done_fn(void *arg, const struct audit_result *result, const struct error *err);
void audit_start(struct shard *shard, audit_done_fn *fn, void *arg);
