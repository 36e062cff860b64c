/*
 * test_settings.c - the reference is held to the tables, and the tables to themselves.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/settings.h"

#include "base/mem.h"
#include "config/config.h"
#include "tests/config/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *prefix;
    const struct setting *table;
} tables[] = {
    {"", file_settings},
    {"accounts.NAME.", account_settings},
    {"sources.NAME.", source_settings},
};

/* The line that docs/configuration.md has for a row; owned. */
static char *documented_row(const struct setting *setting)
{
    struct buf row;
    const char *fallback = setting_default(setting);

    buf_init(&row, 2000);
    buf_addf(&row, "\n| `%s` | ", setting->key);
    setting_add_type(setting, &row);
    if (setting->fallback != NULL)
        buf_addf(&row, " | `%s` | %s |\n", fallback, setting->help);
    else
        buf_addf(&row, " | %s | %s |\n", fallback, setting->help);
    return buf_take(&row);
}

static void the_reference_says_what_the_tables_say(void **state)
{
    char *path = place_root("docs/configuration.md");
    char *reference = place_read(path);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        for (const struct setting *setting = tables[i].table; setting->key != NULL; setting++) {
            char *row = documented_row(setting);
            if (strstr(reference, row) == NULL)
                fail_msg("docs/configuration.md lacks this row:%s", row);
            mem_free(row);
        }
    }
    mem_free(reference);
    mem_free(path);
}

static size_t count(const char *text, const char *mark)
{
    size_t found = 0;

    for (; (text = strstr(text, mark)) != NULL; text += strlen(mark))
        found++;
    return found;
}

/* No other table of the reference begins its rows with code. */
static void the_reference_has_no_row_that_the_tables_lack(void **state)
{
    char *path = place_root("docs/configuration.md");
    char *reference = place_read(path);
    size_t rows = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        for (const struct setting *setting = tables[i].table; setting->key != NULL; setting++)
            rows++;
    }
    assert_int_equal(count(reference, "\n| `"), rows);
    mem_free(reference);
    mem_free(path);
}

static void the_description_has_one_line_for_each_setting(void **state)
{
    struct buf text;

    (void)state;
    buf_init(&text, 100000);
    buf_add_char(&text, '\n');
    config_describe(&text);
    assert_false(text.overflow);
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        for (const struct setting *setting = tables[i].table; setting->key != NULL; setting++) {
            char *start = mem_printf("\n%s%s ", tables[i].prefix, setting->key);
            assert_int_equal(count(text.data, start), 1);
            mem_free(start);
        }
    }
    buf_clear(&text);
}

static void every_default_is_what_its_setting_takes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        for (const struct setting *setting = tables[i].table; setting->key != NULL; setting++) {
            struct setting alone[] = {*setting, {0}};
            struct error err = {0};
            cJSON *nothing = cJSON_CreateObject();

            alone[0].offset = SETTING_CHECKED;
            alone[0].is_required = false;
            if (!settings_read(alone, nothing, NULL, &err))
                fail_msg("%s: %s", setting->key, err.text);
            cJSON_Delete(nothing);
        }
    }
}

static void the_schemes_in_the_reference_are_those_there_are(void **state)
{
    (void)state;
    for (const struct setting *setting = source_settings; setting->key != NULL; setting++) {
        if (strcmp(setting->key, "verify.scheme") == 0)
            assert_string_equal(setting->choices + strlen("one of "), signature_scheme_names());
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_says_what_the_tables_say),
        cmocka_unit_test(the_reference_has_no_row_that_the_tables_lack),
        cmocka_unit_test(the_description_has_one_line_for_each_setting),
        cmocka_unit_test(every_default_is_what_its_setting_takes),
        cmocka_unit_test(the_schemes_in_the_reference_are_those_there_are),
    };

    return cmocka_run_group_tests(tests, place_open, place_close);
}
