/*
 * pattern.c - matching with * by going back to the last * only, which is enough: an earlier one has no better choice.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/pattern.h"

#include <stddef.h>

bool pattern_matches(const char *pattern, const char *text)
{
    const char *star = NULL, *resume = NULL;

    while (*text != '\0') {
        if (*pattern == '*') {
            star = ++pattern;
            resume = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
