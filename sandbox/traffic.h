/*
 * traffic.h - how much the API is asked, how much it lets through, and how well the client behaves.
 *
 * A token bucket limits the rate. Beside it counters: answers by status, the largest number in flight, and the
 * requests of a client that did not wait as Retry-After told it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/faults.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    TRAFFIC_SECONDS = 10,
    TRAFFIC_RATE_SECONDS = 4, /* over which the rate is an average */
    TRAFFIC_STATUS_MAX = 600,
};

/* A request on its way when the 429 left has done nothing wrong. */
#define TRAFFIC_GRACE_MS 100

struct traffic {
    double rate; /* requests a second; 0 means no limit */
    unsigned burst;
    double tokens;
    int64_t filled_ms;

    uint64_t requests;
    uint64_t answers[TRAFFIC_STATUS_MAX]; /* by status */
    uint64_t faults[FAULT_NONE];
    uint64_t in_flight, in_flight_max;
    uint64_t inside_retry_after;
    int64_t window_start_ms, window_end_ms; /* of the last Retry-After */

    uint64_t recent[TRAFFIC_SECONDS]; /* requests by second, the current one included */
    int64_t recent_s[TRAFFIC_SECONDS];
};

/* Sets the limit; the bucket is full. burst 0 means the rate, at least 1. */
void traffic_limit(struct traffic *traffic, double rate, unsigned burst);

/* Forgets all but the limit and what is in flight. */
void traffic_reset(struct traffic *traffic);

void traffic_arrived(struct traffic *traffic);
void traffic_left(struct traffic *traffic, int status); /* status 0: without an answer */

/* Whether the limit lets one request through; if not, *wait_s is when it will. */
bool traffic_take(struct traffic *traffic, int64_t *wait_s);

/* A 429 with that Retry-After ("" for none) has been sent. */
void traffic_told_to_wait(struct traffic *traffic, const char *retry_after);

/* Requests a second, over the last few. */
double traffic_rate(const struct traffic *traffic);

/* The counters, added to object. */
void traffic_print(const struct traffic *traffic, cJSON *object);
