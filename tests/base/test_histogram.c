/*
 * test_histogram.c - percentiles of known values, small ones exact, large ones within 3 %.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/histogram.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct histogram histogram;

static int empty(void **state)
{
    (void)state;
    histogram = (struct histogram){0};
    return 0;
}

static void nothing_added_is_zero_everywhere(void **state)
{
    (void)state;
    assert_int_equal(histogram_at(&histogram, 0.5), 0);
    assert_int_equal(histogram_at(&histogram, 1), 0);
}

static void small_values_are_exact(void **state)
{
    (void)state;
    for (int64_t value = 1; value <= 31; value++)
        histogram_add(&histogram, value);
    for (int64_t value = 1; value <= 31; value++)
        assert_int_equal(histogram_at(&histogram, (double)value / 31), value);
}

static void a_percentile_of_large_values_is_at_most_3_percent_too_high(void **state)
{
    (void)state;
    for (int64_t value = 1; value <= 1000000; value++)
        histogram_add(&histogram, value);
    for (int percent = 1; percent <= 100; percent++) {
        int64_t exact = percent * INT64_C(10000);

        assert_in_range(histogram_at(&histogram, percent / 100.0), exact, exact + exact * 3125 / 100000);
    }
}

static void every_power_of_two_is_found_again(void **state)
{
    (void)state;
    for (unsigned power = 0; power < 44; power++) {
        int64_t value = INT64_C(1) << power;

        histogram = (struct histogram){0};
        histogram_add(&histogram, value);
        histogram_add(&histogram, value * 8);
        assert_in_range(histogram_at(&histogram, 0.5), value, value + value / 32);
        assert_int_equal(histogram_at(&histogram, 1), value * 8);
    }
}

static void values_beyond_both_ends_are_counted_at_the_ends(void **state)
{
    (void)state;
    histogram_add(&histogram, -5);
    histogram_add(&histogram, INT64_MAX);
    assert_int_equal(histogram_at(&histogram, 0.5), 0);
    assert_true(histogram_at(&histogram, 1) > INT64_C(1) << 43);
    assert_int_equal(histogram.max, INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_added_is_zero_everywhere, empty),
        cmocka_unit_test_setup(small_values_are_exact, empty),
        cmocka_unit_test_setup(a_percentile_of_large_values_is_at_most_3_percent_too_high, empty),
        cmocka_unit_test_setup(every_power_of_two_is_found_again, empty),
        cmocka_unit_test_setup(values_beyond_both_ends_are_counted_at_the_ends, empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
