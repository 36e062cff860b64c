/*
 * test_options.c - the command line: what is understood, and what each mistake is called.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct option table[] = {
    {"source", OPTION_TEXT, "SOURCE", "from whom"},
    {"limit", OPTION_NUMBER, "N", "how many"},
    {"json", OPTION_FLAG, NULL, "as JSON"},
    {0},
};

#define WORDS_MAX 8

/* Parses words, which end with NULL. */
static bool parse(const char *const *words, struct arguments *arguments, struct error *err)
{
    int count = 0;

    while (words[count])
        count++;
    return arguments_init(arguments, table, count, (char *const *)words, err);
}

static void values_come_behind_the_name_or_an_equals_sign(void **state)
{
    const char *words[] = {"--source", "video", "--limit=7", "--config=a=b", NULL};
    struct arguments arguments;

    (void)state;
    assert_true(parse(words, &arguments, NULL));
    assert_string_equal(arguments_text(&arguments, "source", ""), "video");
    assert_int_equal(arguments_number(&arguments, "limit", 0), 7);
    assert_string_equal(arguments_text(&arguments, "config", ""), "a=b");
    arguments_clear(&arguments);
}

static void what_is_left_out_is_the_fallback(void **state)
{
    const char *words[] = {NULL};
    struct arguments arguments;

    (void)state;
    assert_true(parse(words, &arguments, NULL));
    assert_null(arguments_text(&arguments, "source", NULL));
    assert_int_equal(arguments_number(&arguments, "limit", 20), 20);
    assert_false(arguments_flag(&arguments, "json"));
    assert_int_equal(arguments.operand_count, 0);
    arguments_clear(&arguments);
}

static void the_last_of_several_counts(void **state)
{
    const char *words[] = {"--limit", "1", "--limit", "2", NULL};
    struct arguments arguments;

    (void)state;
    assert_true(parse(words, &arguments, NULL));
    assert_int_equal(arguments_number(&arguments, "limit", 0), 2);
    arguments_clear(&arguments);
}

static void operands_stand_anywhere_and_two_dashes_end_the_options(void **state)
{
    const char *words[] = {"a", "--json", "-", "--", "--limit", NULL};
    struct arguments arguments;

    (void)state;
    assert_true(parse(words, &arguments, NULL));
    assert_true(arguments_flag(&arguments, "json"));
    assert_int_equal(arguments.operand_count, 3);
    assert_string_equal(arguments.operands[0], "a");
    assert_string_equal(arguments.operands[1], "-");
    assert_string_equal(arguments.operands[2], "--limit");
    assert_null(arguments.operands[3]);
    arguments_clear(&arguments);
}

static void h_alone_asks_for_help(void **state)
{
    const char *words[] = {"-h", NULL};
    struct arguments arguments;

    (void)state;
    assert_true(parse(words, &arguments, NULL));
    assert_true(arguments_flag(&arguments, "help"));
    arguments_clear(&arguments);
}

static void each_mistake_is_one_line(void **state)
{
    static const struct {
        const char *words[WORDS_MAX];
        const char *text;
    } rows[] = {
        {{"--sorce", "x"}, "unknown option --sorce: did you mean --source?"},
        {{"--colour"}, "unknown option --colour"},
        {{"-x"}, "unknown option -x"},
        {{"--json=yes"}, "--json takes no value"},
        {{"--source"}, "--source needs a value: --source SOURCE"},
        {{"--source", "--json"}, "--source needs a value: --source SOURCE"},
        {{"--source="}, "--source: expected SOURCE, got nothing"},
        {{"--limit", "ten"}, "--limit: expected a whole number, got \"ten\""},
        {{"--limit", "-1"}, "--limit: expected a whole number, got \"-1\""},
        {{"--limit", "3.5"}, "--limit: expected a whole number, got \"3.5\""},
        {{"--limit", "99999999999999999999"}, "--limit: expected a whole number, got \"99999999999999999999\""},
        {{"--limit="}, "--limit: expected a whole number, got \"\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arguments arguments;
        struct error err = {0};

        assert_false(parse(rows[i].words, &arguments, &err));
        assert_string_equal(err.text, rows[i].text);
        assert_int_equal(err.kind, ERROR_INVALID);
    }
}

static void too_many_options_are_refused(void **state)
{
    const char *words[OPTIONS_GIVEN_MAX + 2] = {NULL};
    struct arguments arguments;
    struct error err = {0};

    (void)state;
    for (size_t i = 0; i <= OPTIONS_GIVEN_MAX; i++)
        words[i] = "--json";
    assert_false(parse(words, &arguments, &err));
    assert_string_equal(err.text, "too many options");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_behind_the_name_or_an_equals_sign),
        cmocka_unit_test(what_is_left_out_is_the_fallback),
        cmocka_unit_test(the_last_of_several_counts),
        cmocka_unit_test(operands_stand_anywhere_and_two_dashes_end_the_options),
        cmocka_unit_test(h_alone_asks_for_help),
        cmocka_unit_test(each_mistake_is_one_line),
        cmocka_unit_test(too_many_options_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
