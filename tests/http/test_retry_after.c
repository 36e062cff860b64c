/*
 * test_retry_after.c - what servers write into Retry-After, well and badly.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/retry_after.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define NOW_MS INT64_C(784111777000) /* Sun, 06 Nov 1994 08:49:37 GMT, the RFC's own example */

struct sample {
    const char *value;
    int64_t wait_ms;
};

static void check(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t wait_ms = retry_after_parse(samples[i].value, NOW_MS);

        if (wait_ms != samples[i].wait_ms)
            fail_msg("\"%s\": %lld ms instead of %lld", samples[i].value, (long long)wait_ms,
                     (long long)samples[i].wait_ms);
    }
}

static void seconds_are_read_and_cut_to_an_hour(void **state)
{
    static const struct sample samples[] = {
        {"0", 0},
        {"1", 1000},
        {"007", 7000},
        {" 120\t", 120000},
        {"3600", RETRY_AFTER_MAX_MS},
        {"3601", RETRY_AFTER_MAX_MS},
        {"1000000000", RETRY_AFTER_MAX_MS},
        {"9223372036854775808", RETRY_AFTER_MAX_MS},
        {"18446744073709551617", RETRY_AFTER_MAX_MS},
        {"99999999999999999999999999999999999999999999999999", RETRY_AFTER_MAX_MS},
    };

    (void)state;
    check(samples, COUNT_OF(samples));
}

static void a_date_is_read_in_each_of_its_three_forms(void **state)
{
    static const struct sample samples[] = {
        {"Sun, 06 Nov 1994 08:49:38 GMT", 1000},
        {"Sunday, 06-Nov-94 08:50:37 GMT", 60000},
        {"Sun Nov  6 08:49:47 1994", 10000},
        {"Sun Nov 06 08:49:47 1994", 10000},
        {"Mon, 07 Nov 1994 08:49:37 GMT", RETRY_AFTER_MAX_MS},
        {"Fri, 31 Dec 9999 23:59:59 GMT", RETRY_AFTER_MAX_MS},
        {"Thursday, 01-Jan-26 00:00:00 GMT", RETRY_AFTER_MAX_MS},
    };

    (void)state;
    check(samples, COUNT_OF(samples));
}

static void a_date_in_the_past_means_at_once(void **state)
{
    static const struct sample samples[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", 0},
        {"Sun, 06 Nov 1994 08:49:36 GMT", 0},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Thursday, 01-Jan-70 00:00:00 GMT", 0},
    };

    (void)state;
    check(samples, COUNT_OF(samples));
}

static void everything_else_is_none(void **state)
{
    static const char *const values[] = {
        "",
        " ",
        "\t",
        "soon",
        "-1",
        "-0",
        "+5",
        "1.5",
        "1e3",
        "0x10",
        "12 34",
        "12s",
        "5, 10",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994 08:49:37 GMT+1",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT",
        ", 06 Nov 1994 08:49:37 GMT",
        "1994-11-06T08:49:37Z",
        "Sun Nov  6 08:49:37 1994 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT                                           and more",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(values); i++)
        check(&(struct sample){values[i], RETRY_AFTER_NONE}, 1);
}

static void a_date_alone_is_read_as_well(void **state)
{
    (void)state;
    assert_int_equal(retry_after_date("Sun, 06 Nov 1994 08:49:37 GMT"), INT64_C(784111777000));
    assert_int_equal(retry_after_date(""), RETRY_AFTER_NONE);
    assert_int_equal(retry_after_date("12"), RETRY_AFTER_NONE);
    assert_int_equal(retry_after_date("Sun, 32 Nov 1994 08:49:37 GMT"), RETRY_AFTER_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_are_read_and_cut_to_an_hour),
        cmocka_unit_test(a_date_is_read_in_each_of_its_three_forms),
        cmocka_unit_test(a_date_in_the_past_means_at_once),
        cmocka_unit_test(everything_else_is_none),
        cmocka_unit_test(a_date_alone_is_read_as_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
