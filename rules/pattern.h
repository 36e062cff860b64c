/*
 * pattern.h - the "on" of a rule: an event type, or one with * for any run of characters.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

/* Case matters; * matches the empty run too. Takes time in proportion to both lengths multiplied, at worst. */
bool pattern_matches(const char *pattern, const char *text);
