/*
 * test_clock.c - reading and writing moments, and standing still.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include "base/mem.h"

#include <stdlib.h>
#include <time.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_frozen_clock_stands_until_it_is_released(void **state)
{
    (void)state;
    clock_freeze(1234);
    assert_int_equal(clock_now_ms(), 1234);
    assert_int_equal(clock_monotonic_ms(), 1234);
    assert_int_equal(clock_now_us(), 1234000);
    assert_int_equal(clock_monotonic_us(), 1234000);
    clock_release();
    assert_in_range(clock_now_us() / 1000, clock_now_ms() - 1000, clock_now_ms() + 1000);
    assert_true(clock_now_ms() > INT64_C(1600000000000));
    assert_true(clock_now_ms() / 1000 - (int64_t)time(NULL) <= 1);
}

static void the_monotonic_clock_never_goes_back(void **state)
{
    int64_t last = clock_monotonic_ms();

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int64_t now = clock_monotonic_ms();

        assert_true(now >= last);
        last = now;
    }
}

static const struct moment {
    int64_t at_ms;
    const char *text;
} moments[] = {
    {0, "1970-01-01T00:00:00.000Z"},
    {-1, "1969-12-31T23:59:59.999Z"},
    {INT64_C(1767323045678), "2026-01-02T03:04:05.678Z"},
    {INT64_C(951782400000), "2000-02-29T00:00:00.000Z"},
    {INT64_C(4107542400000), "2100-03-01T00:00:00.000Z"},
    {INT64_C(1709251199999), "2024-02-29T23:59:59.999Z"},
    {INT64_C(-62167219200000), "0000-01-01T00:00:00.000Z"},
    {INT64_C(253402300799999), "9999-12-31T23:59:59.999Z"},
};

static void moments_are_written_in_utc(void **state)
{
    char text[CLOCK_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(moments); i++)
        assert_string_equal(clock_format(moments[i].at_ms, text), moments[i].text);
}

static void what_was_written_can_be_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(moments); i++) {
        int64_t at_ms = 1;

        assert_true(clock_parse(moments[i].text, &at_ms));
        assert_int_equal(at_ms, moments[i].at_ms);
    }
}

static void every_day_of_four_centuries_survives_the_round_trip(void **state)
{
    const int64_t day_ms = INT64_C(86400000), first = INT64_C(-2208988800000); /* 1900-01-01 */
    char text[CLOCK_TEXT_SIZE];

    (void)state;
    for (int64_t day = 0; day < 146097; day++) {
        int64_t at_ms = -1;

        assert_true(clock_parse(clock_format(first + day * day_ms, text), &at_ms));
        assert_int_equal(at_ms, first + day * day_ms);
    }
    assert_string_equal(text, "2299-12-31T00:00:00.000Z");
}

static void the_zone_of_the_environment_does_not_matter(void **state)
{
    char text[CLOCK_TEXT_SIZE];
    int64_t at_ms = -1;

    (void)state;
    setenv("TZ", "America/St_Johns", 1);
    tzset();
    assert_string_equal(clock_format(0, text), "1970-01-01T00:00:00.000Z");
    assert_true(clock_parse("1970-01-01T00:00:00Z", &at_ms));
    assert_int_equal(at_ms, 0);
    unsetenv("TZ");
    tzset();
}

static void a_moment_out_of_range_is_shown_as_the_nearest(void **state)
{
    char text[CLOCK_TEXT_SIZE];

    (void)state;
    assert_string_equal(clock_format(INT64_MIN, text), "0000-01-01T00:00:00.000Z");
    assert_string_equal(clock_format(INT64_MAX, text), "9999-12-31T23:59:59.999Z");
}

