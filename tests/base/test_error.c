/*
 * test_error.c - filling errors, and the path of where they happened.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include "base/mem.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void setting_an_error_is_false(void **state)
{
    struct error err = {0};

    (void)state;
    assert_false(error_set(&err, ERROR_LIMIT, "body: %d bytes", 12));
    assert_int_equal(err.kind, ERROR_LIMIT);
    assert_string_equal(err.text, "body: 12 bytes");
    assert_string_equal(err.where, "");
}

static void nobody_need_want_the_error(void **state)
{
    (void)state;
    assert_false(error_set(NULL, ERROR_INVALID, "x"));
    assert_false(error_set_at(NULL, ERROR_INVALID, "a", "x"));
    assert_false(error_prefix(NULL, "a"));
}

static void setting_an_error_clears_where_the_last_one_was(void **state)
{
    struct error err = {0};

    (void)state;
    assert_false(error_set_at(&err, ERROR_INVALID, "sources.video", "unknown key"));
    assert_string_equal(err.where, "sources.video");
    assert_false(error_set(&err, ERROR_SYSTEM, "no"));
    assert_string_equal(err.where, "");
}

static void an_error_may_be_wrapped_in_itself(void **state)
{
    struct error err = {0};

    (void)state;
    assert_false(error_set_at(&err, ERROR_SYSTEM, "a.b", "no such file"));
    assert_false(error_set_at(&err, err.kind, err.where, "cannot open x: %s", err.text));
    assert_string_equal(err.text, "cannot open x: no such file");
    assert_string_equal(err.where, "a.b");
}

static void a_text_that_is_too_long_is_cut(void **state)
{
    struct error err = {0};
    char text[1000];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_false(error_set_at(&err, ERROR_INVALID, text, "%s", text));
    assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
    assert_int_equal(strlen(err.where), sizeof(err.where) - 1);
}

static void prefixes_make_a_path(void **state)
{
    static const struct {
        const char *prefix;
        const char *where;
        const char *joined;
    } rows[] = {
        {"rules[0]", "on", "rules[0].on"}, {"x", "[0]", "x[0]"}, {"x", "", "x"}, {"", "on", "on"}, {"", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct error err = {0};

        assert_false(error_set_at(&err, ERROR_INVALID, rows[i].where, "kept"));
        assert_false(error_prefix(&err, "%s", rows[i].prefix));
        assert_string_equal(err.where, rows[i].joined);
        assert_string_equal(err.text, "kept");
        assert_int_equal(err.kind, ERROR_INVALID);
    }
}

static void a_path_that_is_too_long_keeps_its_front(void **state)
{
    struct error err = {0};
    char name[150];

    (void)state;
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    assert_false(error_set_at(&err, ERROR_INVALID, name, "x"));
    assert_false(error_prefix(&err, "%s", name));
    assert_false(error_prefix(&err, "sources[%d]", 3));
    assert_int_equal(strlen(err.where), sizeof(err.where) - 1);
    assert_memory_equal(err.where, "sources[3].nnn", strlen("sources[3].nnn"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setting_an_error_is_false),
        cmocka_unit_test(nobody_need_want_the_error),
        cmocka_unit_test(setting_an_error_clears_where_the_last_one_was),
        cmocka_unit_test(an_error_may_be_wrapped_in_itself),
        cmocka_unit_test(a_text_that_is_too_long_is_cut),
        cmocka_unit_test(prefixes_make_a_path),
        cmocka_unit_test(a_path_that_is_too_long_keeps_its_front),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
