/*
 * inspect_audit.h - the audit of one shard, for who reports its problems and who mends them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/shard.h"

struct problem {
    char *key, *text;
    char *subject; /* the lane, event, account, worker or count it is about, where the key does not say so; "" else */
};

/* What moves whenever anything does. */
struct audit_counts {
    int64_t events, bytes, token;
};

struct audit_result {
    int64_t keys, lanes, events;
    struct audit_counts before; /* wrong totals are wrong for as long as these do not move */
    struct problem *problems;
    size_t problem_count;
};

/* result is borrowed; NULL when err is not. */
typedef void audit_done_fn(void *arg, const struct audit_result *result, const struct error *err);
void audit_start(struct shard *shard, audit_done_fn *fn, void *arg);

/* As queue_audit has it, owned (cJSON_Delete). */
cJSON *audit_report(const struct audit_result *result);
