/*
 * test_words.c - quoting what others said, briefly.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pinpoint/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

#define ELLIPSIS "\xe2\x80\xa6"

static const struct {
    const char *text;
    size_t max;
    const char *words;
} cases[] = {
    {"", 10, ""},
    {"0123456789", 10, "0123456789"},
    {"0123456789a", 10, "0123456" ELLIPSIS},
    {"a\tb\nc\x7f", 10, "a b c "},
    {"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 7, "\xc3\xa9\xc3\xa9" ELLIPSIS},
    {"\xff\xff\xff\xff\xff\xff\xff\xff", 5, "\xff\xff" ELLIPSIS},
};

static void text_is_kept_on_one_line_and_cut_between_characters(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf out;

        buf_init(&out, 100);
        words_add(cases[i].text, cases[i].max, &out);
        assert_string_equal(out.data, cases[i].words);
        buf_clear(&out);
    }
}

static void characters_are_counted_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(words_length(""), 0);
    assert_int_equal(words_length("abc"), 3);
    assert_int_equal(words_length("\xc3\xa9\xe2\x80\xa6\xf0\x9f\x98\x80"), 3);
}

static void a_value_is_quoted_as_json(void **state)
{
    char text[WORDS_VALUE_SIZE];
    char longer[300];
    cJSON *value;

    (void)state;
    assert_string_equal(words_value(NULL, text), "nothing");
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    value = cJSON_CreateString(longer);
    words_value(value, text);
    assert_int_equal(strlen(text), WORDS_VALUE_SIZE - 1);
    assert_string_equal(text + WORDS_VALUE_SIZE - 5, "x" ELLIPSIS);
    cJSON_Delete(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_kept_on_one_line_and_cut_between_characters),
        cmocka_unit_test(characters_are_counted_not_bytes),
        cmocka_unit_test(a_value_is_quoted_as_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
