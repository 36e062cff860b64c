/*
 * test_progress.c - what an event remembers between attempts.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/progress.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define EVENT "01JDABCDEFGHJKMNPQRSTVWXYZ"

static void a_ref_is_the_same_at_every_attempt_and_differs_between_actions(void **state)
{
    char a[REF_SIZE], again[REF_SIZE], second[REF_SIZE], other[REF_SIZE], elsewhere[REF_SIZE];

    (void)state;
    progress_ref(EVENT, "post_comment", 0, a);
    progress_ref(EVENT, "post_comment", 0, again);
    progress_ref(EVENT, "post_comment", 1, second);
    progress_ref(EVENT, "set_attribute", 0, other);
    progress_ref("01JDABCDEFGHJKMNPQRSTVWXY0", "post_comment", 0, elsewhere);
    assert_string_equal(a, again);
    assert_int_equal(strspn(a, "0123456789abcdef"), REF_SIZE - 1);
    assert_string_not_equal(a, second);
    assert_string_not_equal(a, other);
    assert_string_not_equal(a, elsewhere);
}

static void done_and_doubt_survive_being_printed_and_read(void **state)
{
    struct progress progress, later;

    (void)state;
    progress_init(&progress, "");
    progress_set_done(&progress, "aaaaaaaaaaaa");
    progress_set_in_doubt(&progress, "bbbbbbbbbbbb");
    progress_set_in_doubt(&progress, "bbbbbbbbbbbb");
    char *text = progress_print(&progress);
    assert_string_equal(text, "{\"done\":[\"aaaaaaaaaaaa\"],\"in_doubt\":[\"bbbbbbbbbbbb\"]}");

    progress_init(&later, text);
    assert_true(progress_is_done(&later, "aaaaaaaaaaaa"));
    assert_false(progress_is_done(&later, "bbbbbbbbbbbb"));
    assert_true(progress_is_in_doubt(&later, "bbbbbbbbbbbb"));
    mem_free(text);
    progress_clear(&progress);
    progress_clear(&later);
}

static void what_a_closed_event_has_done_is_in_doubt_for_a_replay(void **state)
{
    struct progress progress;

    (void)state;
    progress_init(&progress, "{\"done\":[\"aaaaaaaaaaaa\",7],\"in_doubt\":[\"aaaaaaaaaaaa\"]}");
    progress_set_done(&progress, "bbbbbbbbbbbb");
    progress_close(&progress);
    char *text = progress_print(&progress);
    assert_string_equal(text, "{\"in_doubt\":[\"aaaaaaaaaaaa\",\"bbbbbbbbbbbb\"]}");
    mem_free(text);
    progress_clear(&progress);
}

static void the_time_spent_survives_and_ends_with_the_event(void **state)
{
    struct progress progress;

    (void)state;
    progress_init(&progress, "{\"spent_ms\":90000000}");
    assert_int_equal(progress.spent_ms, 90000000);
    progress.spent_ms++;
    char *text = progress_print(&progress);
    assert_string_equal(text, "{\"spent_ms\":90000001}");
    mem_free(text);
    progress_close(&progress);
    text = progress_print(&progress);
    assert_string_equal(text, "");
    mem_free(text);
    progress_clear(&progress);
}

static void nothing_to_remember_is_no_text(void **state)
{
    struct progress progress;

    (void)state;
    progress_init(&progress, "");
    char *text = progress_print(&progress);
    assert_string_equal(text, "");
    mem_free(text);
    progress_clear(&progress);
}

static void text_that_cannot_be_read_remembers_nothing(void **state)
{
    static const char *const texts[] = {"{", "[]", "3", "{\"done\":7}", "{\"done\":[1,null]}"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct progress progress;
        progress_init(&progress, texts[i]);
        assert_false(progress_is_done(&progress, "aaaaaaaaaaaa"));
        progress_set_done(&progress, "aaaaaaaaaaaa");
        assert_true(progress_is_done(&progress, "aaaaaaaaaaaa"));
        progress_clear(&progress);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ref_is_the_same_at_every_attempt_and_differs_between_actions),
        cmocka_unit_test(done_and_doubt_survive_being_printed_and_read),
        cmocka_unit_test(what_a_closed_event_has_done_is_in_doubt_for_a_replay),
        cmocka_unit_test(the_time_spent_survives_and_ends_with_the_event),
        cmocka_unit_test(nothing_to_remember_is_no_text),
        cmocka_unit_test(text_that_cannot_be_read_remembers_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
