/*
 * test_catalogue.c - custom fields found by name, however their pages arrive.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pinpoint/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"

#define NOW 1700000000000

static cJSON *field_item(unsigned id, const char *name, const char *resource_type)
{
    char *text = mem_printf("{\"id\":\"%u\",\"type\":\"custom_fields\",\"attributes\":{\"name\":\"%s\","
                            "\"resource_type\":\"%s\",\"field_type\":\"single_select\",\"options\":[\"A\",\"B\",3]}}",
                            id, name, resource_type);
    cJSON *item = json_parse(text, strlen(text), &(struct error){0});

    mem_free(text);
    return item;
}

/* A page of count application fields, called "<first>", "<first + 1>", … after their ids. */
static cJSON *page_from(unsigned first, unsigned count)
{
    cJSON *document = cJSON_CreateObject();
    cJSON *data = cJSON_AddArrayToObject(document, "data");

    for (unsigned i = first; i < first + count; i++) {
        char *name = mem_printf("%u", i);

        cJSON_AddItemToArray(data, field_item(i, name, "application"));
        mem_free(name);
    }
    return document;
}

/* Adds a page, which it takes, and says whether it was the last. */
static bool add(struct catalogue *catalogue, unsigned page, cJSON *document, int64_t now_ms)
{
    struct error err = {0};
    bool is_last = false;

    if (!catalogue_add(catalogue, page, &(struct response){200, document}, now_ms, &is_last, &err))
        fail_msg("%s", err.text);
    cJSON_Delete(document);
    return is_last;
}

/* The id of the field, or "missing" or "read". */
static const char *look(const struct catalogue *catalogue, const char *name, int64_t now_ms)
{
    const struct field *field;

    switch (catalogue_find(catalogue, name, "application", now_ms, &field)) {
    case CATALOGUE_FOUND:
        return field->id;
    case CATALOGUE_MISSING:
        return "missing";
    default:
        return "read";
    }
}

static void a_new_catalogue_must_be_read(void **state)
{
    struct catalogue *catalogue = catalogue_new();

    (void)state;
    assert_string_equal(look(catalogue, "1", 0), "read");
    catalogue_free(catalogue);
    catalogue_free(NULL);
}

static void a_field_is_found_by_name_and_resource_type_over_all_pages(void **state)
{
    struct catalogue *catalogue = catalogue_new();
    cJSON *second = page_from(101, 2);
    const struct field *field;

    (void)state;
    cJSON_AddItemToArray(json_get(second, "data"), field_item(200, "Score", "candidate"));
    cJSON_AddItemToArray(json_get(second, "data"), field_item(201, " Score ", "application"));
    cJSON_AddItemToArray(json_get(second, "data"), field_item(202, "Score", "application"));
    assert_false(add(catalogue, 1, page_from(1, 100), NOW));
    assert_string_equal(look(catalogue, "1", NOW), "read"); /* half a catalogue answers nothing */
    assert_true(add(catalogue, 2, second, NOW));
    assert_string_equal(look(catalogue, "1", NOW), "1");
    assert_string_equal(look(catalogue, "102", NOW), "102");
    assert_string_equal(look(catalogue, "Score\n", NOW), "201");
    assert_string_equal(look(catalogue, "score", NOW), "missing");
    assert_int_equal(catalogue_find(catalogue, "Score", "candidate", NOW, &field), CATALOGUE_FOUND);
    assert_string_equal(field->id, "200");
    assert_int_equal(field->type, FIELD_SINGLE_SELECT);
    assert_int_equal(field->option_count, 2);
    assert_string_equal(field->options[1], "B");
    catalogue_free(catalogue);
}

static void what_is_old_is_read_again_and_a_missing_name_sooner(void **state)
{
    struct catalogue *catalogue = catalogue_new();

    (void)state;
    add(catalogue, 1, page_from(1, 1), NOW);
    assert_string_equal(look(catalogue, "1", NOW + CATALOGUE_MAX_AGE_MS), "1");
    assert_string_equal(look(catalogue, "1", NOW + CATALOGUE_MAX_AGE_MS + 1), "read");
    assert_string_equal(look(catalogue, "2", NOW + CATALOGUE_MISS_AGE_MS), "missing");
    assert_string_equal(look(catalogue, "2", NOW + CATALOGUE_MISS_AGE_MS + 1), "read");
    assert_string_equal(look(catalogue, "1", NOW - 1), "read"); /* the clock was set back */
    catalogue_free(catalogue);
}

static void a_page_takes_the_place_of_the_one_before(void **state)
{
    struct catalogue *catalogue = catalogue_new();

    (void)state;
    add(catalogue, 1, page_from(1, 100), NOW);
    add(catalogue, 2, page_from(101, 100), NOW);
    assert_true(add(catalogue, 3, page_from(201, 1), NOW));
    assert_string_equal(look(catalogue, "201", NOW), "201");

    assert_true(add(catalogue, 1, page_from(50, 1), NOW + 1)); /* all but one were removed */
    assert_string_equal(look(catalogue, "50", NOW + 1), "50");
    assert_string_equal(look(catalogue, "1", NOW + 1), "missing");
    assert_string_equal(look(catalogue, "201", NOW + 1), "missing");
    catalogue_free(catalogue);
}

