/*
 * closest.h - "did you mean": which of some names a mistyped one is closest to.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <stddef.h>

#define CLOSEST_NAME_MAX 64 /* bytes; longer names are not suggested, nor get suggestions */

struct closest {
    const char *given;               /* borrowed */
    char name[CLOSEST_NAME_MAX + 1]; /* the closest so far; "" while none is close */
    unsigned distance;
};

/* closest_try each known name, then look at name. */
void closest_init(struct closest *closest, const char *given);
void closest_try(struct closest *closest, const char *name, size_t size);

/* Sets err to "problem; did you mean "name"?", or to problem alone when no name is close. Returns false. */
bool closest_fail(const struct closest *closest, const char *problem, struct error *err);
