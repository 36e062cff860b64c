/*
 * test_summary_html.c - which HTML an interview's summary may be.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/summary_html.h"

#include "base/buf.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void the_allowed_elements_pass(void **state)
{
    static const char *const rows[] = {
        "",
        "No element at all &amp; an entity",
        "a > b",
        "<div>One<br>two<br/>three<br /></div>",
        "<ul><li><strong>a</strong></li><li><em>b</em></li></ul><ol><li>c</li></ol>",
        "<DIV>capital</div >",
        "<a href=\"https://x.example/?a=1&amp;b=2\">link</a>",
        "<a href='https://x.example/' >link</a>",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char problem[SUMMARY_PROBLEM_SIZE];

        if (!summary_html_check(rows[i], problem))
            fail_msg("%s: %s", rows[i], problem);
    }
}

static void everything_else_is_refused_with_the_reason(void **state)
{
    static const struct {
        const char *html;
        const char *problem;
    } rows[] = {
        {"<script>alert(1)</script>", "contains the element script"},
        {"<p>a</p>", "contains the element p"},
        {"<divx>a</divx>", "contains the element divx"},
        {"<a-very-long-name-for-an-element>", "contains the element a-very-long-name-for-an"},
        {"a < b", "contains a < that begins no element"},
        {"<!-- note -->", "contains a < that begins no element"},
        {"<", "contains a < that begins no element"},
        {"<div class=\"x\">a</div>", "contains attributes on div"},
        {"<div", "contains attributes on div"},
        {"<br onload=x>", "contains attributes on br"},
        {"<a>x</a>", "contains an a without an href alone"},
        {"<a href=https://x.example>x</a>", "contains an href without quotes"},
        {"<a href=\"http://x.example\">x</a>", "contains an href that is no https address"},
        {"<a href=\"javascript:alert(1)\">x</a>", "contains an href that is no https address"},
        {"<a href=\" https://x.example\">x</a>", "contains an href that is no https address"},
        {"<a href=\"https://\">x</a>", "contains an href that is no https address"},
        {"<a href=\"https://x.example>x</a>", "contains an href that is no https address"},
        {"<a href=\"https://x.example\" target=\"_blank\">x</a>", "contains attributes on a"},
        {"<div>a", "leaves div open"},
        {"a</div>", "closes div, which is not open there"},
        {"<ul><li>a</ul></li>", "closes ul, which is not open there"},
        {"<div>a</div x>", "closes div, which is not open there"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char problem[SUMMARY_PROBLEM_SIZE];

        if (summary_html_check(rows[i].html, problem))
            fail_msg("%s passed", rows[i].html);
        if (strcmp(problem, rows[i].problem) != 0)
            fail_msg("%s: expected '%s', got '%s'", rows[i].html, rows[i].problem, problem);
    }
}

static void elements_nest_64_deep_and_no_deeper(void **state)
{
    (void)state;
    for (int depth = 64; depth <= 65; depth++) {
        char problem[SUMMARY_PROBLEM_SIZE];
        struct buf html;

        buf_init(&html, 2000);
        for (int i = 0; i < depth; i++)
            buf_add_string(&html, "<div>");
        for (int i = 0; i < depth; i++)
            buf_add_string(&html, "</div>");
        assert_int_equal(summary_html_check(html.data, problem), depth == 64);
        buf_clear(&html);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_allowed_elements_pass),
        cmocka_unit_test(everything_else_is_refused_with_the_reason),
        cmocka_unit_test(elements_nest_64_deep_and_no_deeper),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
