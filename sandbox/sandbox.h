/*
 * sandbox.h - a stand-in for Pinpoint to develop and test against: its API, its webhook, and a recruiter's page.
 *
 * It lives on a loop: tests open it on port 0 inside their own process, the program's sandbox command on a fixed
 * one. Everything is in memory. What it answers, what it refuses and what it adds: docs/sandbox.md.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "base/loop.h"
#include "sandbox/faults.h"

#include <stdint.h>

#define SANDBOX_API_KEY          "sandbox-key"
#define SANDBOX_LISTEN           "127.0.0.1:9090"
#define SANDBOX_APPLICATIONS_MAX 10000

struct sandbox;

/* All zero is an honest, fast Pinpoint on SANDBOX_LISTEN. Strings are borrowed until sandbox_open returns. */
struct sandbox_options {
    const char *listen;  /* "host:port", port 0 takes a free one; NULL means SANDBOX_LISTEN */
    const char *api_key; /* NULL means SANDBOX_API_KEY */

    double rate;            /* API requests a second before 429; 0 means no limit */
    unsigned burst;         /* requests that may come at once; 0 means the rate, at least 1 */
    int64_t latency_min_ms; /* each answer is held back for a time between the two */
    int64_t latency_max_ms;
    struct sandbox_faults faults; /* see sandbox_faults_parse */
    uint64_t seed;                /* the same seed, the same faults and latencies; 0 takes a random one */

    const char *webhook_url;    /* told of stage changes; NULL or "" means nobody is */
    const char *webhook_secret; /* signs what is sent there; needed with webhook_url */

    unsigned seed_applications; /* applications beside the usual ones, at most SANDBOX_APPLICATIONS_MAX */
};

/* Fills in the account and listens. */
MUST_CHECK struct sandbox *sandbox_open(struct loop *loop, const struct sandbox_options *options, struct error *err);
const char *sandbox_address(const struct sandbox *sandbox); /* "http://127.0.0.1:9090"; borrowed */
void sandbox_close(struct sandbox *sandbox);                /* takes NULL */

/* "40" or "20-80" into a range of milliseconds, at most 60 s. */
MUST_CHECK bool sandbox_latency_parse(const char *text, int64_t *min_ms, int64_t *max_ms, struct error *err);
