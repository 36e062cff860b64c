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

/* ---- the same in text ---- */

static const char *const texts[] = {
    document,
    " {\n\t\"a\" : [ ] , \"b\" : { } ,\"c\":[ { \"d\" : \"x,]}\\\"\\\\\" } , -1.5e3, true,false ,null ]\r\n, "
    "\"e\":{\"f\":{\"g\":[[[1]]]}}}  ",
    "{\"a\\u0062\":1,\"\\u00e9\":{\"q\\\"\":2},\"\\n\":3,\"ab\":4,\"dup\":5,\"dup\":6,\"big\":12345678901234567890}",
    "[1,[2,\"]\"],{\"a\":\"}\"}]",
    "\"text\"",
    "-0.25 ",
    "null",
    "[]",
    "{}",
};

static const char *const followed[] = {
    ".",
    ".id",
    ".Id",
    ".i",
    ".data.items[0].id",
    ".data.items[-1].id",
    ".data.items[-3]",
    ".data.items[2]",
    ".data",
    ".data.none",
    ".data.none.x",
    ".[\"\"]",
    ".[\"[0]\"]",
    ".list[0][1]",
    ".list[1]",
    ".list[-1][-1]",
    ".[\"caf\xc3\xa9\"]",
    ".and",
    ".a",
    ".b",
    ".c",
    ".c[0].d",
    ".c[1]",
    ".c[2]",
    ".c[4]",
    ".c[-5]",
    ".c[5]",
    ".e.f.g[0][0][0]",
    ".e.f",
    ".ab",
    ".[\"\xc3\xa9\"]",
    ".dup",
    ".big",
    ".[0]",
    ".[1][1]",
    ".[2].a",
    ".[-1]",
    ".x",
    ".id[0]",
    ".id.x",
    ".c.d",
    "",
    "id",
    ".a[",
    ".data..x",
};

static void a_path_leads_in_text_where_it_leads_in_a_tree(void **state)
{
    (void)state;
    for (size_t t = 0; t < COUNT_OF(texts); t++) {
        struct error err = {0};
        cJSON *tree = json_parse(texts[t], strlen(texts[t]), &err);

        assert_non_null(tree);
        for (size_t p = 0; p < COUNT_OF(followed); p++) {
            struct json_span span = json_path_find_text(texts[t], followed[p]);
            cJSON *found = span.size > 0 ? json_parse(span.text, span.size, &err) : NULL;
            char *in_text = json_print(found), *in_tree = json_print(json_path_find(tree, followed[p]));

            if (!in_text != !in_tree || (in_text && strcmp(in_text, in_tree) != 0))
                fail_msg("%s in %s: \"%.*s\"", followed[p], texts[t], (int)span.size, span.text);
            mem_free(in_text);
            mem_free(in_tree);
            cJSON_Delete(found);
        }
        cJSON_Delete(tree);
    }
}

static void a_scalar_in_text_is_written_as_one_in_a_tree(void **state)
{
    static const struct {
        const char *path, *text;
    } rows[] = {{".big", "12345678901234567890"}, {".ab", "1"}, {".dup", "5"}, {".[\"\xc3\xa9\"]", NULL}, {".x", NULL}};
    struct buf out;

    (void)state;
    buf_init(&out, 100);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        buf_reset(&out);
        assert_int_equal(json_span_add_scalar(json_path_find_text(texts[2], rows[i].path), &out), rows[i].text != NULL);
        assert_string_equal(out.data, rows[i].text ? rows[i].text : "");
    }
    buf_clear(&out);
}

#define PATH_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PATH_TEST(a_plain_path_names_a_value),
        PATH_TEST(the_dot_alone_is_the_whole),
        PATH_TEST(a_path_to_nowhere_finds_nothing),
        PATH_TEST(an_index_works_on_a_list_at_the_top),
        PATH_TEST(what_needs_jq_is_no_plain_path),
        cmocka_unit_test(a_path_leads_in_text_where_it_leads_in_a_tree),
        cmocka_unit_test(a_scalar_in_text_is_written_as_one_in_a_tree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