static void rfc_3339_is_read_in_all_its_forms(void **state)
{
    static const struct moment rows[] = {
        {INT64_C(1767323045000), "2026-01-02T03:04:05Z"},
        {INT64_C(1767323045000), "2026-01-02t03:04:05z"},
        {INT64_C(1767323045500), "2026-01-02T03:04:05.5Z"},
        {INT64_C(1767323045123), "2026-01-02T03:04:05.123456789Z"},
        {INT64_C(1767323045999), "2026-01-02T03:04:05.9999999999999999999999Z"},
        {INT64_C(1767323045000), "2026-01-02T03:04:05+00:00"},
        {INT64_C(1767323045000), "2026-01-02T03:04:05-00:00"},
        {INT64_C(1767323045000), "2026-01-02T04:04:05+01:00"},
        {INT64_C(1767323045000), "2026-01-01T23:34:05-03:30"},
        {INT64_C(915148800000), "1998-12-31T23:59:60Z"}, /* a leap second */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t at_ms = -1;

        assert_true(clock_parse(rows[i].text, &at_ms));
        assert_int_equal(at_ms, rows[i].at_ms);
    }
}

static void anything_else_is_no_moment(void **state)
{
    static const char *const texts[] = {
        "",
        "2026",
        "2026-01-02",
        "2026-01-02T03:04Z",
        "2026-01-02T03:04:05",
        "2026-01-02 03:04:05Z",
        " 2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05Z ",
        "2026-01-02T03:04:05.Z",
        "2026-01-02T03:04:05,5Z",
        "2026-01-02T03:04:05+01",
        "2026-01-02T03:04:05+0100",
        "2026-01-02T03:04:05+24:00",
        "2026-01-02T03:04:05+01:60",
        "2026-00-02T03:04:05Z",
        "2026-13-02T03:04:05Z",
        "2026-01-00T03:04:05Z",
        "2026-01-32T03:04:05Z",
        "2026-04-31T03:04:05Z",
        "2026-02-29T03:04:05Z",
        "2100-02-29T03:04:05Z",
        "2026-01-02T24:04:05Z",
        "2026-01-02T03:60:05Z",
        "2026-01-02T03:04:61Z",
        "-026-01-02T03:04:05Z",
        "+2026-01-02T03:04:05Z",
        "12026-01-02T03:04:05Z",
        "2026-1-02T03:04:05Z",
        "1767323045",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        int64_t at_ms = 77;

        if (clock_parse(texts[i], &at_ms))
            fail_msg("read as a moment: \"%s\"", texts[i]);
        assert_int_equal(at_ms, 77);
    }
}

static void durations_are_written_for_people(void **state)
{
    static const struct moment rows[] = {
        {-5, "0 ms"},         {0, "0 ms"},
        {340, "340 ms"},      {999, "999 ms"},
        {1000, "1 s"},        {12345, "12 s"},
        {90000, "90 s"},      {120000, "2 min"},
        {7199999, "119 min"}, {7200000, "2 h"},
        {172799999, "47 h"},  {172800000, "2 d"},
        {345600000, "4 d"},   {INT64_MAX, "106751991167 d"},
    };
    char text[32];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(clock_format_duration(rows[i].at_ms, text, sizeof(text)), rows[i].text);
}

static void the_earlier_of_two_times_is_found_and_never_is_the_latest(void **state)
{
    (void)state;
    assert_int_equal(clock_earlier_ms(3, 5), 3);
    assert_int_equal(clock_earlier_ms(5, 3), 3);
    assert_int_equal(clock_earlier_ms(-1, 5), 5);
    assert_int_equal(clock_earlier_ms(0, -1), 0);
    assert_int_equal(clock_earlier_ms(-1, -1), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_earlier_of_two_times_is_found_and_never_is_the_latest),
        cmocka_unit_test(a_frozen_clock_stands_until_it_is_released),
        cmocka_unit_test(the_monotonic_clock_never_goes_back),
        cmocka_unit_test(moments_are_written_in_utc),
        cmocka_unit_test(what_was_written_can_be_read),
        cmocka_unit_test(every_day_of_four_centuries_survives_the_round_trip),
        cmocka_unit_test(the_zone_of_the_environment_does_not_matter),
        cmocka_unit_test(a_moment_out_of_range_is_shown_as_the_nearest),
        cmocka_unit_test(rfc_3339_is_read_in_all_its_forms),
        cmocka_unit_test(anything_else_is_no_moment),
        cmocka_unit_test(durations_are_written_for_people),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
