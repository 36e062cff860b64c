/*
 * test_field_value.c - what each type of field takes, and what it refuses with which words.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pinpoint/field_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"

static cJSON *parse(const char *text)
{
    struct error err = {0};
    cJSON *value = json_parse(text, strlen(text), &err);

    if (!value)
        fail_msg("%s: %s", text, err.text);
    return value;
}

/* A field called "Result" as the catalogue reads it; options is a JSON array. To be cleared. */
static struct field field_with(enum field_type type, const char *options)
{
    char *text = mem_printf("{\"id\":\"12\",\"attributes\":{\"name\":\"Result\",\"resource_type\":\"application\","
                            "\"field_type\":\"%s\",\"options\":%s}}",
                            field_type_name(type), options);
    cJSON *item = parse(text);
    struct field field;

    assert_true(field_init(&field, item));
    assert_int_equal(field.type, type);
    cJSON_Delete(item);
    mem_free(text);
    return field;
}

static struct field field_of(enum field_type type)
{
    bool is_select = type == FIELD_SINGLE_SELECT || type == FIELD_MULTI_SELECT;

    return field_with(type, is_select ? "[\"Clear\",\"Consider\",\"Red, green and blue\"]" : "null");
}

static const struct {
    enum field_type type;
    const char *given;
    const char *written; /* NULL: refused */
    const char *words;   /* in the error */
} cases[] = {
    {FIELD_BOOLEAN, "true", "true", NULL},
    {FIELD_BOOLEAN, "\"false\"", "false", NULL},
    {FIELD_BOOLEAN, "\"yes\"", NULL, "expected true or false, got \"yes\""},
    {FIELD_BOOLEAN, "1", NULL, "got 1"},
    {FIELD_BOOLEAN, "null", NULL, "no value"},

    {FIELD_INTEGER, "87", "87", NULL},
    {FIELD_INTEGER, "\"87\"", "87", NULL},
    {FIELD_INTEGER, "\"87.0\"", "87", NULL},
    {FIELD_INTEGER, "87.0", "87", NULL},
    {FIELD_INTEGER, "-0.0", "0", NULL},
    {FIELD_INTEGER, "2147483647", "2147483647", NULL},
    {FIELD_INTEGER, "-2147483648", "-2147483648", NULL},
    {FIELD_INTEGER, "2147483648", NULL, "from -2147483648 to 2147483647, got 2147483648"},
    {FIELD_INTEGER, "9007199254740993", NULL, "an integer"},
    {FIELD_INTEGER, "87.5", NULL, "expected an integer, got 87.5"},
    {FIELD_INTEGER, "\"87 points\"", NULL, "got \"87 points\""},
    {FIELD_INTEGER, "\"\"", NULL, "expected an integer, got \"\""},
    {FIELD_INTEGER, "\"0x10\"", NULL, "an integer"},
    {FIELD_INTEGER, "true", NULL, "an integer"},
    {FIELD_INTEGER, "[1]", NULL, "got [1]"},

    {FIELD_DECIMAL, "3.14", "3.14", NULL},
    {FIELD_DECIMAL, "\"3.140\"", "3.14", NULL},
    {FIELD_DECIMAL, "3", "3", NULL},
    {FIELD_DECIMAL, "\"3,14\"", NULL, "expected a number"},
    {FIELD_DECIMAL, "\"NaN\"", NULL, "expected a number"},
    {FIELD_DECIMAL, "\"1e999\"", NULL, "expected a number"},

    {FIELD_DATE, "\"2026-01-31\"", "\"2026-01-31\"", NULL},
    {FIELD_DATE, "\"2026-01-31T23:59:59.5+05:30\"", "\"2026-01-31\"", NULL},
    {FIELD_DATE, "\"2026-01-31T00:00:00Z\"", "\"2026-01-31\"", NULL},
    {FIELD_DATE, "\"2026-02-30\"", NULL, "expected a date"},
    {FIELD_DATE, "\"2026-01-31 09:00\"", NULL, "expected a date"},
    {FIELD_DATE, "\"31.01.2026\"", NULL, "expected a date"},
    {FIELD_DATE, "\"2026-01-3\"", NULL, "expected a date"},
    {FIELD_DATE, "1769817600", NULL, "expected a date"},

    {FIELD_VARCHAR, "\"Clear\"", "\"Clear\"", NULL},
    {FIELD_VARCHAR, "87.50", "\"87.5\"", NULL},
    {FIELD_VARCHAR, "false", "\"false\"", NULL},
    {FIELD_VARCHAR, "\"\"", "\"\"", NULL},
    {FIELD_VARCHAR, "[\"a\"]", NULL, "expected a text, a number, true or false, got [\"a\"]"},
    {FIELD_VARCHAR, "{\"a\":1}", NULL, "got {\"a\":1}"},
    {FIELD_TEXT, "\"two\\nlines\"", "\"two\\nlines\"", NULL},
    {FIELD_TEXT, "{}", NULL, "got {}"},

    {FIELD_SINGLE_SELECT, "\"Clear\"", "\"Clear\"", NULL},
    {FIELD_SINGLE_SELECT, "\"clear\"", NULL, "expected one of Clear, Consider, Red, green and blue, got \"clear\""},
    {FIELD_SINGLE_SELECT, "[\"Clear\"]", NULL, "expected a text"},
    {FIELD_MULTI_SELECT, "\"Clear\"", "[\"Clear\"]", NULL},
    {FIELD_MULTI_SELECT, "[\"Clear\",\"Consider\",\"Clear\"]", "[\"Clear\",\"Consider\"]", NULL},
    {FIELD_MULTI_SELECT, "[]", "[]", NULL},
    {FIELD_MULTI_SELECT, "[\"Clear\",\"Purple\"]", NULL, "got \"Purple\""},
    {FIELD_MULTI_SELECT, "[null]", NULL, "got null"},
    {FIELD_OTHER, "\"x\"", NULL, "\"Result\" is of a type that cannot be written"},
};

