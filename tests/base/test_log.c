/*
 * test_log.c - lines are whole, one a write, and cannot be forged from outside.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Standard error goes into a pipe; reading gives what is in it so far. */
struct capture {
    int saved;
    int reader;
    char text[20000];
};

static int set_up(void **state)
{
    struct capture *capture = mem_new(sizeof(*capture));
    int ends[2];

    if (pipe(ends) != 0)
        return -1;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    capture->saved = dup(STDERR_FILENO);
    capture->reader = ends[0];
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    clock_freeze(INT64_C(1767323045678));
    log_init("tester", LOG_INFO);
    *state = capture;
    return 0;
}

static int tear_down(void **state)
{
    struct capture *capture = *state;

    dup2(capture->saved, STDERR_FILENO);
    close(capture->saved);
    close(capture->reader);
    mem_free(capture);
    clock_release();
    return 0;
}

/* What was logged since the last call. */
static const char *logged(struct capture *capture)
{
    ssize_t size = read(capture->reader, capture->text, sizeof(capture->text) - 1);

    capture->text[size > 0 ? size : 0] = '\0';
    return capture->text;
}

/* The message of the one line that was logged, without its newline. */
static const char *message(struct capture *capture)
{
    char *text = (char *)logged(capture), *colon = strstr(text, ": ");

    assert_non_null(colon);
    assert_int_equal(text[strlen(text) - 1], '\n');
    text[strlen(text) - 1] = '\0';
    return colon + 2;
}

static void a_line_has_time_level_process_and_message(void **state)
{
    char expected[200];

    snprintf(expected, sizeof(expected),
             "2026-01-02T03:04:05.678Z info  tester %ld: event settled id=7\n"
             "2026-01-02T03:04:05.678Z error tester %ld: no\n"
             "2026-01-02T03:04:05.678Z warn  tester %ld: hm\n",
             (long)getpid(), (long)getpid(), (long)getpid());
    log_info("event settled id=%d", 7);
    log_error("no");
    log_warn("hm");
    assert_string_equal(logged(*state), expected);
}

static void a_level_below_the_set_one_is_silent(void **state)
{
    log_debug("nobody hears");
    assert_string_equal(logged(*state), "");
    log_init("tester", LOG_ERROR);
    log_warn("nobody hears");
    assert_string_equal(logged(*state), "");
    log_init("tester", LOG_DEBUG);
    log_debug("somebody hears");
    assert_string_equal(message(*state), "somebody hears");
}

static void levels_have_names(void **state)
{
    (void)state;
    assert_int_equal(log_level_named("error"), LOG_ERROR);
    assert_int_equal(log_level_named("warn"), LOG_WARN);
    assert_int_equal(log_level_named("info"), LOG_INFO);
    assert_int_equal(log_level_named("debug"), LOG_DEBUG);
    assert_int_equal(log_level_named("Info"), -1);
    assert_int_equal(log_level_named(""), -1);
}

static void text_from_outside_cannot_forge_a_line(void **state)
{
    static const struct {
        const char *text;
        const char *line;
    } rows[] = {
        {"a\nb\rc\td", "a?b?c?d"},
        {"\x1b[31mred\x7f", "?[31mred?"},
        {"C1 \xc2\x9b[1m \xc2\x85", "C1 ??[1m ??"}, /* escape and new line in one character */
        {"\xff broken \xc3", "? broken ?"},
        {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
        {"", ""},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        log_info("%s", rows[i].text);
        assert_string_equal(message(*state), rows[i].line);
    }
}

static void a_line_that_is_too_long_is_cut_between_characters(void **state)
{
    char text[8001];

    for (size_t shift = 0; shift < 4; shift++) { /* one of them falls on the border in each place */
        const char *line;

        memset(text, 'x', shift);
        for (size_t i = shift; i < 8000; i += 2)
            memcpy(text + i, "\xc3\xa9", 2);
        text[8000] = '\0';
        log_info("%s", text);
        line = logged(*state);
        assert_in_range(strlen(line), 4090, 4096);
        assert_null(strchr(line, '?'));
        assert_string_equal(line + strlen(line) - 6, "\xc3\xa9...\n");
    }
}

static void a_line_of_the_greatest_length_is_whole(void **state)
{
    size_t head, size = 0;
    char text[4200];

    log_info(" ");
    head = strlen(logged(*state)) - 2;
    for (size_t length = 4080 - head; length < 4110 - head; length++) {
        memset(text, 'x', length);
        text[length] = '\0';
        log_info("%s", text);
        size = strlen(logged(*state));
        assert_true(size <= 4096);
        assert_true(size == head + length + 1 || size >= 4095);
    }
    assert_in_range(size, 4095, 4096);
}

static void errno_survives_a_line_that_cannot_be_written(void **state)
{
    struct capture *capture = *state;

    close(STDERR_FILENO);
    errno = ENOENT;
    log_info("x");
    assert_int_equal(errno, ENOENT);
    dup2(capture->saved, STDERR_FILENO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_has_time_level_process_and_message, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_level_below_the_set_one_is_silent, set_up, tear_down),
        cmocka_unit_test(levels_have_names),
        cmocka_unit_test_setup_teardown(text_from_outside_cannot_forge_a_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_line_that_is_too_long_is_cut_between_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_line_of_the_greatest_length_is_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(errno_survives_a_line_that_cannot_be_written, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
