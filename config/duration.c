/*
 * duration.c - one table of units, read in both directions.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/duration.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DURATION_MAX_MS (1000LL * 24 * 60 * 60 * 1000)
#define DIGITS_MAX      11 /* DURATION_MAX_MS has as many */

static const struct {
    const char *name;
    int64_t ms;
} units[] = {
    {"d", 24LL * 60 * 60 * 1000}, {"h", 60LL * 60 * 1000}, {"m", 60LL * 1000}, {"s", 1000}, {"ms", 1},
};

bool duration_parse(const char *text, int64_t *ms)
{
    size_t digits = strspn(text, "0123456789");
    int64_t number = 0;

    if (digits == 0 || digits > DIGITS_MAX)
        return false;
    for (size_t i = 0; i < digits; i++)
        number = number * 10 + (text[i] - '0');
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (strcmp(text + digits, units[i].name) == 0 && number <= DURATION_MAX_MS / units[i].ms) {
            *ms = number * units[i].ms;
            return true;
        }
    }
    return false;
}

/* Hours are as far as it goes, up to three days: "72h" is what people say. */
static bool is_fit(int64_t ms, size_t unit)
{
    return ms % units[unit].ms == 0 && ms >= units[unit].ms * (unit == 0 ? 4 : 1);
}

char *duration_format(int64_t ms, char text[DURATION_TEXT_SIZE])
{
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (is_fit(ms, i)) {
            snprintf(text, DURATION_TEXT_SIZE, "%" PRId64 "%s", ms / units[i].ms, units[i].name);
            return text;
        }
    }
    snprintf(text, DURATION_TEXT_SIZE, "0s");
    return text;
}
