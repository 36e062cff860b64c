/*
 * test_store.c - records, what belongs to them, and finding them without looking at all.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/store.h"

#include "base/mem.h"
#include "sandbox/seed.h"
#include "sandbox/text_index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct record *add(struct store *store, const char *type, const char *name, const char *value)
{
    cJSON *attributes = cJSON_CreateObject();

    cJSON_AddStringToObject(attributes, name, value);
    return store_add(store, schema_of(type), attributes);
}

static void ids_count_from_one_in_each_type(void **state)
{
    struct store *store = store_new();
    struct record *first = add(store, "comments", "body_text", "a");
    struct record *second = add(store, "comments", "body_text", "b");
    struct record *job = add(store, "jobs", "title", "c");

    (void)state;
    assert_int_equal(first->id, 1);
    assert_int_equal(second->id, 2);
    assert_int_equal(job->id, 1);
    assert_ptr_equal(store_find(store, "comments", 2), second);
    assert_null(store_find(store, "comments", 3));
    assert_null(store_find(store, "comments", 0));
    assert_null(store_find(store, "comments", -1));
    assert_null(store_find(store, "jobs", 2));
    assert_null(store_find(store, "unheard_of", 1));
    store_free(store);
}

static void what_is_linked_is_in_the_others_list_and_changes_its_version(void **state)
{
    struct store *store = store_new();
    struct record *application = add(store, "applications", "first_name", "Ada");
    struct record *other = add(store, "applications", "first_name", "Ben");
    struct record *comment = add(store, "comments", "body_text", "x");
    uint64_t before = application->version, untouched = other->version;

    (void)state;
    store_link(store, comment, "commentable", application);
    assert_int_equal(record_many(application, "comments")->count, 1);
    assert_ptr_equal(record_many(application, "comments")->items[0], comment);
    assert_ptr_equal(record_link(comment, "commentable"), application);
    assert_true(application->version > before);
    before = application->version;
    store_touch(store, comment);
    assert_true(application->version > before);
    assert_int_equal(other->version, untouched);
    store_free(store);
}

static void records_are_found_by_an_indexed_text_whatever_its_case(void **state)
{
    struct store *store = store_new();
    const struct schema *schema = schema_of("applications");
    struct record *ada = add(store, "applications", "email", "Ada@mail.example");

    (void)state;
    add(store, "candidates", "email", "ada@mail.example");
    assert_int_equal(store_indexed(store, schema, "email", "ADA@mail.example")->count, 1);
    assert_ptr_equal(store_indexed(store, schema, "email", "ada@mail.example")->items[0], ada);
    assert_null(store_indexed(store, schema, "email", "bea@mail.example"));
    store_set(store, ada, "email", cJSON_CreateString("bea@mail.example"));
    assert_int_equal(store_indexed(store, schema, "email", "bea@mail.example")->count, 1);
    store_free(store);
}

static void an_index_finds_each_of_thousands_of_texts(void **state)
{
    struct text_index *index = text_index_new();
    struct store *store = store_new();
    struct record *records[2] = {add(store, "users", "email", "a"), add(store, "users", "email", "b")};

    (void)state;
    for (int i = 0; i < 5000; i++) {
        char key[16];

        snprintf(key, sizeof(key), "key %d", i);
        text_index_add(index, key, records[i % 2]);
        text_index_add(index, key, records[i % 2]);
    }
    for (int i = 0; i < 5000; i++) {
        char key[16];

        snprintf(key, sizeof(key), "key %d", i);
        assert_int_equal(text_index_find(index, key)->count, 1);
        assert_ptr_equal(text_index_find(index, key)->items[0], records[i % 2]);
    }
    assert_null(text_index_find(index, "key 5000"));
    text_index_free(index);
    store_free(store);
}

static void the_seed_has_the_ids_that_the_documents_name(void **state)
{
    struct store *store = store_new();

    (void)state;
    seed_store(store, 0);
    assert_string_equal(record_text(store_find(store, "applications", 1), "first_name"), "Ada");
    assert_string_equal(record_text(store_find(store, "jobs", 2), "title"), "Support Specialist");
    assert_string_equal(record_text(store_find(store, "stages", 5), "basic_type"), "hired");
    assert_ptr_equal(record_link(store_find(store, "stages", 6), "stageable"), store_find(store, "jobs", 2));
    assert_int_equal(record_many(store_find(store, "applications", 2), "interviews")->count, 2);
    assert_ptr_equal(record_link(store_find(store, "applications", 6), "candidate"),
                     record_link(store_find(store, "applications", 2), "candidate"));
    assert_int_equal(store_all(store, schema_of("custom_fields"))->count, 122);
    store_free(store);
}

static void the_words_of_a_table_are_found_whole(void **state)
{
    (void)state;
    assert_true(schema_has_word("GET POST PUT", "POST"));
    assert_true(schema_has_word("GET POST PUT", "PUT"));
    assert_false(schema_has_word("GET POST PUT", "PO"));
    assert_false(schema_has_word("GET POST PUT", "GET POST"));
    assert_false(schema_has_word("GET POST PUT", ""));
    assert_false(schema_has_word("", "GET"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_count_from_one_in_each_type),
        cmocka_unit_test(what_is_linked_is_in_the_others_list_and_changes_its_version),
        cmocka_unit_test(records_are_found_by_an_indexed_text_whatever_its_case),
        cmocka_unit_test(an_index_finds_each_of_thousands_of_texts),
        cmocka_unit_test(the_seed_has_the_ids_that_the_documents_name),
        cmocka_unit_test(the_words_of_a_table_are_found_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
