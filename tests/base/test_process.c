/*
 * test_process.c - children start with what they were given, and how they end is told.
 *
 * The program is also its own child: with an argument it plays the part of that name instead of testing.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"

#include "base/mem.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { GUARD_MS = 20000, FOLLOWED = 7 };

struct scene {
    struct loop *loop;
    struct process *process;
    char folder[32]; /* made for this test alone, as is the log in it; arrays, so that no test points them elsewhere */
    char log_path[40];
    int code, signal, ended;
    bool closes_in_callback;
};

static int set_up(void **state)
{
    struct scene *scene = mem_new(sizeof(*scene));

    snprintf(scene->folder, sizeof(scene->folder), "/tmp/hookline-test-XXXXXX");
    if (!mkdtemp(scene->folder))
        return -1;
    snprintf(scene->log_path, sizeof(scene->log_path), "%s/log", scene->folder);
    scene->loop = loop_new();
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;

    process_close(scene->process);
    loop_free(scene->loop);
    unlink(scene->log_path);
    rmdir(scene->folder);
    mem_free(scene);
    return 0;
}

static void note_end(void *arg, int code, int number)
{
    struct scene *scene = arg;

    scene->code = code;
    scene->signal = number;
    scene->ended++;
    if (scene->closes_in_callback) {
        process_close(scene->process);
        scene->process = NULL;
    }
    loop_stop(scene->loop);
}

static void give_up(void *arg)
{
    (void)arg;
    fail_msg("nothing happened for %d ms", GUARD_MS);
}

static void run(struct scene *scene)
{
    struct timer *guard = timer_new(scene->loop, give_up, NULL);

    timer_start(guard, GUARD_MS);
    loop_run(scene->loop);
    timer_free(guard);
}

static void open_child(struct scene *scene, const char *const *argv)
{
    struct error err = {0};

    scene->process = process_open(scene->loop, argv, scene->log_path, note_end, scene, &err);
    if (!scene->process)
        fail_msg("%s", err.text);
}

/* Runs script to its end; *output, owned, is what it wrote to either of its outputs. */
static void run_script(struct scene *scene, const char *script, char **output)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    char text[1000] = "";
    int fd;

    open_child(scene, argv);
    run(scene);
    fd = open(scene->log_path, O_RDONLY);
    assert_true(fd >= 0);
    assert_true(read(fd, text, sizeof(text) - 1) >= 0);
    close(fd);
    *output = mem_string(text);
}

static void the_exit_code_is_told_once(void **state)
{
    struct scene *scene = *state;
    const char *const argv[] = {"sh", "-c", "exit 3", NULL};

    open_child(scene, argv);
    assert_true(process_pid(scene->process) > 0);
    run(scene);
    assert_int_equal(scene->code, 3);
    assert_int_equal(scene->signal, 0);
    loop_run(scene->loop); /* an ended child does not keep the loop */
    assert_int_equal(scene->ended, 1);
}

static void a_child_ended_by_a_signal_has_no_code(void **state)
{
    struct scene *scene = *state;
    const char *const argv[] = {"sh", "-c", "kill -STOP $$", NULL}; /* goes no further by itself */

    open_child(scene, argv);
    process_signal(scene->process, SIGKILL);
    run(scene);
    assert_int_equal(scene->code, -1);
    assert_int_equal(scene->signal, SIGKILL);
    process_signal(scene->process, SIGKILL); /* gone: nothing happens */
}

static void a_program_that_is_not_there_is_an_error(void **state)
{
    struct scene *scene = *state;
    const char *const argv[] = {"redis-serverr", "--port", "0", NULL};
    struct error err = {0};

    assert_null(process_open(scene->loop, argv, NULL, note_end, scene, &err));
    assert_int_equal(err.kind, ERROR_SYSTEM);
    assert_string_equal(err.text, "cannot start redis-serverr: no such file or directory");
    loop_run(scene->loop);
    assert_int_equal(scene->ended, 0);
}