static void readers_that_overlap_both_come_to_the_end(void **state)
{
    struct catalogue *catalogue = catalogue_new();

    (void)state;
    assert_false(add(catalogue, 1, page_from(1, 100), NOW));
    assert_false(add(catalogue, 1, page_from(1, 100), NOW));
    assert_false(add(catalogue, 2, page_from(101, 100), NOW));
    assert_false(add(catalogue, 3, page_from(201, 100), NOW));
    assert_true(add(catalogue, 2, page_from(101, 1), NOW)); /* the second reader finds many fields removed */
    assert_true(add(catalogue, 4, page_from(301, 1), NOW)); /* the first one's page has no place any more */
    assert_string_equal(look(catalogue, "101", NOW), "101");
    assert_string_equal(look(catalogue, "201", NOW), "missing");
    assert_string_equal(look(catalogue, "301", NOW), "missing");
    catalogue_free(catalogue);
}

static void an_exactly_full_page_is_followed_by_an_empty_one(void **state)
{
    struct catalogue *catalogue = catalogue_new();

    (void)state;
    assert_false(add(catalogue, 1, page_from(1, 100), NOW));
    assert_true(add(catalogue, 2, page_from(0, 0), NOW));
    assert_string_equal(look(catalogue, "100", NOW), "100");
    catalogue_free(catalogue);
}

static void what_is_no_list_is_refused(void **state)
{
    struct catalogue *catalogue = catalogue_new();
    struct error err = {0};
    bool is_last;

    (void)state;
    assert_false(catalogue_add(catalogue, 1, &(struct response){200, NULL}, NOW, &is_last, &err));
    assert_non_null(strstr(err.text, "no list"));
    catalogue_free(catalogue);
}

static void items_that_are_no_fields_are_left_out(void **state)
{
    static const char text[] = "{\"data\":[7,null,{},{\"id\":\"1\"},{\"id\":\"2\",\"attributes\":{\"name\":\"\"}},"
                               "{\"id\":\"3\",\"attributes\":{\"name\":\"N\",\"resource_type\":\"application\"}}]}";
    struct catalogue *catalogue = catalogue_new();
    const struct field *field;

    (void)state;
    add(catalogue, 1, json_parse(text, strlen(text), &(struct error){0}), NOW);
    assert_int_equal(catalogue_find(catalogue, "N", "application", NOW, &field), CATALOGUE_FOUND);
    assert_int_equal(field->type, FIELD_OTHER);
    catalogue_free(catalogue);
}

static void a_list_without_end_is_given_up(void **state)
{
    struct catalogue *catalogue = catalogue_new();
    cJSON *document = page_from(1, 100);
    struct error err = {0};
    bool is_last = false;
    unsigned page = 1;

    (void)state;
    while (catalogue_add(catalogue, page, &(struct response){200, document}, NOW, &is_last, &err))
        page++;
    assert_int_equal(page, CATALOGUE_FIELDS_MAX / 100);
    assert_non_null(strstr(err.text, "more than 10000"));
    cJSON_Delete(document);
    catalogue_free(catalogue);
}

static void names_are_listed_in_part(void **state)
{
    struct catalogue *catalogue = catalogue_new();
    struct buf names;

    (void)state;
    buf_init(&names, 1000);
    catalogue_names(catalogue, "application", &names);
    assert_string_equal(names.data, "");
    add(catalogue, 1, page_from(1, 3), NOW);
    catalogue_names(catalogue, "application", &names);
    assert_string_equal(names.data, "1, 2, 3");
    buf_reset(&names);
    catalogue_names(catalogue, "job", &names);
    assert_string_equal(names.data, "");
    add(catalogue, 1, page_from(1, 99), NOW);
    catalogue_names(catalogue, "application", &names);
    assert_in_range(names.size, 190, 200);
    assert_string_equal(names.data + names.size - 5, ", \xe2\x80\xa6");
    buf_clear(&names);
    catalogue_free(catalogue);
}

static void pages_are_shared_reads(void **state)
{
    struct request request = {0};

    (void)state;
    catalogue_request(2, &request);
    assert_string_equal(request.method, "GET");
    assert_string_equal(request.path, "/api/v1/custom_fields?page%5Bnumber%5D=2&page%5Bsize%5D=100");
    assert_true(request.is_shared);
    request_clear(&request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_catalogue_must_be_read),
        cmocka_unit_test(a_field_is_found_by_name_and_resource_type_over_all_pages),
        cmocka_unit_test(what_is_old_is_read_again_and_a_missing_name_sooner),
        cmocka_unit_test(a_page_takes_the_place_of_the_one_before),
        cmocka_unit_test(readers_that_overlap_both_come_to_the_end),
        cmocka_unit_test(an_exactly_full_page_is_followed_by_an_empty_one),
        cmocka_unit_test(what_is_no_list_is_refused),
        cmocka_unit_test(items_that_are_no_fields_are_left_out),
        cmocka_unit_test(a_list_without_end_is_given_up),
        cmocka_unit_test(names_are_listed_in_part),
        cmocka_unit_test(pages_are_shared_reads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
