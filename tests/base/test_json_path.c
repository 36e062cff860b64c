/*
 * test_json_path.c - which paths are plain, and what they lead to.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "base/mem.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char document[] =
    "{\"id\":7,\"Id\":8,\"i\":9,\"data\":{\"items\":[{\"id\":\"a\"},{\"id\":\"b\"}],\"a b\":1,\"none\":null},"
    "\"\":\"empty\",\"x-y\":2,\"[0]\":3,\"_u1\":4,\"list\":[[10,11],[12]],\"caf\xc3\xa9\":5,\"and\":6}";

static int set_up(void **state)
{
    struct error err = {0};

    *state = json_parse(document, strlen(document), &err);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    cJSON_Delete(*state);
    return 0;
}

static void a_plain_path_names_a_value(void **state)
{
    static const struct {
        const char *path;
        const char *value;
    } rows[] = {
        {".id", "7"},
        {".Id", "8"},
        {".i", "9"},
        {".data.items[0].id", "\"a\""},
        {".data.items[1].id", "\"b\""},
        {".data.items[-1].id", "\"b\""},
        {".data.items[-2].id", "\"a\""},
        {".data.items.[1].id", "\"b\""},
        {".data[\"items\"][0][\"id\"]", "\"a\""},
        {".[\"data\"][\"a b\"]", "1"},
        {".data.[\"a b\"]", "1"},
        {".data.\"a b\"", "1"},
        {".\"data\".\"a b\"", "1"},
        {".data.none", "null"},
        {".[\"\"]", "\"empty\""},
        {".[\"x-y\"]", "2"},
        {".[\"[0]\"]", "3"},
        {"._u1", "4"},
        {".list[0][1]", "11"},
        {".list[1]", "[12]"},
        {".[\"caf\xc3\xa9\"]", "5"},
        {".and", "6"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct error err = {0};
        const cJSON *found = json_path_find(*state, rows[i].path);
        char *text = json_print(found);

        if (!json_path_check(rows[i].path, &err))
            fail_msg("%s", err.text);
        assert_non_null(found);
        assert_string_equal(text, rows[i].value);
        mem_free(text);
    }
}

static void the_dot_alone_is_the_whole(void **state)
{
    struct error err = {0};

    assert_true(json_path_check(".", &err));
    assert_ptr_equal(json_path_find(*state, "."), *state);
    assert_null(json_path_find(NULL, "."));
}

static void a_path_to_nowhere_finds_nothing(void **state)
{
    static const char *const paths[] = {
        ".missing",
        ".ID",
        ".id.x",
        ".id[0]",
        ".data[0]",
        ".data.items.id",
        ".data.items[2]",
        ".data.items[-3]",
        ".list[0][999999999]",
        ".[0]",
        ".[\"0\"]",
        ".data.none.x",
        ".data.none[0]",
        ".ids",
        ".[\"data.items\"]",
    };

    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        struct error err = {0};

        if (!json_path_check(paths[i], &err))
            fail_msg("%s", err.text);
        assert_null(json_path_find(*state, paths[i]));
    }
    assert_null(json_path_find(NULL, ".id"));
}

static void an_index_works_on_a_list_at_the_top(void **state)
{
    struct error err = {0};
    cJSON *list = json_parse("[1,[2]]", 7, &err);

    (void)state;
    assert_true(json_path_check(".[1][0]", &err));
    assert_true(json_path_find(list, ".[1][0]")->valuedouble == 2);
    cJSON_Delete(list);
}

static const struct {
    const char *path;
    const char *why;
} unplain[] = {
    {"", "begins with a dot"},
    {"id", "begins with a dot"},
    {" .id", "begins with a dot"},
    {"[0]", "begins with a dot"},
    {"$event.id", "begins with a dot"},
    {"..", "followed by a name"},
    {"..id", "followed by a name"},
    {".id.", "followed by a name"},
    {".data..id", "followed by a name"},
    {".1a", "followed by a name"},
    {". id", "followed by a name"},
    {".id ", "may follow a dot"},
    {".x-y", "write other names as .[\"name\"]"},
    {".id?", "may follow a dot"},
    {".id // 1", "may follow a dot"},
    {".id|length", "may follow a dot"},
    {".caf\xc3\xa9", "may follow a dot"},
    {".[]", "an index or a name in quotes"},
    {".list[]", "an index or a name in quotes"},
    {".list[a]", "an index or a name in quotes"},
    {".list[-]", "an index or a name in quotes"},
    {".list[.id]", "an index or a name in quotes"},
    {".list[0", "not closed"},
    {".list[0:1]", "not closed"},
    {".list[1.5]", "not closed"},
    {".list[1234567890]", "not closed"},
    {".list[\"a\"", "not closed"},
    {".list[\"a", "a quote is not closed"},
    {".\"a", "a quote is not closed"},
    {".[\"a\\nb\"]", "backslash"},
    {".[\"\\(.id)\"]", "backslash"},
    {".[\"a\" ]", "not closed"},
    {".id\"a\"", "may follow a dot"},
};

static void what_needs_jq_is_no_plain_path(void **state)
{
    for (size_t i = 0; i < COUNT_OF(unplain); i++) {
        struct error err = {0};

        if (json_path_check(unplain[i].path, &err))
            fail_msg("taken for a plain path: %s", unplain[i].path);
        assert_int_equal(err.kind, ERROR_INVALID);
        if (!strstr(err.text, unplain[i].why))
            fail_msg("\"%s\" was expected in: %s", unplain[i].why, err.text);
        assert_null(json_path_find(*state, unplain[i].path));
    }
}

#define PATH_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PATH_TEST(a_plain_path_names_a_value),      PATH_TEST(the_dot_alone_is_the_whole),
        PATH_TEST(a_path_to_nowhere_finds_nothing), PATH_TEST(an_index_works_on_a_list_at_the_top),
        PATH_TEST(what_needs_jq_is_no_plain_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
