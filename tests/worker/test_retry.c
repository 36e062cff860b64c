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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ceiling_doubles_up_to_the_cap),
        cmocka_unit_test(the_delay_spreads_from_zero_to_the_ceiling),
        cmocka_unit_test(a_drawn_delay_is_never_shorter_than_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
