/*
 * duration.h - durations as people write them in the configuration: "340ms", "30s", "15m", "72h", "30d".
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DURATION_TEXT_SIZE 24

/* A whole number and one unit, nothing else. False when text is none, or longer than 1000 days. */
bool duration_parse(const char *text, int64_t *ms);

/* ms in the largest unit that divides it, days from 4 on: "90s", "72h", "30d"; "0s" for 0. Returns text. */
char *duration_format(int64_t ms, char text[DURATION_TEXT_SIZE]);