static void each_type_takes_what_fits_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct field field = field_of(cases[i].type);
        struct error err = {0};
        cJSON *given = parse(cases[i].given);
        cJSON *value = field_value(&field, given, &err);
        char *written = value ? json_print(value) : NULL;

        if (cases[i].written && (!written || strcmp(written, cases[i].written) != 0))
            fail_msg("%s %s became %s: %s", field_type_name(field.type), cases[i].given, written, err.text);
        if (!cases[i].written && (written || !strstr(err.text, cases[i].words)))
            fail_msg("%s %s became %s: %s", field_type_name(field.type), cases[i].given, written, err.text);
        mem_free(written);
        cJSON_Delete(value);
        cJSON_Delete(given);
        field_clear(&field);
    }
}

static void a_missing_value_is_refused(void **state)
{
    struct field field = field_of(FIELD_VARCHAR);
    struct error err = {0};

    (void)state;
    assert_null(field_value(&field, NULL, &err));
    assert_int_equal(err.kind, ERROR_INVALID);
    field_clear(&field);
}

/* count times é, which is one character and two bytes. */
static cJSON *long_text(size_t count)
{
    char *text = mem_new(2 * count + 1);
    cJSON *value;

    for (size_t i = 0; i < count; i++)
        memcpy(text + 2 * i, "\xc3\xa9", 2);
    value = cJSON_CreateString(text);
    mem_free(text);
    return value;
}

static void a_varchar_is_counted_in_characters(void **state)
{
    struct field field = field_of(FIELD_VARCHAR);
    struct error err = {0};
    cJSON *fits = long_text(255), *too_long = long_text(256);
    cJSON *value = field_value(&field, fits, &err);

    (void)state;
    assert_non_null(value);
    assert_null(field_value(&field, too_long, &err));
    assert_string_equal(err.text, "too long: 256 characters, this field takes 255 at most");
    cJSON_Delete(value);
    cJSON_Delete(fits);
    cJSON_Delete(too_long);
    field_clear(&field);
}

static void many_options_are_listed_in_part(void **state)
{
    struct buf options;
    struct error err = {0};
    cJSON *value = cJSON_CreateString("x");

    (void)state;
    buf_init(&options, 10000);
    buf_add_string(&options, "[\"Option\"");
    for (int i = 0; i < 100; i++)
        buf_add_string(&options, ",\"Option\"");
    buf_add_char(&options, ']');
    struct field field = field_with(FIELD_SINGLE_SELECT, options.data);
    assert_null(field_value(&field, value, &err));
    assert_non_null(strstr(err.text, "Option, \xe2\x80\xa6, got \"x\""));
    cJSON_Delete(value);
    field_clear(&field);
    buf_clear(&options);
}

static void a_select_without_listed_options_is_left_to_pinpoint(void **state)
{
    struct field field = field_with(FIELD_SINGLE_SELECT, "null");
    cJSON *given = cJSON_CreateString("Anything");
    cJSON *value = field_value(&field, given, &(struct error){0});

    (void)state;
    assert_string_equal(value->valuestring, "Anything");
    cJSON_Delete(value);
    cJSON_Delete(given);
    field_clear(&field);
}

static const struct {
    enum field_type type;
    const char *value, *shown;
    bool is_same;
} shown_cases[] = {
    {FIELD_INTEGER, "85", "\"85\"", true},
    {FIELD_INTEGER, "85", "\"85.0\"", true},
    {FIELD_INTEGER, "85", "\"86\"", false},
    {FIELD_INTEGER, "85", "null", false},
    {FIELD_DECIMAL, "3.5", "\"3.50\"", true},
    {FIELD_DECIMAL, "3.5", "\"3.51\"", false},
    {FIELD_BOOLEAN, "true", "\"true\"", true},
    {FIELD_BOOLEAN, "true", "\"t\"", false},
    {FIELD_DATE, "\"2026-01-31\"", "\"2026-01-31\"", true},
    {FIELD_DATE, "\"2026-01-31\"", "\"2026-01-31T00:00:00Z\"", false},
    {FIELD_VARCHAR, "\"85\"", "\"85\"", true},
    {FIELD_VARCHAR, "\"85\"", "\"85.0\"", false},
    {FIELD_TEXT, "\"a\"", "\"a \"", false},
    {FIELD_SINGLE_SELECT, "\"Clear\"", "\"Clear\"", true},
    {FIELD_MULTI_SELECT, "[\"Clear\"]", "\"Clear\"", false},
};

static void what_is_shown_is_the_same_only_when_that_is_sure(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(shown_cases); i++) {
        cJSON *value = parse(shown_cases[i].value), *shown = parse(shown_cases[i].shown);

        if (field_is_shown_as(shown_cases[i].type, value, shown) != shown_cases[i].is_same)
            fail_msg("%s and %s", shown_cases[i].value, shown_cases[i].shown);
        cJSON_Delete(value);
        cJSON_Delete(shown);
    }
    assert_false(field_is_shown_as(FIELD_TEXT, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_type_takes_what_fits_and_nothing_else),
        cmocka_unit_test(a_missing_value_is_refused),
        cmocka_unit_test(a_varchar_is_counted_in_characters),
        cmocka_unit_test(many_options_are_listed_in_part),
        cmocka_unit_test(a_select_without_listed_options_is_left_to_pinpoint),
        cmocka_unit_test(what_is_shown_is_the_same_only_when_that_is_sure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
