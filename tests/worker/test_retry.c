/*
 * test_retry.c - the bounds of the backoff.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void the_ceiling_doubles_up_to_the_cap(void **state)
{
    static const struct {
        unsigned attempts;
        int64_t ceiling_ms;
    } rows[] = {{0, 1000},     {1, 1000},     {2, 2000},     {3, 4000},
                {12, 2048000}, {13, 3600000}, {15, 3600000}, {4000000000u, 3600000}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(retry_ceiling_ms(rows[i].attempts), rows[i].ceiling_ms);
}

static void the_delay_spreads_from_zero_to_the_ceiling(void **state)
{
    (void)state;
    for (unsigned attempts = 1; attempts < 20; attempts++) {
        assert_int_equal(retry_delay_ms(attempts, 0), 0);
        assert_int_equal(retry_delay_ms(attempts, UINT32_MAX), retry_ceiling_ms(attempts));
        assert_in_range(retry_delay_ms(attempts, UINT32_MAX / 2), retry_ceiling_ms(attempts) / 2 - 1,
                        retry_ceiling_ms(attempts) / 2);
    }
}

static void a_drawn_delay_is_never_shorter_than_asked_for(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_in_range(retry_draw_ms(3, 2500), 2500, 4000);
        assert_int_equal(retry_draw_ms(1, 60000), 60000);
    }
}

/* Full jitter: each tenth of the way to the ceiling gets a tenth of the draws. The bounds are eight standard deviations
 * wide, so that chance does not fail the test. */
static void drawn_delays_are_spread_evenly(void **state)
{
    enum { DRAWS = 10000, TENTHS = 10, DEVIATIONS = 240 };
    unsigned counts[TENTHS + 1] = {0};
    const int64_t ceiling_ms = retry_ceiling_ms(13);

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        int64_t delay_ms = retry_draw_ms(13, 0);
        assert_in_range(delay_ms, 0, ceiling_ms);
        counts[delay_ms * TENTHS / ceiling_ms]++;
    }
    for (int i = 0; i < TENTHS; i++)
        assert_in_range(counts[i], DRAWS / TENTHS - DEVIATIONS, DRAWS / TENTHS + DEVIATIONS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ceiling_doubles_up_to_the_cap),
        cmocka_unit_test(the_delay_spreads_from_zero_to_the_ceiling),
        cmocka_unit_test(a_drawn_delay_is_never_shorter_than_asked_for),
        cmocka_unit_test(drawn_delays_are_spread_evenly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
