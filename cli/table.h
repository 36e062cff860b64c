/*
 * table.h - tables that fit the terminal.
 *
 * Columns are as wide as their widest cell; when that is too wide, those of prose shrink, and their
 * cells go on in the lines below; what does not fit there either ends in "…". Cells may hold anything: what could drive
 * the terminal is replaced.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "cli/terminal.h"

#include <stdbool.h>
#include <stddef.h>

enum column_kind {
    COLUMN_TEXT,
    COLUMN_NUMBER, /* set to the right */
    COLUMN_PROSE,  /* may shrink, and go on in the next line */
};

struct column {
    const char *title;
    enum column_kind kind;
};

#define TABLE_COLUMNS_MAX 12

struct table;

/* columns is borrowed for good: a static table. */
struct table *table_new(const struct column *columns, size_t count);
void table_free(struct table *table); /* takes NULL */

/* The next cell, from left to right, row after row. */
void table_add(struct table *table, const char *text);
void table_add_toned(struct table *table, enum tone tone, const char *text);
void table_addf(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The last row must be complete. */
void table_render(const struct table *table, unsigned width, bool colour, struct buf *out);
