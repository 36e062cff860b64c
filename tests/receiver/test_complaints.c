/*
 * test_complaints.c - a flood of refusals is a few lines in the log.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "receiver/complaints.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

/* Standard error goes to a file while complaints are made. */
struct capture {
    FILE *file;
    int stderr_before;
};

static void capture_open(struct capture *capture)
{
    capture->file = tmpfile();
    assert_non_null(capture->file);
    capture->stderr_before = dup(STDERR_FILENO);
    assert_int_equal(dup2(fileno(capture->file), STDERR_FILENO), STDERR_FILENO);
}

/* What was written; gives it and how many lines it has. */
static unsigned capture_close(struct capture *capture, char *text, size_t size)
{
    unsigned lines = 0;

    assert_int_equal(dup2(capture->stderr_before, STDERR_FILENO), STDERR_FILENO);
    close(capture->stderr_before);
    rewind(capture->file);
    text[fread(text, 1, size - 1, capture->file)] = '\0';
    fclose(capture->file);
    for (const char *end = strchr(text, '\n'); end; end = strchr(end + 1, '\n'))
        lines++;
    return lines;
}

static void a_flood_is_one_line_a_second_that_counts_the_rest(void **state)
{
    struct complaints complaints = {0};
    struct capture capture;
    char text[2000];

    (void)state;
    clock_freeze(1000000);
    capture_open(&capture);
    for (int i = 0; i < 500; i++)
        complaints_log(&complaints, VERDICT_REFUSED, "quiz", "no signature matches");
    clock_freeze(1000000 + COMPLAINT_EVERY_MS);
    complaints_log(&complaints, VERDICT_REFUSED, "quiz", "no signature matches");
    clock_release();
    assert_int_equal(capture_close(&capture, text, sizeof(text)), 2);
    assert_non_null(strstr(text, "result=refused source=quiz more_like_it=0 reason=\"no signature matches\"\n"));
    assert_non_null(strstr(text, "more_like_it=499"));
}

static void a_flood_of_one_kind_does_not_hide_another(void **state)
{
    struct complaints complaints = {0};
    struct capture capture;
    char text[2000];

    (void)state;
    clock_freeze(1000000);
    capture_open(&capture);
    complaints_log(&complaints, VERDICT_REFUSED, "quiz", "a");
    complaints_log(&complaints, VERDICT_INVALID, "quiz", "b");
    complaints_log(&complaints, VERDICT_REFUSED, "quiz", "a");
    clock_release();
    assert_int_equal(capture_close(&capture, text, sizeof(text)), 2);
    assert_non_null(strstr(text, "result=invalid"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_is_one_line_a_second_that_counts_the_rest),
        cmocka_unit_test(a_flood_of_one_kind_does_not_hide_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
