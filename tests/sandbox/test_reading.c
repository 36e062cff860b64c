/*
 * test_reading.c - what the sandbox's API shows, and what it refuses to be asked.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "tests/sandbox/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void a_request_without_the_right_key_is_told_so(void **state)
{
    static const struct {
        const char *header;
        const char *detail;
    } rows[] = {
        {"Accept: */*", "X-API-KEY header not provided"},
        {"X-API-KEY: guess", "Invalid API key"},
        {"X-API-KEY: sandbox-key2", "Invalid API key"},
        {"X-API-KEY: sandbox-ke", "Invalid API key"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct heard heard =
            talk_send_with(*state, "GET", "/api/v1/users", (const char *[]){rows[i].header, NULL}, NULL);

        assert_int_equal(heard.status, 401);
        assert_string_equal(heard.content_type, "application/vnd.api+json");
        assert_string_equal(text_at(heard.document, "errors.0.detail"), rows[i].detail);
        assert_string_equal(text_at(heard.document, "errors.0.code"), "unauthorized");
        assert_string_equal(text_at(heard.document, "errors.0.status"), "401");
        heard_clear(&heard);
    }
}

static void media_types_that_the_api_does_not_speak_are_refused(void **state)
{
    static const struct {
        const char *method;
        const char *header;
        int status;
    } rows[] = {
        {"GET", "Accept: text/html", 406},
        {"GET", "Accept: text/html, application/vnd.api+json", 200},
        {"GET", "Accept: */*", 200},
        {"GET", "Accept: application/json", 200},
        {"POST", "Content-Type: text/plain", 415},
        {"POST", "Content-Type: application/x-www-form-urlencoded", 415},
        {"POST", "Content-Type: application/json; charset=utf-8", 400},
        {"POST", "Content-Type: application/vnd.api+json", 400},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *headers[] = {"X-API-KEY: " SANDBOX_API_KEY, rows[i].header, NULL};
        struct heard heard = talk_send_with(*state, rows[i].method, "/api/v1/comments", headers,
                                            strcmp(rows[i].method, "POST") == 0 ? "{}" : NULL);

        if (heard.status != rows[i].status)
            fail_msg("%s: expected %d, got %d", rows[i].header, rows[i].status, heard.status);
        heard_clear(&heard);
    }
}

