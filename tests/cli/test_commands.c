/*
 * test_commands.c - the table of subcommands: each is complete, its help fits a terminal, a typing mistake finds it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include "base/mem.h"
#include "cli/terminal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_lines_fit(char *text, size_t columns)
{
    for (char *line = text, *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        assert_non_null(end);
        *end = '\0';
        if (terminal_columns(line) > columns)
            fail_msg("%zu columns: %s", terminal_columns(line), line);
    }
}

static void every_command_says_what_it_is(void **state)
{
    (void)state;
    for (const struct command *const *command = commands; *command; command++) {
        struct buf text;

        assert_ptr_equal(command_named((*command)->name), *command);
        assert_non_null((*command)->run);
        assert_true(*(*command)->summary && *(*command)->description);
        assert_memory_equal((*command)->example, "hookline ", 9);
        assert_true((*command)->operands_min <= (*command)->operands_max);
        assert_int_equal((*command)->operands_max > 0, *(*command)->operands != '\0');
        buf_init(&text, 10000);
        command_help(*command, &text);
        assert_lines_fit(text.data, 110);
        buf_clear(&text);
    }
}

static void the_list_of_commands_names_all_but_the_hidden_ones(void **state)
{
    struct buf text;

    (void)state;
    buf_init(&text, 10000);
    commands_help(&text);
    for (const struct command *const *command = commands; *command; command++) {
        char *line = mem_printf("\n  %-10s ", (*command)->name);

        assert_int_equal(strstr(text.data, line) != NULL, (*command)->group != GROUP_HIDDEN);
        mem_free(line);
    }
    assert_lines_fit(text.data, 80);
    buf_clear(&text);
}

static void a_mistyped_command_finds_its_neighbour(void **state)
{
    static const struct {
        const char *typed, *meant;
    } rows[] = {
        {"stauts", "status"}, {"serv", "serve"},
        {"sned", "send"},     {"replays", "replay"},
        {"evnts", "events"},  {"frobnicate", NULL},
        {"x", NULL},          {"janitr", NULL},
        {"", NULL},           {"a-very-long-word-that-nobody-would-ever-type-here", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct command *found = command_close_to(rows[i].typed);

        if (!rows[i].meant)
            assert_null(found);
        else
            assert_string_equal(found ? found->name : "", rows[i].meant);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_says_what_it_is),
        cmocka_unit_test(the_list_of_commands_names_all_but_the_hidden_ones),
        cmocka_unit_test(a_mistyped_command_finds_its_neighbour),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
