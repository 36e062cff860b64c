/*
 * test_embedded.c - a file among those the build put in is found by its whole name.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/embedded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct embedded table[] = {
    {"claim.lua", "return 1", 8},
    {"claim.lua.old", "return 2", 8},
    {0},
};

static void a_file_is_found_by_its_whole_name(void **state)
{
    (void)state;
    assert_ptr_equal(embedded_find(table, "claim.lua"), &table[0]);
    assert_ptr_equal(embedded_find(table, "claim.lua.old"), &table[1]);
    assert_null(embedded_find(table, "claim"));
    assert_null(embedded_find(table, ""));
    assert_null(embedded_find(&table[2], "claim.lua"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_found_by_its_whole_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