static void a_log_that_cannot_be_opened_is_an_error(void **state)
{
    struct scene *scene = *state;
    const char *const argv[] = {"true", NULL};
    struct error err = {0};

    assert_null(process_open(scene->loop, argv, "/nonexistent/log", note_end, scene, &err));
    assert_int_equal(err.kind, ERROR_SYSTEM);
    assert_string_equal(err.text, "cannot open /nonexistent/log: No such file or directory");
}

static void output_and_errors_go_to_the_log_behind_what_is_there(void **state)
{
    struct scene *scene = *state;
    struct stat info;
    char *output;

    run_script(scene, "echo out; echo err >&2; cat", &output); /* cat ends at once: standard input is empty */
    assert_string_equal(output, "out\nerr\n");
    assert_int_equal(scene->code, 0);
    mem_free(output);
    process_close(scene->process);

    run_script(scene, "echo again", &output);
    assert_string_equal(output, "out\nerr\nagain\n");
    mem_free(output);
    assert_int_equal(stat(scene->log_path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void a_child_inherits_the_environment_and_learns_its_parent(void **state)
{
    struct scene *scene = *state;
    char expected[100], *output;

    setenv("HOOKLINE_PARENT_PID", "1", 1); /* as if we were such a child ourselves */
    setenv("HOOKLINE_TEST", "kept", 1);
    run_script(scene, "echo $HOOKLINE_TEST; env | grep HOOKLINE_PARENT", &output);
    snprintf(expected, sizeof(expected), "kept\nHOOKLINE_PARENT_PID=%ld\n", (long)getpid());
    assert_string_equal(output, expected);
    mem_free(output);
    unsetenv("HOOKLINE_TEST");
    unsetenv("HOOKLINE_PARENT_PID");
}

/* Our own ignoring of SIGPIPE must not be passed on: a child in a pipeline relies on dying of it. */
static void a_child_dies_of_a_broken_pipe_as_usual(void **state)
{
    struct scene *scene = *state;
    const char *const argv[] = {"sh", "-c", "kill -PIPE $$; exit 0", NULL};

    open_child(scene, argv);
    run(scene);
    assert_int_equal(scene->signal, SIGPIPE);
}

static void a_child_may_be_closed_by_the_callback_that_tells_its_end(void **state)
{
    struct scene *scene = *state;
    const char *const argv[] = {"true", NULL};

    scene->closes_in_callback = true;
    open_child(scene, argv);
    run(scene);
    assert_int_equal(scene->ended, 1);
}

static void a_closed_child_is_forgotten(void **state)
{
    struct scene *scene = *state;
    const char *const argv[] = {"true", NULL};

    open_child(scene, argv);
    process_close(scene->process);
    scene->process = NULL;
    loop_run(scene->loop);
    assert_int_equal(scene->ended, 0);
    process_close(NULL);
}

static void children_of_the_same_loop_are_told_apart(void **state)
{
    struct scene *scene = *state, other = *scene;
    const char *const first[] = {"sh", "-c", "exit 11", NULL};
    const char *const second[] = {"sh", "-c", "exit 12", NULL};

    open_child(scene, first);
    open_child(&other, second);
    while (scene->ended + other.ended < 2)
        run(scene);
    assert_int_equal(scene->code, 11);
    assert_int_equal(other.code, 12);
    process_close(other.process);
}

/* The part "follow": follows its parent, then exits with FOLLOWED if it is still there. */
static void a_child_of_process_open_follows_its_parent(void **state)
{
    struct scene *scene = *state;
    char *own = process_own_path();
    const char *const argv[] = {own, "follow", NULL};

    open_child(scene, argv);
    run(scene);
    assert_int_equal(scene->code, FOLLOWED);
    mem_free(own);
}

static void a_child_whose_parent_is_already_gone_ends(void **state)
{
    struct scene *scene = *state;
    char *own = process_own_path();
    char *script = mem_printf("HOOKLINE_PARENT_PID=2147483647; exec %s follow", own);
    char *output;

    run_script(scene, script, &output);
    assert_int_equal(scene->signal, SIGTERM);
    mem_free(output);
    mem_free(script);
    mem_free(own);
}

static void who_was_not_started_by_process_open_follows_nobody(void **state)
{
    struct scene *scene = *state;
    char *own = process_own_path();
    char *script = mem_printf("unset HOOKLINE_PARENT_PID; exec %s follow", own);
    char *output;

    run_script(scene, script, &output);
    assert_int_equal(scene->code, FOLLOWED);
    mem_free(output);
    mem_free(script);
    mem_free(own);
}

static void stop_at_end_of_file(void *arg, unsigned events)
{
    (void)events;
    loop_stop(arg);
}

/* The part "middle" opens the part "wait" and dies. Both hold the writing end of our pipe; when "wait" has died too,
 * and only then, the pipe ends. */
static void a_child_ends_when_its_parent_dies(void **state)
{
    struct scene *scene = *state;
    char *own = process_own_path();
    const char *const argv[] = {own, "middle", NULL};
    struct watch *watch;
    int ends[2];
    char byte;

    assert_int_equal(pipe(ends), 0);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    open_child(scene, argv);
    close(ends[1]);
    run(scene);
    assert_int_equal(scene->code, 0);
    watch = watch_new(scene->loop, ends[0], stop_at_end_of_file, scene->loop);
    watch_set(watch, WATCH_READ);
    run(scene);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    watch_free(watch);
    close(ends[0]);
    mem_free(own);
}

static void the_own_path_is_that_of_the_program(void **state)
{
    char *own = process_own_path();

    (void)state;
    assert_int_equal(own[0], '/');
    assert_non_null(strstr(own, "test_process"));
    assert_int_equal(access(own, X_OK), 0);
    mem_free(own);
}

static void a_process_knows_its_size(void **state)
{
    (void)state;
    assert_in_range(process_resident_bytes(), 100 * 1024, INT64_C(1) << 40);
}

static int play_middle(void)
{
    char *own = process_own_path();
    const char *const argv[] = {own, "wait", NULL};
    struct error err = {0};

    /* Neither the loop nor the child is closed: this is a process that dies. */
    if (!process_open(loop_new(), argv, NULL, note_end, NULL, &err))
        fprintf(stderr, "%s\n", err.text);
    _exit(err.kind == ERROR_NONE ? 0 : 1);
}

static int play(const char *part)
{
    if (strcmp(part, "middle") == 0)
        return play_middle();
    process_follow_parent();
    if (strcmp(part, "wait") == 0)
        pause();
    return FOLLOWED;
}

#define PROCESS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void the_descriptor_limit_is_raised_to_what_the_system_allows(void **state)
{
    struct rlimit limit;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = 64;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    process_raise_descriptor_limit();
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(limit.rlim_cur, limit.rlim_max);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        PROCESS_TEST(the_exit_code_is_told_once),
        PROCESS_TEST(a_child_ended_by_a_signal_has_no_code),
        PROCESS_TEST(a_program_that_is_not_there_is_an_error),
        PROCESS_TEST(a_log_that_cannot_be_opened_is_an_error),
        PROCESS_TEST(output_and_errors_go_to_the_log_behind_what_is_there),
        PROCESS_TEST(a_child_inherits_the_environment_and_learns_its_parent),
        PROCESS_TEST(a_child_dies_of_a_broken_pipe_as_usual),
        PROCESS_TEST(a_child_may_be_closed_by_the_callback_that_tells_its_end),
        PROCESS_TEST(a_closed_child_is_forgotten),
        PROCESS_TEST(children_of_the_same_loop_are_told_apart),
        PROCESS_TEST(a_child_of_process_open_follows_its_parent),
        PROCESS_TEST(who_was_not_started_by_process_open_follows_nobody),
#ifdef __linux__
        PROCESS_TEST(a_child_whose_parent_is_already_gone_ends),
        PROCESS_TEST(a_child_ends_when_its_parent_dies),
#endif
        cmocka_unit_test(the_own_path_is_that_of_the_program),
        cmocka_unit_test(a_process_knows_its_size),
        cmocka_unit_test(the_descriptor_limit_is_raised_to_what_the_system_allows),
    };

    return argc > 1 ? play(argv[1]) : cmocka_run_group_tests(tests, NULL, NULL);
}
