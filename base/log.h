/*
 * log.h - one line per decision, on standard error.
 *
 *   2026-01-02T03:04:05.678Z info  worker 4711: event settled id=01JD… outcome=done ms=41
 *
 * A line says what happened, then key=value pairs. Control characters in it are replaced, so text from outside
 * cannot forge a line. Never log a secret, a signature or a payload.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* The name of this process in its lines: "receiver", "worker". Borrowed for good: pass a literal. */
void log_init(const char *process, enum log_level level);

/* Level by name ("error", "warn", "info", "debug"); returns -1 for any other. */
int log_level_named(const char *name);

void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_write(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)
