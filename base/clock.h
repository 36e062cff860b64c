/*
 * clock.h - the time, behind a seam: tests set it, so no test sleeps.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Milliseconds since 1970-01-01T00:00:00Z. May jump when the machine's clock is set. */
int64_t clock_now_ms(void);

/* Milliseconds since some fixed moment; never jumps. For durations. */
int64_t clock_monotonic_ms(void);

/* The same two in microseconds, for measuring. */
int64_t clock_now_us(void);
int64_t clock_monotonic_us(void);

/* The earlier of two times, or waits, of which -1 stands for never. */
int64_t clock_earlier_ms(int64_t one_ms, int64_t other_ms);

/* From now on both clocks stand at now_ms (tests only); clock_release lets them run again. */
void clock_freeze(int64_t now_ms);
void clock_release(void);

#define CLOCK_TEXT_SIZE 25 /* "2026-01-02T03:04:05.678Z" and a NUL */

/* at_ms as RFC 3339 in UTC with milliseconds. Returns text. */
char *clock_format(int64_t at_ms, char text[CLOCK_TEXT_SIZE]);

/* RFC 3339 ("2026-01-02T03:04:05Z", with fraction or offset) to milliseconds. False when text is none. */
bool clock_parse(const char *text, int64_t *at_ms);

/* A duration for people: "340 ms", "12 s", "3 min", "2 h", "4 d". Returns text. */
char *clock_format_duration(int64_t ms, char *text, size_t size);
