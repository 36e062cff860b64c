/*
 * test_pattern.c - event types against the "on" of a rule.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/pattern.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
    const char *pattern, *text;
    bool matches;
} cases[] = {
    {"assessment.completed", "assessment.completed", true},
    {"assessment.completed", "assessment.completed2", false},
    {"assessment.completed", "Assessment.completed", false},
    {"assessment.*", "assessment.completed", true},
    {"assessment.*", "assessment.", true},
    {"assessment.*", "assessment", false},
    {"*", "", true},
    {"*", "anything at all", true},
    {"*.completed", "check.completed", true},
    {"*.completed", "check.completed.completed", true},
    {"*.completed", "check.completed.late", false},
    {"a*b*c", "aXbYbZc", true},
    {"a*b*c", "aXcYb", false},
    {"**a", "ba", true},
    {"a.c", "abc", false},
    {"", "", true},
    {"", "a", false},
    {"a*", "*", false},
};

static void a_star_stands_for_any_run_of_characters_and_nothing_else_is_special(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (pattern_matches(cases[i].pattern, cases[i].text) != cases[i].matches)
            fail_msg("%s against %s: expected %d", cases[i].pattern, cases[i].text, cases[i].matches);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_star_stands_for_any_run_of_characters_and_nothing_else_is_special),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
