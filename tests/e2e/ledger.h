/*
 * ledger.h - what a test asks of the sandbox's list of writes: once each, and in order.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tests/e2e/stage.h"

/* The bodies of the load tests: event n concerns application n % applications + 1 and says "note <n>". */
struct load {
    size_t applications;
};
void load_body(void *arg, size_t n, struct buf *body);

/* Fails the test unless each of the count notes was written exactly once, and those of one application in the order
 * of their numbers when is_ordered. */
void ledger_check(struct stage *stage, const struct load *load, size_t count, bool is_ordered);
