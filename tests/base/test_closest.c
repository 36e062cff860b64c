/*
 * test_closest.c - which suggestion a mistyped name gets.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/closest.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const names[] = {"application", "field", "value", "on", "set_attribute"};

static const struct {
    const char *given, *closest;
} cases[] = {
    {"aplication", "application"},
    {"applicatoin", "application"},
    {"fields", "field"},
    {"valeu", "value"},
    {"om", "on"},
    {"set_atribute", "set_attribute"},
    {"tag", ""},
    {"if", ""},
    {"", ""},
    {"setattributes", "set_attribute"},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ""},
};

static void a_name_that_is_nearly_right_is_suggested(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct closest closest;

        closest_init(&closest, cases[i].given);
        for (size_t k = 0; k < COUNT_OF(names); k++)
            closest_try(&closest, names[k], strlen(names[k]));
        if (strcmp(closest.name, cases[i].closest) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", cases[i].given, closest.name, cases[i].closest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_is_nearly_right_is_suggested),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