static void what_cannot_be_asked_is_refused(void **state)
{
    static const struct {
        const char *path;
        const char *place;
        const char *detail;
    } rows[] = {
        {"/api/v1/comments?filter[body_text]=x", "filter[body_text]", "is not a filter of comments"},
        {"/api/v1/comments?filter[commentable_id]=x", "filter[commentable_id]", "number"},
        {"/api/v1/comments?filter[commentable_type]=application", "filter[commentable_type]", "takes"},
        {"/api/v1/comments?filter[created_at]=2026-01-01T00:00:00Z", "filter[created_at]", "[gt]"},
        {"/api/v1/comments?filter[created_at][gt]=yesterday", "filter[created_at][gt]", "ISO 8601"},
        {"/api/v1/candidates?filter[email]=a@b.example", "filter[email]", "is not a filter"},
        {"/api/v1/applications?include=cv", "include", "cv is not known"},
        {"/api/v1/applications?include=job,interviews", "include", "interviews is not known"},
        {"/api/v1/applications?page[size]=1001", "page[size]", "1000"},
        {"/api/v1/applications?page[number]=0", "page[number]", "at least 1"},
        {"/api/v1/applications?sort=first_name", "sort", "not a sort key"},
        {"/api/v1/applications?sort=id,-id", "sort", "twice"},
        {"/api/v1/applications?extra_fields=tags", "extra_fields", "is not known"},
        {"/api/v1/applications?extra_fields[applications]=email", "extra_fields[applications]", "email"},
        {"/api/v1/applications?fields[people]=email", "fields[people]", "names no type"},
        {"/api/v1/applications?q=ada", "q", "is not known"},
        {"/api/v1/applications/1?filter[job_id]=1", "filter[job_id]", "is not a filter"},
        {"/api/v1/jobs?locale=xx", "", "xx is not a valid locale"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        talk_expect_error(*state, 400, "GET", rows[i].path, NULL, rows[i].place, rows[i].detail);
}

static void what_is_not_there_is_not_found_and_what_cannot_be_done_is_not_allowed(void **state)
{
    static const struct {
        int status;
        const char *method;
        const char *path;
    } rows[] = {
        {404, "GET", "/api/v1/applications/999"},
        {404, "GET", "/api/v1/applications/0"},
        {404, "GET", "/api/v1/applications/one"},
        {404, "GET", "/api/v1/applications/1/comments"},
        {404, "GET", "/api/v1/stages"},
        {404, "GET", "/api/v1/unheard_of"},
        {404, "GET", "/api/v2/users"},
        {405, "PATCH", "/api/v1/applications/1"},
        {405, "DELETE", "/api/v1/comments/1"},
        {405, "PUT", "/api/v1/comments/1"},
        {405, "PUT", "/api/v1/applications"},
        {405, "POST", "/api/v1/candidates"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        talk_expect_error(*state, rows[i].status, rows[i].method, rows[i].path,
                          strcmp(rows[i].method, "GET") == 0 ? NULL : "{}", "",
                          rows[i].status == 404 ? "Record not found" : "This method is not allowed");
}

static void a_relation_that_was_not_asked_for_shows_no_id(void **state)
{
    cJSON *document = talk_expect(*state, 200, "GET", "/api/v1/applications/1", NULL);

    assert_string_equal(text_at(document, "data.attributes.full_name"), "Ada Okafor");
    assert_string_equal(text_at(document, "data.attributes.stage_id"), "2");
    assert_true(cJSON_IsFalse(json_find(document, "data", "relationships", "stage", "meta", "included", NULL)));
    assert_null(json_find(document, "data", "relationships", "stage", "data", NULL));
    assert_null(json_get(document, "included"));
    assert_null(json_find(document, "data", "attributes", "tags", NULL));
    assert_null(json_find(document, "data", "relationships", "interviews", NULL));
    cJSON_Delete(document);
}

static void a_relation_that_was_asked_for_comes_along(void **state)
{
    cJSON *document = talk_expect(*state, 200, "GET", "/api/v1/jobs/1?include=stages,hiring_manager_user", NULL);

    assert_int_equal(count_at(document, "data.relationships.stages.data"), 5);
    assert_int_equal(count_at(document, "included"), 6);
    assert_string_equal(text_at(document, "included.0.type"), "stages");
    assert_string_equal(text_at(document, "included.0.attributes.name"), "Applied");
    assert_string_equal(text_at(document, "included.4.attributes.basic_type"), "hired");
    cJSON_Delete(document);
}

static void a_path_of_relations_is_followed_and_nothing_comes_twice(void **state)
{
    cJSON *document = talk_expect(*state, 200, "GET", "/api/v1/applications?include=job.stages,offers.creator", NULL);

    assert_int_equal(count_at(document, "data"), 6);
    assert_int_equal(count_at(document, "included"), 2 + 10); /* two jobs and their stages */
    assert_int_equal(count_at(document, "data.0.relationships.offers.data"), 0);
    cJSON_Delete(document);
}

static void fields_and_extra_fields_choose_attributes(void **state)
{
    cJSON *document = talk_expect(*state, 200, "GET",
                                  "/api/v1/applications/1?fields[applications]=email,full_name"
                                  "&extra_fields[applications]=tags",
                                  NULL);

    assert_int_equal(count_at(document, "data.attributes"), 3);
    assert_int_equal(count_at(document, "data.attributes.tags"), 0);
    cJSON_Delete(document);
}

static void filters_choose_records(void **state)
{
    static const struct {
        const char *path;
        int count;
    } rows[] = {
        {"/api/v1/applications?filter[candidate_email]=Ada.Okafor@mail.example", 1},
        {"/api/v1/applications?filter[candidate_email]=ben.lindqvist@mail.example", 2},
        {"/api/v1/applications?filter[candidate_email]=ben.lindqvist@mail.example&filter[job_id]=2", 1},
        {"/api/v1/applications?filter[candidate_email]=nobody@mail.example", 0},
        {"/api/v1/applications?filter[external_system_reference]=x", 0},
        {"/api/v1/applications?filter[job_id]=1", 3},
        {"/api/v1/applications?filter[job_id]=77", 0},
        {"/api/v1/applications?filter[stage_id]=3", 1},
        {"/api/v1/applications?filter[stage_basic_type]=applied,review", 4},
        {"/api/v1/applications?filter[job_visibility]=confidential", 1},
        {"/api/v1/applications?filter[job_visibility]=external,internal,confidential", 7},
        {"/api/v1/applications?filter[created_at][gt]=2001-01-01T00:00:00%2B01:00", 6},
        {"/api/v1/applications?filter[created_at][lt]=2001-01-01T00:00:00Z", 0},
        {"/api/v1/jobs", 2},
        {"/api/v1/jobs?filter[visibility]=confidential", 1},
        {"/api/v1/jobs?filter[search]=engineer", 1},
        {"/api/v1/jobs?filter[remote]=true", 1},
        {"/api/v1/jobs?filter[department_id]=1", 0},
        {"/api/v1/interviews?filter[interviewable_id]=2&filter[interviewable_type]=Application", 2},
        {"/api/v1/interviews?filter[interviewable_id]=2&filter[interviewable_type]=JobSeeker", 0},
        {"/api/v1/users?filter[employee]=true", 2},
        {"/api/v1/users?filter[email]=maya.chen@acme.example", 1},
        {"/api/v1/job_seekers?filter[search]=novak", 1},
        {"/api/v1/candidates?filter[blocked]=false", 7},
        {"/api/v1/custom_attributes?filter[custom_attributable_id]=1&filter[custom_attributable_type]=Application", 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        cJSON *document = talk_expect(*state, 200, "GET", rows[i].path, NULL);

        if (count_at(document, "data") != rows[i].count)
            fail_msg("%s: expected %d, got %d", rows[i].path, rows[i].count, count_at(document, "data"));
        cJSON_Delete(document);
    }
}

static void a_confidential_application_is_not_found_by_its_id(void **state)
{
    talk_expect_error(*state, 404, "GET", "/api/v1/applications/7", NULL, "", "Record not found");
    talk_expect_error(*state, 404, "PUT", "/api/v1/applications/7",
                      "{\"data\":{\"type\":\"applications\",\"id\":\"7\"}}", "", "Record not found");
}

static void a_list_comes_in_pages_that_end_with_a_short_one(void **state)
{
    cJSON *first = talk_expect(*state, 200, "GET", "/api/v1/custom_fields?stats[total]=count", NULL);
    cJSON *second = talk_expect(*state, 200, "GET", "/api/v1/custom_fields?page[number]=2", NULL);
    cJSON *third = talk_expect(*state, 200, "GET", "/api/v1/custom_fields?page[number]=3", NULL);
    cJSON *none = talk_expect(*state, 200, "GET", "/api/v1/custom_fields?page[size]=0", NULL);

    assert_int_equal(count_at(first, "data"), 100);
    assert_null(json_get(first, "links"));
    assert_int_equal(json_get_integer(json_find(first, "meta", "stats", "total", NULL), "count", 0), 122);
    assert_int_equal(count_at(second, "data"), 22);
    assert_string_equal(text_at(second, "data.0.id"), "101");
    assert_int_equal(count_at(third, "data"), 0);
    assert_int_equal(count_at(none, "data"), 0);
    cJSON_Delete(first);
    cJSON_Delete(second);
    cJSON_Delete(third);
    cJSON_Delete(none);
}

static void sort_keys_order_a_list_either_way(void **state)
{
    static const struct {
        const char *path;
        const char *first;
    } rows[] = {
        {"/api/v1/applications?sort=-id", "6"},
        {"/api/v1/applications?sort=-created_at,id&page[size]=1", "6"},
        {"/api/v1/applications?sort=created_at&page[size]=2&page[number]=2", "3"},
        {"/api/v1/interviews?sort=-start_at", "3"},
        {"/api/v1/interviews?sort=start_at", "2"},
        {"/api/v1/interviews?filter[interviewable_id]=2&sort=-start_at", "3"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        cJSON *document = talk_expect(*state, 200, "GET", rows[i].path, NULL);

        if (strcmp(text_at(document, "data.0.id"), rows[i].first) != 0)
            fail_msg("%s: expected %s first, got %s", rows[i].path, rows[i].first, text_at(document, "data.0.id"));
        cJSON_Delete(document);
    }
}

static void times_carry_an_offset_and_ids_are_strings(void **state)
{
    cJSON *document = talk_expect(*state, 200, "GET", "/api/v1/interviews/1", NULL);
    const char *start_at = text_at(document, "data.attributes.start_at");

    assert_int_equal(strlen(start_at), strlen("2026-01-31T09:00:00+00:00"));
    assert_string_equal(start_at + 19, "+00:00");
    assert_string_equal(text_at(document, "data.attributes.interviewable_id"), "1");
    assert_string_equal(text_at(document, "data.attributes.interviewable_type"), "Application");
    cJSON_Delete(document);
}

static void extra_applications_follow_the_usual_ones(void **state)
{
    struct talk talk;
    cJSON *document;

    (void)state;
    talk_open(&talk, &(struct sandbox_options){.seed_applications = 250});
    document = talk_expect(&talk, 200, "GET", "/api/v1/applications?stats[total]=count&sort=-id&page[size]=1", NULL);
    assert_int_equal(json_get_integer(json_find(document, "meta", "stats", "total", NULL), "count", 0), 256);
    assert_string_equal(text_at(document, "data.0.id"), "256");
    assert_string_equal(text_at(document, "data.0.attributes.email"), "applicant.250@mail.example");
    cJSON_Delete(document);
    talk_close(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_without_the_right_key_is_told_so),
        cmocka_unit_test(media_types_that_the_api_does_not_speak_are_refused),
        cmocka_unit_test(what_cannot_be_asked_is_refused),
        cmocka_unit_test(what_is_not_there_is_not_found_and_what_cannot_be_done_is_not_allowed),
        cmocka_unit_test(a_relation_that_was_not_asked_for_shows_no_id),
        cmocka_unit_test(a_relation_that_was_asked_for_comes_along),
        cmocka_unit_test(a_path_of_relations_is_followed_and_nothing_comes_twice),
        cmocka_unit_test(fields_and_extra_fields_choose_attributes),
        cmocka_unit_test(filters_choose_records),
        cmocka_unit_test(a_confidential_application_is_not_found_by_its_id),
        cmocka_unit_test(a_list_comes_in_pages_that_end_with_a_short_one),
        cmocka_unit_test(sort_keys_order_a_list_either_way),
        cmocka_unit_test(times_carry_an_offset_and_ids_are_strings),
        cmocka_unit_test(extra_applications_follow_the_usual_ones),
    };

    return cmocka_run_group_tests(tests, talk_setup, talk_teardown);
}
