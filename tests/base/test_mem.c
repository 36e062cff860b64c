/*
 * test_mem.c - copies are whole and end in a NUL; want of memory ends the process.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include "base/process.h"
#include "tests/fakes/sanitized.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void new_memory_is_zeroed(void **state)
{
    static const char zeros[1000];
    char *memory = mem_new(sizeof(zeros));

    (void)state;
    assert_memory_equal(memory, zeros, sizeof(zeros));
    mem_free(memory);
}

static void memory_of_size_nothing_is_not_null(void **state)
{
    void *memory = mem_new(0);

    (void)state;
    assert_non_null(memory);
    memory = mem_resize(memory, 0);
    assert_non_null(memory);
    mem_free(memory);
    mem_free(NULL);
}

static void resizing_keeps_what_was_there(void **state)
{
    char *memory = mem_resize(NULL, 4);

    (void)state;
    memcpy(memory, "abc", 4);
    memory = mem_resize(memory, 100000);
    assert_string_equal(memory, "abc");
    mem_free(memory);
}

static void a_copy_has_a_nul_behind_it(void **state)
{
    char *copy = mem_copy("a\0bc", 3);

    (void)state;
    assert_memory_equal(copy, "a\0b", 4);
    mem_free(copy);
    copy = mem_copy(NULL, 0);
    assert_string_equal(copy, "");
    mem_free(copy);
}

static void a_copy_of_no_string_is_none(void **state)
{
    char *copy = mem_string("text");

    (void)state;
    assert_string_equal(copy, "text");
    mem_free(copy);
    assert_null(mem_string(NULL));
}

static void a_printed_string_is_as_long_as_it_must_be(void **state)
{
    char *text = mem_printf("%0*d", 5000, 7);

    (void)state;
    assert_int_equal(strlen(text), 5000);
    assert_int_equal(text[4999], '7');
    mem_free(text);
}

static void copy_everything(void)
{
    mem_free(mem_copy("", SIZE_MAX));
}

static void allocate_everything(void)
{
    mem_free(mem_new(SIZE_MAX / 4));
}

static void resize_to_everything(void)
{
    mem_free(mem_resize(NULL, SIZE_MAX / 4));
}

/* The status a child ends with when it calls fn. It is silent: what it says is another test's matter. */
static int status_of_child(void (*fn)(void))
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        close(STDERR_FILENO);
        fn();
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void want_of_memory_ends_the_process(void **state)
{
    int status = status_of_child(copy_everything);

    (void)state;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_FAILURE);
    /* The sanitizer's allocator has its own way to end, so only that it does. */
    assert_int_not_equal(status_of_child(allocate_everything), 0);
    assert_int_not_equal(status_of_child(resize_to_everything), 0);
}

/* The last block stays, so that the end of the heap is in use. */
static void what_was_freed_is_given_back_to_the_system(void **state)
{
    enum { BLOCKS = 2000, SIZE = 8000, HALF = BLOCKS * SIZE / 2 };
    char *blocks[BLOCKS], *last;
    long long full;

    (void)state;
    if (IS_SANITIZED)
        skip();
    for (size_t i = 0; i < BLOCKS; i++)
        blocks[i] = memset(mem_new(SIZE), 1, SIZE);
    last = mem_new(SIZE);
    full = process_resident_bytes();
    for (size_t i = 0; i < BLOCKS; i++)
        mem_free(blocks[i]);
    assert_true(process_resident_bytes() > full - HALF);
    mem_give_back();
    assert_true(process_resident_bytes() < full - HALF);
    mem_free(last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_memory_is_zeroed),
        cmocka_unit_test(memory_of_size_nothing_is_not_null),
        cmocka_unit_test(resizing_keeps_what_was_there),
        cmocka_unit_test(a_copy_has_a_nul_behind_it),
        cmocka_unit_test(a_copy_of_no_string_is_none),
        cmocka_unit_test(a_printed_string_is_as_long_as_it_must_be),
        cmocka_unit_test(want_of_memory_ends_the_process),
        cmocka_unit_test(what_was_freed_is_given_back_to_the_system),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
