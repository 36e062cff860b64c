/*
 * bench_report.h - what a measurement has found, for people and for programs.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "http/load_generator.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

struct bench_outcome {
    const struct load_result *load;
    const char *url;  /* where it went */
    size_t body_size; /* of one event */
    size_t connections;
    int64_t settled_us; /* from the first request until all were settled; 0: nobody looked */
    size_t dead;        /* of those that were settled */
};

/* Prints it; the exit code: whether every event was accepted, and none is dead. */
int bench_report(const struct bench_outcome *outcome, bool as_json);
