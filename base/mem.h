/*
 * mem.h - memory that is never NULL.
 *
 * Out of memory ends the process with one line: events are leased, so dying is safe, and the supervisor
 * starts the process again. Whatever a peer may make large is bounded before it is allocated.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* size zeroed bytes; the caller owns them and gives them to mem_free. */
void *mem_new(size_t size);

/* memory moved to size bytes; the added bytes are not zeroed. memory may be NULL. */
void *mem_resize(void *memory, size_t size);

/* A copy of size bytes with a NUL behind them. bytes may be NULL when size is 0. */
char *mem_copy(const void *bytes, size_t size);

/* A copy of text; NULL for NULL. */
char *mem_string(const char *text);

/* A new string made as printf would. */
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Takes NULL. */
void mem_free(void *memory);

/* Gives what was freed, and lies in whole pages, back to the system. malloc does so by itself only at the end of its
 * heap, where after a burst something small mostly stays. */
void mem_give_back(void);
