/*
 * readiness.h - asks a receiver's /readyz until it answers 200. For the supervisor's "ready on …".
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"

struct readiness;

/* Begins to ask, 20 times a second, and every 10 s logs what the answer was. fn is called once. */
struct readiness *readiness_new(struct loop *loop, const char *url, loop_fn *fn, void *arg);
void readiness_free(struct readiness *readiness); /* asks no more; not from within fn; takes NULL */
