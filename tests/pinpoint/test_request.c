/*
 * test_request.c - paths, queries and documents as Pinpoint's reference shows them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pinpoint/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"

static void a_read_has_a_path_and_no_body(void **state)
{
    struct request request = {0};

    (void)state;
    request_get(&request, "/api/v1/interviews/24");
    assert_string_equal(request.method, "GET");
    assert_string_equal(request.path, "/api/v1/interviews/24");
    assert_null(request.body);
    assert_false(request.is_shared);
    request_clear(&request);
    assert_null(request.path);
}

static void an_id_from_outside_cannot_leave_its_place_in_the_path(void **state)
{
    char *path = request_path("interviews", "../users?x=1#");

    (void)state;
    assert_string_equal(path, "/api/v1/interviews/..%2Fusers%3Fx%3D1%23");
    mem_free(path);
}

static void a_query_is_encoded_name_and_value(void **state)
{
    struct request request = {0};

    (void)state;
    request_get(&request, "/api/v1/applications");
    request_query(&request, "filter[candidate_email]", "a+b&c=d@x.example");
    request_query(&request, "sort", "-created_at");
    assert_string_equal(request.path,
                        "/api/v1/applications?filter%5Bcandidate_email%5D=a%2Bb%26c%3Dd%40x.example&sort=-created_at");
    request_clear(&request);
}

static void a_page_is_asked_for_with_its_size(void **state)
{
    struct request request = {0};

    (void)state;
    request_get(&request, "/api/v1/custom_fields");
    request_page(&request, 3);
    assert_string_equal(request.path, "/api/v1/custom_fields?page%5Bnumber%5D=3&page%5Bsize%5D=100");
    request_clear(&request);
}

static void a_new_record_is_posted_with_its_relationships(void **state)
{
    struct request request = {0};
    cJSON *attributes = cJSON_CreateObject();
    cJSON *document;

    (void)state;
    cJSON_AddNumberToObject(attributes, "integer_value", 85);
    document = request_document("custom_attributes", NULL, attributes);
    request_relate(document, "custom_field", "custom_fields", "12");
    request_relate(document, "custom_attributable", "applications", "1");
    request_write(&request, "POST", "/api/v1/custom_attributes", document);
    assert_string_equal(request.method, "POST");
    assert_string_equal(request.path, "/api/v1/custom_attributes");
    assert_string_equal(request.body,
                        "{\"data\":{\"type\":\"custom_attributes\",\"attributes\":{\"integer_value\":85},"
                        "\"relationships\":{\"custom_field\":{\"data\":{\"type\":\"custom_fields\",\"id\":\"12\"}},"
                        "\"custom_attributable\":{\"data\":{\"type\":\"applications\",\"id\":\"1\"}}}}}");
    request_clear(&request);
}

static void an_update_is_a_put_with_the_id_in_path_and_document(void **state)
{
    struct request request = {0};
    cJSON *attributes = cJSON_CreateObject();

    (void)state;
    cJSON_AddNumberToObject(attributes, "integer_value", 90);
    request_write(&request, "PUT", "/api/v1/custom_attributes/454",
                  request_document("custom_attributes", "454", attributes));
    assert_string_equal(request.path, "/api/v1/custom_attributes/454");
    assert_string_equal(
        request.body,
        "{\"data\":{\"type\":\"custom_attributes\",\"id\":\"454\",\"attributes\":{\"integer_value\":90}}}");
    request_clear(&request);
}

static void a_request_may_be_made_anew_from_its_own_path(void **state)
{
    struct request request = {0};

    (void)state;
    request_get(&request, "/api/v1/jobs/7");
    request_get(&request, request.path);
    assert_string_equal(request.path, "/api/v1/jobs/7");
    request_clear(&request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_read_has_a_path_and_no_body),
        cmocka_unit_test(an_id_from_outside_cannot_leave_its_place_in_the_path),
        cmocka_unit_test(a_query_is_encoded_name_and_value),
        cmocka_unit_test(a_page_is_asked_for_with_its_size),
        cmocka_unit_test(a_new_record_is_posted_with_its_relationships),
        cmocka_unit_test(an_update_is_a_put_with_the_id_in_path_and_document),
        cmocka_unit_test(a_request_may_be_made_anew_from_its_own_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
