/*
 * embedded.h - files that the build puts into the program: Lua scripts, presets, the sandbox's pages.
 *
 * tools/embed.sh writes one table per folder, ended by a row without a name.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

struct embedded {
    const char *name; /* the file's name without its folder; NULL ends the table */
    const char *data; /* its bytes, with a NUL behind them */
    size_t size;
};

extern const struct embedded embedded_scripts[]; /* queue/scripts */
extern const struct embedded embedded_presets[]; /* presets */
extern const struct embedded embedded_pages[];   /* sandbox/page */
extern const struct embedded embedded_events[];  /* examples/events: the demo's */

/* The row of that name, or NULL. */
const struct embedded *embedded_find(const struct embedded *table, const char *name);
