/*
 * test_template.c - where {{ jq }} begins and ends in a text, and what may not stand inside.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/template.h"

#include "base/buf.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* parts: literal text as it is, expressions in < >. */
static const struct {
    const char *text, *parts;
} texts[] = {
    {"", ""},
    {"plain", "plain"},
    {"{{.a}}", "<.a>"},
    {"{{ .a }} of {{.b}}", "< .a > of <.b>"},
    {"{{.a}}{{.b}}", "<.a><.b>"},
    {"x {{{a: {b: 1}}}} y", "x <{a: {b: 1}}> y"},
    {"{{ {a:{b:1}}.a.b }}", "< {a:{b:1}}.a.b >"},
    {"{{\"}}\"}}", "<\"}}\">"},
    {"{{\"{{\"}}", "<\"{{\">"},
    {"{{\"\\\"}}\"}}", "<\"\\\"}}\">"},
    {"{{\"a\\(\"}}\" + \")\")b\"}}", "<\"a\\(\"}}\" + \")\")b\">"},
    {"{{\"\\\\\"}}", "<\"\\\\\">"},
    {"}} stays", "}} stays"},
    {"{ {.a} }", "{ {.a} }"},
    {"{{$ENVIRONMENT}}{{$env}}", "<$ENVIRONMENT><$env>"},
    {"{{\"$ENV #\"}}", "<\"$ENV #\">"},
};

static const struct {
    const char *text, *problem;
} mistakes[] = {
    {"{{.a", "'{{' without its '}}'"},
    {"{{.a}", "'}' closes nothing"},
    {"{{", "'{{' without its '}}'"},
    {"ok {{.a}} {{.b", "'{{' without its '}}'"},
    {"{{}}", "'{{}}' is empty"},
    {"{{ \t }}", "'{{}}' is empty"},
    {"{{(.a}}", "'}' closes nothing"},
    {"{{.a)}}", "')' closes nothing"},
    {"{{.a]}}", "']' closes nothing"},
    {"{{[.a)}}", "')' closes nothing"},
    {"{{\"a}}", "'\"' is not closed"},
    {"{{\"a\\(1}}", "'}' closes nothing"},
    {"{{\"a\\", "'\"' is not closed"},
    {"{{.a # why}}", "a jq comment is not possible here"},
    {"{{$ENV.HOME}}", "$ENV is not available here"},
    {"{{$ ENV}}", "$ENV is not available here"},
    {"{{\"\\($ENV)\"}}", "$ENV is not available here"},
    {"{{1) | (2}}", "')' closes nothing"},
};

static const struct {
    const char *text, *problem; /* NULL: fine */
} expressions[] = {
    {".a == {b: {c: 1}}", NULL},
    {"[.a[] | select(.b)] | length > 0", NULL},
    {"{a:{b:1}}", NULL},
    {"", "expected a jq expression"},
    {"  ", "expected a jq expression"},
    {"1) | (2", "')' closes nothing"},
    {"(1", "'(' is not closed"},
    {".a }} .b", "'}' closes nothing"},
    {".a # comment", "a jq comment is not possible here"},
};

static void add_part(struct buf *out, const struct template_part *part)
{
    if (part->is_expression)
        buf_add_char(out, '<');
    buf_add(out, part->text, part->size);
    if (part->is_expression)
        buf_add_char(out, '>');
}

static void a_text_is_split_where_jq_would_end_the_expression(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const char *cursor = texts[i].text;
        struct template_part part;
        struct error err = {0};
        struct buf out;

        buf_init(&out, 1000);
        if (!template_check(texts[i].text, &err))
            fail_msg("%s: %s", texts[i].text, err.text);
        while (template_next(&cursor, &part))
            add_part(&out, &part);
        assert_string_equal(out.data, texts[i].parts);
        buf_clear(&out);
    }
}

static void a_template_that_is_not_closed_in_itself_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        struct error err = {0};

        if (template_check(mistakes[i].text, &err))
            fail_msg("%s was taken", mistakes[i].text);
        assert_int_equal(err.kind, ERROR_INVALID);
        assert_string_equal(err.text, mistakes[i].problem);
    }
}

static void a_condition_is_one_whole_expression(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(expressions); i++) {
        struct error err = {0};
        bool is_fine = template_check_expression(expressions[i].text, &err);

        if (is_fine != (expressions[i].problem == NULL))
            fail_msg("%s: %s", expressions[i].text, err.text);
        if (!is_fine)
            assert_string_equal(err.text, expressions[i].problem);
    }
}

static void brackets_nested_without_end_are_refused(void **state)
{
    char text[300];
    struct error err = {0};

    (void)state;
    memset(text, '[', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    assert_false(template_check_expression(text, &err));
    assert_string_equal(err.text, "brackets are nested deeper than 64");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_split_where_jq_would_end_the_expression),
        cmocka_unit_test(a_template_that_is_not_closed_in_itself_is_refused),
        cmocka_unit_test(a_condition_is_one_whole_expression),
        cmocka_unit_test(brackets_nested_without_end_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
