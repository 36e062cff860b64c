/*
 * test_jsonc.c - comments, trailing commas, and places told by line and column.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/jsonc.h"

#include "base/json.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *text, *plain;
} texts[] = {
    {"{}", "{}"},
    {"// first\n{\"a\": 1} // last", "{\"a\":1}"},
    {"{\"a\": 1, /* one\n two */ \"b\": 2}", "{\"a\":1,\"b\":2}"},
    {"{\"a\": [1, 2, ], }", "{\"a\":[1,2]}"},
    {"[1, // one\n 2, /* two */\n // three\n]", "[1,2]"},
    {"{\"a\": \"// no comment /* at all */\"}", "{\"a\":\"// no comment /* at all */\"}"},
    {"{\"a\": \"x\\\" // y,]\"}", "{\"a\":\"x\\\" // y,]\"}"},
    {"{\"a\": \"\\\\\"} // \"", "{\"a\":\"\\\\\"}"},
    {"\xEF\xBB\xBF{\"a\": null}", "{\"a\":null}"},
    {"/**/[/* \" */]/***/", "[]"},
    {"{\"id\": 12345678901234567890}", "{\"id\":\"12345678901234567890\"}"},
    {"{\"a\": {\"x\": 1}, \"b\": {\"x\": 1}}", "{\"a\":{\"x\":1},\"b\":{\"x\":1}}"},
};

static void comments_and_trailing_commas_are_left_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct error err = {0};
        cJSON *value = jsonc_parse(texts[i].text, strlen(texts[i].text), &err);
        char *plain;

        if (value == NULL)
            fail_msg("%s: %s", texts[i].text, err.text);
        plain = json_print(value);
        assert_string_equal(plain, texts[i].plain);
        mem_free(plain);
        cJSON_Delete(value);
    }
}

/* problem is how the message begins: behind it are base/json's own words. */
static const struct {
    const char *text, *problem;
} mistakes[] = {
    {"", "1:1: not JSON: "},
    {"  // nothing\n", "2:1: not JSON: "},
    {"{\n  \"a\": 1,\n  \"b\" 2\n}", "3:7: not JSON: "},
    {"{\"\xC3\xA9\": x}", "1:7: not JSON: "},
    {"[,]", "1:2: not JSON: "},
    {"[1,,]", "1:4: not JSON: "},
    {"{,}", "1:2: not JSON: "},
    {"{\"a\":,}", "1:6: not JSON: "},
    {"[1] 2", "1:5: not JSON: "},
    {"[1", "1:3: not JSON: "},
    {"[1, /* two ]\n", "1:5: a comment without its end"},
    {"[1 / 2]", "1:4: not JSON: "},
    {"\"a", "1:3: not JSON: "},
    {"\"a\\", "1:3: not JSON: "},
    {"{\n \"a\": 1,\n \"b\": 2,\n \"a\": 3}", "4:7: a: the same key twice"},
    {"{\"s\": [0, {\"x\": {\"y\": 1,\n\"y\": {}}}]}", "2:6: s[1].x.y: the same key twice"},
    {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "1:65: not JSON: "},
};

static void a_mistake_is_told_with_its_line_and_column(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        struct error err = {0};
        cJSON *value = jsonc_parse(mistakes[i].text, strlen(mistakes[i].text), &err);

        if (value != NULL)
            fail_msg("%s was taken", mistakes[i].text);
        assert_int_equal(err.kind, ERROR_INVALID);
        if (strncmp(err.text, mistakes[i].problem, strlen(mistakes[i].problem)) != 0)
            fail_msg("%s: %s, not %s", mistakes[i].text, err.text, mistakes[i].problem);
        if (strstr(err.text, " byte ") != NULL)
            fail_msg("%s: %s", mistakes[i].text, err.text);
    }
}

static const char located[] = "// a comment\n"
                              "{\n"
                              "  \"a\": {\"b\": [1, {\"c\": true}]}, /* { */\n"
                              "  \"a.b\": {\"x\": \"\\\"}\"},\n"
                              "\t\"\xC3\xA9\": [ [10, 20] ,],\n"
                              "}\n";

static const struct {
    const char *path;
    unsigned line, column;
} places[] = {
    {"", 2, 1},          {"a", 3, 8},       {"a.b", 4, 10}, /* the longer name wins: "a.b" is one */
    {"a.b[1].c", 3, 24}, {"a.b[1]", 3, 18}, {"a.b[7]", 4, 10}, {"a.b.x", 4, 16},
    {"a.nope.c", 3, 8},  {"ab", 2, 1},      {"nope", 2, 1},    {"\xC3\xA9[0][1]", 5, 14},
};

static void the_nearest_value_to_a_path_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        unsigned line = 0, column = 0;

        jsonc_locate(located, strlen(located), places[i].path, &line, &column);
        if (line != places[i].line || column != places[i].column)
            fail_msg("%s: %u:%u, not %u:%u", places[i].path, line, column, places[i].line, places[i].column);
    }
}

static void text_that_is_no_json_has_its_start_for_a_place(void **state)
{
    unsigned line = 0, column = 0;

    (void)state;
    jsonc_locate("{\"a\"", 4, "a", &line, &column);
    assert_int_equal(line, 1);
    assert_int_equal(column, 1);
    jsonc_locate("/*", 2, "a", &line, &column);
    assert_int_equal(line, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comments_and_trailing_commas_are_left_out),
        cmocka_unit_test(a_mistake_is_told_with_its_line_and_column),
        cmocka_unit_test(the_nearest_value_to_a_path_is_found),
        cmocka_unit_test(text_that_is_no_json_has_its_start_for_a_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
