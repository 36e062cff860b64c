/*
 * test_fields.c - what is read from a payload, and what is said about one that cannot be read.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_check.h"
#include "base/mem.h"
#include "receiver/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define FOUR_HUNDRED_BYTES                                                                                             \
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"             \
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"             \
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"             \
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* At file scope, so that the texts live as long as the program. */
static const struct source with_all_paths = {
    .type_path = (char[]){".type"},
    .order_by_path = (char[]){".data.application_id"},
    .occurred_at_path = (char[]){".at"},
    .delivery_id_path = (char[]){".id"},
};

static const struct source with_type_alone = {
    .type_path = (char[]){".type"},
    .order_by_path = (char[]){""},
    .occurred_at_path = (char[]){""},
    .delivery_id_path = (char[]){""},
};

static bool read(struct fields *fields, const struct source *source, const char *body, const char *id_header,
                 struct error *err)
{
    const struct delivery delivery = {id_header, body, strlen(body)};
    struct json_facts facts;

    assert_true(json_check(body, strlen(body), &facts, err));
    return fields_read(fields, source, &delivery, err);
}

static void the_fields_stand_where_the_source_says(void **state)
{
    static const struct {
        const char *body, *type, *order_key, *delivery_id;
    } cases[] = {
        {"{\"type\":\"a.b\",\"id\":\"d1\",\"data\":{\"application_id\":\"77\"}}", "a.b", "77", "d1"},
        {"{\"type\":7,\"id\":12,\"data\":{\"application_id\":77}}", "7", "77", "12"},
        {"{\"type\":\"a\",\"id\":\"d1\",\"data\":{\"application_id\":9223372036854775807}}", "a", "9223372036854775807",
         "d1"},
        {"{\"type\":\"a\",\"id\":\"d1\",\"data\":{\"application_id\":null}}", "a", "", "d1"},
        {"{\"type\":\"a\",\"id\":\"d1\",\"data\":{}}", "a", "", "d1"},
        {"{\"type\":\"a\",\"id\":\"d1\"}", "a", "", "d1"},
        {"{\"type\":true,\"id\":\"d1\"}", "true", "", "d1"},
    };
    struct fields fields;
    struct error err = {0};

    (void)state;
    fields_init(&fields);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_true(read(&fields, &with_all_paths, cases[i].body, NULL, &err));
        assert_string_equal(fields.type.data, cases[i].type);
        assert_string_equal(fields.order_key.data, cases[i].order_key);
        assert_string_equal(fields.delivery_id.data, cases[i].delivery_id);
    }
    fields_clear(&fields);
}

static void what_is_missing_or_too_long_is_named(void **state)
{
    static const struct {
        const char *body, *where, *text;
    } cases[] = {
        {"{}", ".type", ".type is missing"},
        {"[]", ".type", ".type is missing"},
        {"{\"type\":null}", ".type", ".type is missing"},
        {"{\"type\":\"\"}", ".type", ".type is missing"},
        {"{\"Type\":\"a\"}", ".type", ".type is missing"},
        {"{\"type\":{}}", ".type", ".type is not a string or a number"},
        {"{\"type\":\"" FOUR_HUNDRED_BYTES "\"}", ".type", ".type is longer than 200 bytes"},
        {"{\"type\":\"a\",\"data\":{\"application_id\":[1]}}", ".data.application_id",
         ".data.application_id is not a string or a number"},
        {"{\"type\":\"a\",\"data\":{\"application_id\":\"" FOUR_HUNDRED_BYTES "\"}}", ".data.application_id",
         ".data.application_id is longer than 200 bytes"},
        {"{\"type\":\"a\",\"id\":\"" FOUR_HUNDRED_BYTES "\"}", ".id", ".id is longer than 200 bytes"},
    };
    struct fields fields;

    (void)state;
    fields_init(&fields);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error err = {0};

        assert_false(read(&fields, &with_all_paths, cases[i].body, NULL, &err));
        assert_int_equal(err.kind, ERROR_INVALID);
        assert_string_equal(err.where, cases[i].where);
        assert_string_equal(err.text, cases[i].text);
    }
    fields_clear(&fields);
}

static void a_delivery_id_comes_from_header_then_path_then_body(void **state)
{
    static const char digest_of_body[] = "a5baa7761ae99615d716345ab2258d232cd85ae5ca71cf2ba4cab24fb3985185";
    const char *with_id = "{\"type\":\"a\",\"id\":\"from path\"}", *without = "{\"type\":\"a\"}";
    struct source source = with_all_paths;
    struct fields fields;
    struct error err = {0};

    (void)state;
    source.scheme = signature_scheme_named("standard-webhooks");
    fields_init(&fields);
    assert_true(read(&fields, &source, with_id, "from header", &err));
    assert_string_equal(fields.delivery_id.data, "from header");
    assert_true(read(&fields, &source, with_id, NULL, &err));
    assert_string_equal(fields.delivery_id.data, "from path");
    assert_true(read(&fields, &source, without, NULL, &err));
    assert_string_equal(fields.delivery_id.data, digest_of_body);
    fields_clear(&fields);
}

static void a_delivery_id_header_that_is_too_long_is_refused(void **state)
{
    struct source source = with_all_paths;
    struct fields fields;
    struct error err = {0};

    (void)state;
    source.scheme = signature_scheme_named("standard-webhooks");
    fields_init(&fields);
    assert_false(read(&fields, &source, "{\"type\":\"a\"}", FOUR_HUNDRED_BYTES, &err));
    assert_string_equal(err.text, "webhook-id is longer than 200 bytes");
    fields_clear(&fields);
}

static void the_time_is_read_leniently(void **state)
{
    static const struct {
        const char *at;
        int64_t occurred_ms;
    } cases[] = {
        {"\"2021-03-02T15:14:38Z\"", 1614698078000},
        {"\"2021-03-02T16:14:38.25+01:00\"", 1614698078250},
        {"1614687278", 1614687278000},
        {"1614687278.5", 1614687278500},
        {"1614687278123", 1614687278123},
        {"\"1614687278\"", 1614687278000},
        {"\"yesterday\"", 0},
        {"\"\"", 0},
        {"null", 0},
        {"-5", 0},
        {"0", 0},
        {"1e300", 0},
        {"300000000000000", 0},
        {"99999999999999999999", 0},
        {"\"nan\"", 0},
        {"[1614687278]", 0},
        {"\"" FOUR_HUNDRED_BYTES "\"", 0},
    };
    struct fields fields;
    struct error err = {0};

    (void)state;
    fields_init(&fields);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *body = mem_printf("{\"type\":\"a\",\"at\":%s}", cases[i].at);

        assert_true(read(&fields, &with_all_paths, body, NULL, &err));
        assert_int_equal(fields.occurred_ms, cases[i].occurred_ms);
        mem_free(body);
    }
    fields_clear(&fields);
}

static void a_source_without_paths_needs_no_values(void **state)
{
    struct fields fields;
    struct error err = {0};

    (void)state;
    fields_init(&fields);
    assert_true(read(&fields, &with_type_alone, "{\"type\":\"a\"}", NULL, &err));
    assert_string_equal(fields.order_key.data, "");
    assert_int_equal(fields.occurred_ms, 0);
    fields_clear(&fields);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fields_stand_where_the_source_says),
        cmocka_unit_test(what_is_missing_or_too_long_is_named),
        cmocka_unit_test(a_delivery_id_comes_from_header_then_path_then_body),
        cmocka_unit_test(a_delivery_id_header_that_is_too_long_is_refused),
        cmocka_unit_test(the_time_is_read_leniently),
        cmocka_unit_test(a_source_without_paths_needs_no_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
