/*
 * report.h - how a command speaks: data to standard output, messages to standard error.
 *
 * Each function returns the exit code that follows from it, so that saying it and ending is one line.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "cli/options.h"
#include "cli/table.h"

#include <cjson/cJSON.h>

#define REPORT_MAX (16u << 20) /* bytes of one report */

/* "hookline: " and the message on one line of standard error. */
int report_failure(const char *format, ...) PRINTF_LIKE(1, 2); /* EXIT_FAILURE */
int report_usage(const char *format, ...) PRINTF_LIKE(1, 2);   /* EXIT_USAGE */
void report_note(const char *format, ...) PRINTF_LIKE(1, 2);   /* nothing went wrong; without "hookline: " */

/* A line on standard error that takes the place of the one before it; where there is no terminal, a line of its own if
 * it differs. Starts zeroed; progress_end leaves the last line standing. */
struct progress {
    char shown[400];
};
void progress_show(struct progress *progress, const char *text);
void progress_end(struct progress *progress);

/* Print to standard output; EXIT_SUCCESS, or EXIT_FAILURE when it cannot be written. */
int report_text(struct buf *text);     /* ends with buf_clear(text) */
int report_json(const cJSON *value);   /* on one line */
int report_table(struct table *table); /* as wide as the terminal; ends with table_free(table) */
