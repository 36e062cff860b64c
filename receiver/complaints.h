/*
 * complaints.h - log lines about deliveries that were not taken, few enough that a flood of them fills no disk.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "receiver/verdict.h"

#include <stdbool.h>
#include <stdint.h>

#define COMPLAINT_EVERY_MS 1000

/* All zeroes to begin with. */
struct complaints {
    struct {
        int64_t logged_ms; /* by the monotonic clock */
        bool was_logged;
        uint64_t hidden; /* since then */
    } of[VERDICT_COUNT];
};

/* Logs one line, at most one a second for each verdict; the next one says how many were left out between them. */
void complaints_log(struct complaints *complaints, enum verdict verdict, const char *source, const char *reason);
