/*
 * audit_result.h - what an audit has found: for who reports it and who mends it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

#define AUDIT_PROBLEMS_MAX 1000

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
    struct problem *problems;   /* owned */
    size_t problem_count, problem_capacity;
};

/* All texts are copied; past AUDIT_PROBLEMS_MAX nothing is added. */
void audit_result_add(struct audit_result *result, const char *key, const char *text, const char *subject);
void audit_result_copy(struct audit_result *result, const struct audit_result *other); /* result is empty before */
void audit_result_clear(struct audit_result *result);

/* As queue_audit has it, owned (cJSON_Delete). */
cJSON *audit_result_report(const struct audit_result *result);
