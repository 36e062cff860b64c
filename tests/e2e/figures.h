/*
 * figures.h - what the processes of a stage take: resident memory and descriptors, as Linux tells it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tests/e2e/stage.h"

#define FIGURES_MAX 12

struct figure {
    const char *name;
    pid_t pid;
    double resident_mb;
    size_t descriptors; /* without the next: */
    size_t closed;      /* connections that the peer has closed: curl keeps them until its next request */
};

/* Of the supervisor and its children, in an order that stays while none of them is started again; gives how many. */
size_t figures_take(struct stage *stage, struct figure figures[FIGURES_MAX]);
