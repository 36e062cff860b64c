/*
 * test_buf.c - the growing buffer: what fits, what does not, and who owns the bytes.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/mem.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_new_buf_is_an_empty_string(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 10);
    assert_string_equal(buf.data, "");
    assert_int_equal(buf.size, 0);
    assert_false(buf.overflow);
    buf_clear(&buf);
}

static void what_is_added_stands_one_behind_the_other(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 100);
    buf_add(&buf, "ab", 2);
    buf_add_char(&buf, 'c');
    buf_add_string(&buf, "de");
    buf_addf(&buf, "%d-%s", 42, "x");
    buf_add(&buf, NULL, 0);
    assert_string_equal(buf.data, "abcde42-x");
    assert_int_equal(buf.size, strlen("abcde42-x"));
    buf_clear(&buf);
}

static void bytes_may_hold_a_nul(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 100);
    buf_add(&buf, "a\0b", 3);
    buf_add_char(&buf, '\0');
    assert_int_equal(buf.size, 4);
    assert_memory_equal(buf.data, "a\0b\0", 5);
    buf_clear(&buf);
}

static void a_buf_grows_to_its_maximum_and_no_further(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 1000);
    for (int i = 0; i < 1000; i++)
        buf_add_char(&buf, (char)('a' + i % 26));
    assert_false(buf.overflow);
    assert_int_equal(buf.size, 1000);
    assert_true(buf.capacity <= 1001);
    assert_int_equal(buf.data[999], 'a' + 999 % 26);

    buf_add_char(&buf, '!');
    assert_true(buf.overflow);
    assert_int_equal(buf.size, 1000);
    buf_clear(&buf);
}

static void room_is_made_at_once_and_changes_nothing_else(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 1000);
    buf_reserve(&buf, 300);
    assert_int_equal(buf.size, 0);
    assert_string_equal(buf.data, "");
    assert_true(buf.capacity > 300);
    buf_add_string(&buf, "abc");
    const char *before = buf.data;
    for (int i = 0; i < 297; i++)
        buf_add_char(&buf, 'x');
    assert_ptr_equal(buf.data, before);
    buf_reserve(&buf, 701); /* would not fit */
    assert_false(buf.overflow);
    assert_ptr_equal(buf.data, before);
    buf_reserve(&buf, 700);
    assert_int_equal(buf.size, 300);
    assert_memory_equal(buf.data, "abcxx", 5);
    buf_clear(&buf);
}

static void after_an_overflow_nothing_is_added_even_if_it_would_fit(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 4);
    buf_add_string(&buf, "ab");
    buf_add_string(&buf, "cde");
    buf_add_char(&buf, 'c');
    buf_addf(&buf, "%d", 1);
    assert_true(buf.overflow);
    assert_string_equal(buf.data, "ab");

    buf_reset(&buf);
    assert_false(buf.overflow);
    assert_string_equal(buf.data, "");
    buf_add_string(&buf, "cdef");
    assert_false(buf.overflow);
    assert_string_equal(buf.data, "cdef");
    buf_clear(&buf);
}

static void a_size_near_the_largest_number_is_an_overflow_not_a_wrap(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, SIZE_MAX);
    buf_add_char(&buf, 'a');
    buf_add(&buf, "", SIZE_MAX - 1);
    assert_true(buf.overflow);
    buf_reset(&buf);
    buf_add(&buf, "", SIZE_MAX);
    assert_true(buf.overflow);
    buf_clear(&buf);
}

static void a_buf_of_size_nothing_takes_nothing(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 0);
    buf_add_string(&buf, "");
    assert_false(buf.overflow);
    buf_add_char(&buf, 'a');
    assert_true(buf.overflow);
    assert_string_equal(buf.data, "");
    buf_clear(&buf);
}

static void url_encoding_leaves_only_what_rfc_3986_calls_unreserved(void **state)
{
    static const struct {
        const char *text;
        const char *encoded;
    } rows[] = {
        {"", ""},
        {"AZaz09-._~", "AZaz09-._~"},
        {"a b/c?d&e=f#g", "a%20b%2Fc%3Fd%26e%3Df%23g"},
        {"\xc3\xa9%+", "%C3%A9%25%2B"},
        {"\x01\x7f", "%01%7F"},
    };
    struct buf buf;

    (void)state;
    buf_init(&buf, 100);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        buf_reset(&buf);
        buf_add_url_encoded(&buf, rows[i].text);
        assert_string_equal(buf.data, rows[i].encoded);
    }
    buf_clear(&buf);
}

static void consuming_drops_the_front(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 100);
    buf_consume(&buf, 0);
    buf_add_string(&buf, "abcdef");
    buf_consume(&buf, 2);
    assert_string_equal(buf.data, "cdef");
    assert_int_equal(buf.size, 4);
    buf_consume(&buf, 4);
    assert_string_equal(buf.data, "");
    buf_clear(&buf);
}

static void taking_hands_over_the_bytes_and_leaves_an_empty_buf(void **state)
{
    struct buf buf;
    char *text;

    (void)state;
    buf_init(&buf, 100);
    buf_add_string(&buf, "abc");
    text = buf_take(&buf);
    assert_string_equal(text, "abc");
    assert_string_equal(buf.data, "");
    mem_free(text);

    text = buf_take(&buf);
    assert_string_equal(text, "");
    mem_free(text);

    buf_add_string(&buf, "again");
    assert_string_equal(buf.data, "again");
    buf_clear(&buf);
}

static void a_cleared_buf_may_be_used_again(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 3);
    buf_add_string(&buf, "abcd");
    buf_clear(&buf);
    assert_false(buf.overflow);
    buf_add_string(&buf, "abc");
    assert_string_equal(buf.data, "abc");
    buf_clear(&buf);
    buf_clear(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_buf_is_an_empty_string),
        cmocka_unit_test(what_is_added_stands_one_behind_the_other),
        cmocka_unit_test(bytes_may_hold_a_nul),
        cmocka_unit_test(a_buf_grows_to_its_maximum_and_no_further),
        cmocka_unit_test(room_is_made_at_once_and_changes_nothing_else),
        cmocka_unit_test(after_an_overflow_nothing_is_added_even_if_it_would_fit),
        cmocka_unit_test(a_size_near_the_largest_number_is_an_overflow_not_a_wrap),
        cmocka_unit_test(a_buf_of_size_nothing_takes_nothing),
        cmocka_unit_test(url_encoding_leaves_only_what_rfc_3986_calls_unreserved),
        cmocka_unit_test(consuming_drops_the_front),
        cmocka_unit_test(taking_hands_over_the_bytes_and_leaves_an_empty_buf),
        cmocka_unit_test(a_cleared_buf_may_be_used_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
