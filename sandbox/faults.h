/*
 * faults.h - how the sandbox misbehaves: which share of the API's requests meets which misfortune.
 *
 *   500=0.05,lost=0.02,429=0.1,retry_after=date:3,only=POST,times=10
 *
 * Shares are probabilities and add up to at most 1. The settings behind them say what a fault looks like and
 * whom it hits. Drawing is repeatable: the same seed and the same requests meet the same faults.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "sandbox/dice.h"

#include <stdbool.h>
#include <stdint.h>

enum fault {
    FAULT_401,
    FAULT_403,
    FAULT_429,
    FAULT_500,
    FAULT_502,
    FAULT_503,
    FAULT_504,
    FAULT_RESET,    /* the connection is dropped, nothing was done */
    FAULT_LOST,     /* the write is done, then the connection is dropped without an answer */
    FAULT_LATE_500, /* the write is done, the answer is a 500 all the same */
    FAULT_BROKEN,   /* the write is done, the answer is a success whose body stops half way */
    FAULT_SLOW,     /* the write is done, the answer comes slow_ms later */
    FAULT_NONE,
};

enum retry_after_form {
    RETRY_AFTER_SECONDS,
    RETRY_AFTER_DATE,
    RETRY_AFTER_LEFT_OUT,
    RETRY_AFTER_NONSENSE,
};

struct sandbox_faults {
    double share[FAULT_NONE];
    enum retry_after_form retry_after_form;
    int64_t retry_after_s; /* told with a 429 and a 503; 0 means 1 */
    int64_t slow_ms;       /* 0 means 5 s */
    char only[8];          /* "GET", "POST", "PUT" or "writes"; "" means every request */
    int64_t times;         /* this many faults, then all shares are 0; 0 means no end */
};

/* The text above; "" means none. err->text names the part that is wrong and what is known. */
MUST_CHECK bool sandbox_faults_parse(const char *text, struct sandbox_faults *faults, struct error *err);

/* The same text again, added to out. */
void faults_print(const struct sandbox_faults *faults, struct buf *out);

const char *fault_name(enum fault fault);
bool fault_is_after_write(enum fault fault); /* whether the request is performed all the same */

int64_t faults_slow_ms(const struct sandbox_faults *faults); /* never 0 */

/* The value of Retry-After as faults say, owned; NULL when it is left out. The seconds that they leave open are
 * fallback_s. */
char *faults_retry_after(const struct sandbox_faults *faults, int64_t fallback_s, int64_t now_ms);

/* The fault that the next request with that method meets. Counts faults->times down. */
enum fault faults_draw(struct sandbox_faults *faults, struct dice *dice, const char *method);
