/*
 * test_duration.c - durations read and written.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/duration.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
    const char *text;
    int64_t ms;
    const char *formatted;
} durations[] = {
    {"0s", 0, "0s"},           {"0d", 0, "0s"},
    {"340ms", 340, "340ms"},   {"1000ms", 1000, "1s"},
    {"30s", 30000, "30s"},     {"90s", 90000, "90s"},
    {"60s", 60000, "1m"},      {"15m", 900000, "15m"},
    {"24h", 86400000, "24h"},  {"1d", 86400000, "24h"},
    {"72h", 259200000, "72h"}, {"30d", 2592000000, "30d"},
    {"007s", 7000, "7s"},      {"1000d", 86400000000, "1000d"},
};

static const char *const refused[] = {
    "",    "s",     "30",    "30 s", " 30s", "30s ",           "-1s",         "1.5h", "1h30m",
    "30S", "30sec", "1001d", "1w",   "0x1s", "999999999999ms", "99999999999d"};

static void a_duration_is_a_whole_number_and_a_unit(void **state)
{
    char text[DURATION_TEXT_SIZE];
    int64_t ms;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(durations); i++) {
        if (!duration_parse(durations[i].text, &ms))
            fail_msg("%s was refused", durations[i].text);
        assert_int_equal(ms, durations[i].ms);
        assert_string_equal(duration_format(ms, text), durations[i].formatted);
    }
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        if (duration_parse(refused[i], &ms))
            fail_msg("%s was taken", refused[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_duration_is_a_whole_number_and_a_unit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
