/*
 * test_utf8.c - what is a character of UTF-8, at every border of the table.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include "base/mem.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void characters_have_their_length(void **state)
{
    static const char *const characters[] = {
        "\x7f",         "\xc2\x80",     "\xdf\xbf",         "\xe0\xa0\x80",     "\xed\x9f\xbf",
        "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf3\xbf\xbf\xbf", "\xf4\x8f\xbf\xbf",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(characters); i++) {
        size_t length = strlen(characters[i]);

        assert_int_equal(utf8_length(characters[i], length), length);
        if (length > 1)
            assert_int_equal(utf8_length(characters[i], length - 1), 0);
    }
}

static void a_nul_is_a_character_and_nothing_is_none(void **state)
{
    (void)state;
    assert_int_equal(utf8_length("", 1), 1);
    assert_int_equal(utf8_length("a", 0), 0);
}

static void only_the_first_character_counts(void **state)
{
    (void)state;
    assert_int_equal(utf8_length("\xc3\xa9\xff", 3), 2);
}

static void other_bytes_are_no_characters(void **state)
{
    static const char *const bytes[] = {
        "\x80", /* a continuation without a beginning */
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf", /* overlong */
        "\xe0\x9f\xbf",
        "\xf0\x8f\xbf\xbf", /* overlong */
        "\xed\xa0\x80",
        "\xed\xbf\xbf", /* surrogates */
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "\xfe", /* beyond U+10FFFF */
        "\xc3(",
        "\xe2\x82(",
        "\xe2(\xac",
        "\xf0\x9f\x98(", /* a continuation is missing */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bytes); i++)
        assert_int_equal(utf8_length(bytes[i], strlen(bytes[i])), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_have_their_length),
        cmocka_unit_test(a_nul_is_a_character_and_nothing_is_none),
        cmocka_unit_test(only_the_first_character_counts),
        cmocka_unit_test(other_bytes_are_no_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
