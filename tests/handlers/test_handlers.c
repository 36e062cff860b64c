/*
 * test_handlers.c - the table of handlers, and the page that documents it: docs/actions.md has every argument.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers/handlers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pinpoint/resource.h"
#include "tests/handlers/conversation.h"

static void handlers_are_found_by_name(void **state)
{
    (void)state;
    for (const struct handler *handler = handlers; handler->name; handler++)
        assert_ptr_equal(handler_named(handler->name), handler);
    assert_null(handler_named("post_comments"));
    assert_null(handler_named(""));
}

static void the_list_of_names_has_all_of_them(void **state)
{
    struct buf names;

    (void)state;
    buf_init(&names, 1000);
    for (const struct handler *handler = handlers; handler->name; handler++)
        buf_addf(&names, "%s%s", handler != handlers ? ", " : "", handler->name);
    assert_string_equal(handler_names(), names.data);
    buf_clear(&names);
}

static void every_target_is_a_resource_that_takes_what_is_written(void **state)
{
    (void)state;
    for (const struct handler *handler = handlers; handler->name; handler++) {
        for (const struct argument *argument = handler->arguments; argument->name; argument++) {
            const struct resource *resource = resource_named(argument->name);

            if (argument->kind != ARGUMENT_TARGET)
                continue;
            assert_non_null(resource);
            assert_true(handler->step != set_attribute_step || resource->has_attributes);
            assert_true(handler->step != post_comment_step || resource->has_comments);
        }
    }
}

static void an_action_owns_what_it_keeps(void **state)
{
    struct action action;

    (void)state;
    action_init(&action, handlers);
    assert_int_equal(action.stage, 0);
    action.target_id = mem_string("1");
    action.memo = cJSON_CreateObject();
    action_clear(&action);
    assert_null(action.target_id);
    assert_null(action.memo);
    action_clear(&action);
}

static char *read_page(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = mem_new(65536);

    if (!file)
        fail_msg("%s cannot be read; tests run from the top of the tree", path);
    text[fread(text, 1, 65535, file)] = '\0';
    fclose(file);
    return text;
}

/* Each action has a section "## name" with a row "| `argument` | yes or no | help |" for each argument. */
static void the_page_on_actions_has_every_argument(void **state)
{
    char *page = read_page("docs/actions.md");

    (void)state;
    for (const struct handler *handler = handlers; handler->name; handler++) {
        char *title = mem_printf("\n## %s\n", handler->name);
        const char *section = strstr(page, title);

        if (!section)
            fail_msg("docs/actions.md has no section on %s", handler->name);
        for (const struct argument *argument = handler->arguments; argument->name; argument++) {
            char *row = mem_printf("\n| `%s` |", argument->name);
            const char *found = strstr(section, row);
            const char *end = strstr(section + 1, "\n## ");

            if (!found || (end && found > end))
                fail_msg("docs/actions.md: %s has no row for %s", handler->name, argument->name);
            if (!strstr(found, argument->help) || strstr(found, argument->help) > strchr(found + 1, '\n'))
                fail_msg("docs/actions.md: %s, %s: says not \"%s\"", handler->name, argument->name, argument->help);
            mem_free(row);
        }
        mem_free(title);
    }
    mem_free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handlers_are_found_by_name),
        cmocka_unit_test(the_list_of_names_has_all_of_them),
        cmocka_unit_test(every_target_is_a_resource_that_takes_what_is_written),
        cmocka_unit_test(an_action_owns_what_it_keeps),
        cmocka_unit_test(the_page_on_actions_has_every_argument),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
