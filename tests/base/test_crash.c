/*
 * test_crash.c - crash points: whoever removes the armed point's file dies; in a build without them, nobody.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[64];

static void arm(const char *name)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    assert_true(file >= 0);
    close(file);
    setenv("HOOKLINE_CRASH", name, 1);
    setenv("HOOKLINE_CRASH_FILE", path, 1);
}

/* How a child ends that comes by the point "here": 0, or the signal that killed it. */
static int pass_by(void)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        CRASH_POINT("here");
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static bool is_armed(void)
{
    return access(path, F_OK) == 0;
}

static void the_first_to_come_by_an_armed_point_dies_and_no_other(void **state)
{
    (void)state;
    arm("here");
#ifdef CRASH_POINTS
    assert_int_equal(pass_by(), SIGKILL);
    assert_false(is_armed());
#else
    assert_int_equal(pass_by(), 0);
    assert_true(is_armed());
    unlink(path);
#endif
    assert_int_equal(pass_by(), 0);
}

static void a_point_of_another_name_is_passed(void **state)
{
    (void)state;
    arm("elsewhere");
    assert_int_equal(pass_by(), 0);
    assert_true(is_armed());
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_to_come_by_an_armed_point_dies_and_no_other),
        cmocka_unit_test(a_point_of_another_name_is_passed),
    };

    snprintf(path, sizeof(path), "/tmp/hookline-crash-%ld", (long)getpid());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
