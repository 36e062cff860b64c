/*
 * test_table.c - tables: widths, shrinking, alignment, and text that would drive the terminal.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/table.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct column columns[] = {
    {"NAME", COLUMN_TEXT},
    {"COUNT", COLUMN_NUMBER},
    {"REASON", COLUMN_PROSE},
};

/* The table of cells, which end with NULL, as it is printed. Owned. */
static char *render(const char *const *cells, unsigned width, bool colour)
{
    struct table *table = table_new(columns, COUNT_OF(columns));
    struct buf out;

    buf_init(&out, 10000);
    for (; *cells; cells++)
        table_add(table, *cells);
    table_render(table, width, colour, &out);
    table_free(table);
    return buf_take(&out);
}

static void assert_rendered(const char *const *cells, unsigned width, const char *expected)
{
    char *text = render(cells, width, false);

    assert_string_equal(text, expected);
    mem_free(text);
}

static void columns_are_as_wide_as_their_widest_cell(void **state)
{
    const char *cells[] = {"a", "1", "x", "longer", "1000000", "y", NULL};

    (void)state;
    assert_rendered(cells, 80,
                    "NAME      COUNT  REASON\n"
                    "a             1  x\n"
                    "longer  1000000  y\n");
}

static void no_space_follows_the_last_cell_of_a_line(void **state)
{
    const char *cells[] = {"a", "", "", "b", "2", "z", NULL};

    (void)state;
    assert_rendered(cells, 80,
                    "NAME  COUNT  REASON\n"
                    "a\n"
                    "b         2  z\n");
}

static void prose_goes_on_in_the_next_line(void **state)
{
    const char *cells[] = {"abc", "1", "this sentence is far too long", "d", "2", "short", NULL};

    (void)state;
    assert_rendered(cells, 30,
                    "NAME  COUNT  REASON\n"
                    "abc       1  this sentence is\n"
                    "             far too long\n"
                    "d         2  short\n");
}

static void what_four_lines_do_not_hold_is_cut(void **state)
{
    const char *cells[] = {"abc", "1", "aaaaaaaaaaaa bbbbbbbbbbbb cccccccccccc ddddddddddddd", NULL};

    (void)state;
    assert_rendered(cells, 25,
                    "NAME  COUNT  REASON\n"
                    "abc       1  aaaaaaaaaaaa\n"
                    "             bbbbbbbbbbbb\n"
                    "             cccccccccccc\n"
                    "             ddddddddddd…\n");
}

static void names_never_shrink(void **state)
{
    const char *cells[] = {"a-name-that-is-longer-than-the-line", "1", "a reason for that", NULL};

    (void)state;
    assert_rendered(cells, 20,
                    "NAME                                 COUNT  REASON\n"
                    "a-name-that-is-longer-than-the-line      1  a reason for\n"
                    "                                            that\n");
}

static void characters_are_counted_not_bytes(void **state)
{
    const char *cells[] = {"Zoë", "1", "größenübermäßig", "b", "2", "x", NULL};

    (void)state;
    assert_rendered(cells, 25,
                    "NAME  COUNT  REASON\n"
                    "Zoë       1  größenübermä\n"
                    "             ßig\n"
                    "b         2  x\n");
}

static void control_characters_do_not_reach_the_terminal(void **state)
{
    const char *cells[] = {"\033[2J", "1\n2",
                           "\xC2\x9B"
                           "31m \xFF \xE2\x80\xAEx",
                           NULL};

    (void)state;
    assert_rendered(cells, 80,
                    "NAME  COUNT  REASON\n"
                    "\xEF\xBF\xBD[2J    1 2  \xEF\xBF\xBD"
                    "31m \xEF\xBF\xBD \xEF\xBF\xBDx\n");
}

static void tones_are_colours_only_when_asked_for(void **state)
{
    struct table *table = table_new(columns, 1);
    struct buf out;

    (void)state;
    buf_init(&out, 1000);
    table_add_toned(table, TONE_BAD, "dead");
    table_render(table, 80, true, &out);
    assert_string_equal(out.data, "\033[1mNAME\033[0m\n\033[31mdead\033[0m\n");
    buf_reset(&out);
    table_render(table, 80, false, &out);
    assert_string_equal(out.data, "NAME\ndead\n");
    buf_clear(&out);
    table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
        cmocka_unit_test(no_space_follows_the_last_cell_of_a_line),
        cmocka_unit_test(prose_goes_on_in_the_next_line),
        cmocka_unit_test(what_four_lines_do_not_hold_is_cut),
        cmocka_unit_test(names_never_shrink),
        cmocka_unit_test(characters_are_counted_not_bytes),
        cmocka_unit_test(control_characters_do_not_reach_the_terminal),
        cmocka_unit_test(tones_are_colours_only_when_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
