/*
 * test_writing.c - what may be written through the sandbox's API, how it is read back, and what is refused.
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

/* Sends body and frees it. */
static cJSON *expect(struct talk *talk, int status, const char *method, const char *path, char *body)
{
    cJSON *document = talk_expect(talk, status, method, path, body);

    mem_free(body);
    return document;
}

static void a_document_without_the_form_of_one_is_refused(void **state)
{
    static const struct {
        const char *body;
        const char *pointer;
        const char *detail;
    } rows[] = {
        {"", "", "Malformed JSON"},
        {"{", "", "Malformed JSON"},
        {"[]", "", "not an object"},
        {"{}", "/data", "no data"},
        {"{\"data\":[]}", "/data", "no data"},
        {"{\"data\":{}}", "/data/type", "must be comments"},
        {"{\"data\":{\"type\":\"comment\"}}", "/data/type", "must be comments"},
        {"{\"data\":{\"type\":\"comments\",\"id\":\"1\"}}", "/data/id", "not chosen by the client"},
        {"{\"data\":{\"type\":\"comments\",\"attributes\":1}}", "/data/attributes", "object"},
        {"{\"data\":{\"type\":\"comments\",\"relationships\":[]}}", "/data/relationships", "object"},
        {"{\"data\":{\"type\":\"comments\"},\"meta\":{}}", "", "meta is not expected"},
        {"{\"data\":{\"type\":\"comments\",\"body_text\":\"x\"}}", "/data", "body_text is not expected"},
        {"{\"data\":{\"type\":\"comments\",\"attributes\":{\"private_comment\":true}}}",
         "/data/attributes/private_comment", "cannot be written"},
        {"{\"data\":{\"type\":\"comments\",\"attributes\":{\"text\":\"x\"}}}", "/data/attributes/text",
         "unknown attribute"},
        {"{\"data\":{\"type\":\"comments\",\"relationships\":{\"user\":{\"data\":{\"type\":\"users\",\"id\":\"1\"}}}}}",
         "/data/relationships/user", "cannot be written"},
        {"{\"data\":{\"type\":\"comments\",\"relationships\":{\"commentable\":{}}}}", "/data/relationships/commentable",
         "no data object"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        talk_expect_error(*state, 400, "POST", "/api/v1/comments", rows[i].body, rows[i].pointer, rows[i].detail);
}

static void a_comment_is_found_on_its_record_and_is_the_system_users(void **state)
{
    cJSON *made = expect(*state, 201, "POST", "/api/v1/comments", comment_on("applications", "4", "Score 87"));
    cJSON *list = talk_expect(*state, 200, "GET",
                              "/api/v1/comments?filter[commentable_id]=4&filter[commentable_type]=Application"
                              "&include=user",
                              NULL);

    assert_string_equal(text_at(list, "data.0.id"), text_at(made, "data.id"));
    assert_string_equal(text_at(list, "data.0.attributes.body_text"), "Score 87");
    assert_string_equal(text_at(list, "data.0.attributes.commentable_type"), "Application");
    assert_string_equal(text_at(list, "included.0.attributes.email"), "system@acme.example");
    assert_int_equal(count_at(list, "data"), 1);
    cJSON_Delete(made);
    cJSON_Delete(list);
}

static void comments_on_records_of_one_id_but_another_type_are_kept_apart(void **state)
{
    cJSON_Delete(expect(*state, 201, "POST", "/api/v1/comments", comment_on("job_seekers", "1", "A seeker")));
    cJSON_Delete(expect(*state, 201, "POST", "/api/v1/comments", comment_on("candidates", "1", "A candidate")));
    cJSON *list = talk_expect(*state, 200, "GET",
                              "/api/v1/comments?filter[commentable_id]=1&filter[commentable_type]=JobSeeker", NULL);
    cJSON *both = talk_expect(*state, 200, "GET", "/api/v1/comments?filter[commentable_id]=1", NULL);

    assert_int_equal(count_at(list, "data"), 1);
    assert_string_equal(text_at(list, "data.0.attributes.body_text"), "A seeker");
    assert_int_equal(count_at(both, "data"), 2);
    cJSON_Delete(list);
    cJSON_Delete(both);
}

static void a_comment_that_says_nothing_or_hangs_on_nothing_is_refused(void **state)
{
    static const struct {
        const char *type;
        const char *id;
        const char *text;
        const char *pointer;
        const char *detail;
    } rows[] = {
        {"applications", "4", "", "/data/attributes/body_text", "Body text can't be blank"},
        {"applications", "4", " \\n ", "/data/attributes/body_text", "Body text can't be blank"},
        {"applications", "999", "x", "/data/relationships/commentable", "Commentable must exist"},
        {"jobs", "1", "x", "/data/relationships/commentable", "must be of type"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *body = comment_on(rows[i].type, rows[i].id, rows[i].text);

        talk_expect_error(*state, 422, "POST", "/api/v1/comments", body, rows[i].pointer, rows[i].detail);
        mem_free(body);
    }
    talk_expect_error(*state, 422, "POST", "/api/v1/comments",
                      "{\"data\":{\"type\":\"comments\",\"attributes\":{\"body_text\":\"x\"}}}",
                      "/data/relationships/commentable", "must exist");
}

static void every_type_of_value_is_read_back_as_a_string(void **state)
{
    static const struct {
        const char *field;
        const char *attributes;
        const char *value;
    } rows[] = {
        {"Coding score", "{\"integer_value\":87}", "87"},
        {"Coding score", "{\"integer_value\":87.0}", "87"},
        {"Rating", "{\"decimal_value\":4.25}", "4.25"},
        {"Recommended", "{\"boolean_value\":false}", "false"},
        {"Availability", "{\"date_value\":\"2026-02-28\"}", "2026-02-28"},
        {"Availability", "{\"date_value\":\"2026-02-28T00:00:00.000Z\"}", "2026-02-28"},
        {"Availability", "{\"date_value\":\"2026-02-28 00:00:00 +00:00\"}", "2026-02-28"},
        {"Background check", "{\"single_select_value\":\"Clear\"}", "Clear"},
        {"Languages", "{\"multi_select_value\":[\"English\"]}", "English"},
        {"Languages", "{\"multi_select_value\":[\"English\",\"German\"]}", "English and German"},
        {"Languages", "{\"multi_select_value\":[\"English\",\"French\",\"German\"]}", "English, French, and German"},
        {"Notes", "{\"text_value\":\"a\\nb\"}", "a\nb"},
        {"Assessment report", "{\"varchar_value\":\"https://r.example/\"}", "https://r.example/"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *id = field_id(*state, rows[i].field, "application");
        cJSON *made = expect(*state, 201, "POST", "/api/v1/custom_attributes?include=custom_field",
                             value_of(id, "applications", "5", rows[i].attributes));

        assert_string_equal(text_at(made, "data.attributes.value"), rows[i].value);
        assert_string_equal(text_at(made, "data.attributes.field_name"), rows[i].field);
        assert_string_equal(text_at(made, "data.relationships.custom_field.data.id"), id);
        assert_null(json_find(made, "data", "attributes", "integer_value", NULL));
        cJSON_Delete(made);
        mem_free(id);
    }
}

static void a_value_that_does_not_fit_its_field_is_refused(void **state)
{
    static const struct {
        const char *field;
        const char *attributes;
        const char *pointer;
        const char *detail;
    } rows[] = {
        {"Coding score", "{\"integer_value\":\"87\"}", "/data/attributes/integer_value", "must be an integer"},
        {"Coding score", "{\"integer_value\":8.5}", "/data/attributes/integer_value", "must be an integer"},
        {"Coding score", "{\"integer_value\":2147483648}", "/data/attributes/integer_value", "out of range"},
        {"Coding score", "{\"integer_value\":null}", "/data/attributes/integer_value", "can't be blank"},
        {"Coding score", "{\"varchar_value\":\"87\"}", "/data/attributes/varchar_value", "does not fit"},
        {"Coding score", "{}", "/data/attributes/integer_value", "must be given"},
        {"Coding score", "{\"integer_value\":1,\"text_value\":\"1\"}", "/data/attributes/integer_value",
         "no other value"},
        {"Rating", "{\"decimal_value\":\"4.5\"}", "/data/attributes/decimal_value", "not a number"},
        {"Recommended", "{\"boolean_value\":\"yes\"}", "/data/attributes/boolean_value", "true or false"},
        {"Availability", "{\"date_value\":\"2026-02-30\"}", "/data/attributes/date_value", "not a date"},
        {"Availability", "{\"date_value\":\"28/02/2026\"}", "/data/attributes/date_value", "not a date"},
        {"Availability", "{\"date_value\":\"2026-02-28 noon\"}", "/data/attributes/date_value", "not a date"},
        {"Background check", "{\"single_select_value\":\"clear\"}", "/data/attributes/single_select_value",
         "not included in the list"},
        {"Languages", "{\"multi_select_value\":[\"Latin\"]}", "/data/attributes/multi_select_value",
         "not included in the list"},
        {"Languages", "{\"multi_select_value\":\"English\"}", "/data/attributes/multi_select_value", "array"},
        {"Languages", "{\"multi_select_value\":[]}", "/data/attributes/multi_select_value", "can't be blank"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *id = field_id(*state, rows[i].field, "application");
        char *body = value_of(id, "applications", "5", rows[i].attributes);

        talk_expect_error(*state, 422, "POST", "/api/v1/custom_attributes", body, rows[i].pointer, rows[i].detail);
        mem_free(body);
        mem_free(id);
    }
}

/* "ä" has two bytes and is one character. */
static void a_short_text_holds_255_characters_and_no_more(void **state)
{
    char *id = field_id(*state, "Assessment report", "application");

    for (int characters = 255; characters <= 256; characters++) {
        struct buf attributes;

        buf_init(&attributes, 2000);
        buf_add_string(&attributes, "{\"varchar_value\":\"");
        for (int i = 0; i < characters; i++)
            buf_add_string(&attributes, "ä");
        buf_add_string(&attributes, "\"}");
        cJSON_Delete(expect(*state, characters == 255 ? 201 : 422, "POST", "/api/v1/custom_attributes",
                            value_of(id, "applications", "5", attributes.data)));
        buf_clear(&attributes);
    }
    mem_free(id);
}

static void a_field_takes_values_of_its_own_kind_of_record_only(void **state)
{
    char *candidates_field = field_id(*state, "Coding score", "candidate");
    char *applications_field = field_id(*state, "Coding score", "application");
    char *body = value_of(candidates_field, "applications", "1", "{\"integer_value\":1}");

    assert_string_not_equal(candidates_field, applications_field);
    talk_expect_error(*state, 422, "POST", "/api/v1/custom_attributes", body, "/data/relationships/custom_field",
                      "is a field of candidates");
    mem_free(body);
    cJSON_Delete(expect(*state, 201, "POST", "/api/v1/custom_attributes",
                        value_of(candidates_field, "candidates", "1", "{\"integer_value\":1}")));
    cJSON_Delete(expect(*state, 422, "POST", "/api/v1/custom_attributes",
                        value_of("9999", "applications", "1", "{\"integer_value\":1}")));
    mem_free(candidates_field);
    mem_free(applications_field);
}

static void a_value_is_changed_in_place_and_a_second_post_makes_a_second_value(void **state)
{
    static const char list[] = "/api/v1/custom_attributes?filter[custom_attributable_id]=6"
                               "&filter[custom_attributable_type]=Application&include=custom_field";
    char *field = field_id(*state, "Coding score", "application");
    cJSON *made = expect(*state, 201, "POST", "/api/v1/custom_attributes",
                         value_of(field, "applications", "6", "{\"integer_value\":1}"));
    char *path = mem_printf("/api/v1/custom_attributes/%s", text_at(made, "data.id"));
    cJSON *changed = talk_expect(*state, 200, "PUT", path,
                                 "{\"data\":{\"type\":\"custom_attributes\",\"attributes\":{\"integer_value\":2}}}");
    cJSON *one = talk_expect(*state, 200, "GET", list, NULL);
    cJSON *second = expect(*state, 201, "POST", "/api/v1/custom_attributes",
                           value_of(field, "applications", "6", "{\"integer_value\":3}"));
    cJSON *two = talk_expect(*state, 200, "GET", list, NULL);

    assert_string_equal(text_at(changed, "data.attributes.value"), "2");
    assert_int_equal(count_at(one, "data"), 1);
    assert_string_equal(text_at(one, "included.0.attributes.name"), "Coding score");
    assert_int_equal(count_at(two, "data"), 2);
    talk_expect_error(*state, 422, "PUT", path,
                      "{\"data\":{\"type\":\"custom_attributes\",\"attributes\":{\"varchar_value\":\"2\"}}}",
                      "/data/attributes/varchar_value", "does not fit");
    talk_expect_error(*state, 400, "PUT", path, "{\"data\":{\"type\":\"custom_attributes\",\"id\":\"9999\"}}",
                      "/data/id", "not that of the path");
    cJSON_Delete(made);
    cJSON_Delete(changed);
    cJSON_Delete(one);
    cJSON_Delete(second);
    cJSON_Delete(two);
    mem_free(path);
    mem_free(field);
}

static void a_field_is_made_when_it_is_complete(void **state)
{
    static const struct {
        const char *attributes;
        const char *pointer;
    } rows[] = {
        {"{\"field_type\":\"integer\",\"resource_type\":\"job\",\"sample_value\":\"1\"}", "/data/attributes/name"},
        {"{\"name\":\"x\",\"field_type\":\"integer\",\"resource_type\":\"job\"}", "/data/attributes/sample_value"},
        {"{\"name\":\"x\",\"field_type\":\"url\",\"resource_type\":\"job\",\"sample_value\":\"1\"}",
         "/data/attributes/field_type"},
        {"{\"name\":\"x\",\"field_type\":\"text\",\"resource_type\":\"user\",\"sample_value\":\"1\"}",
         "/data/attributes/resource_type"},
        {"{\"name\":\"x\",\"field_type\":\"single_select\",\"resource_type\":\"job\",\"sample_value\":\"1\"}",
         "/data/attributes/options"},
        {"{\"name\":\"x\",\"field_type\":\"text\",\"resource_type\":\"job\",\"sample_value\":\"1\","
         "\"options\":[\"a\"]}",
         "/data/attributes/options"},
    };
    cJSON *made = talk_expect(*state, 201, "POST", "/api/v1/custom_fields",
                              "{\"data\":{\"type\":\"custom_fields\",\"attributes\":{\"name\":\"Badge\",\"field_type\":"
                              "\"single_select\",\"resource_type\":\"application\",\"sample_value\":\"Gold\","
                              "\"options\":[\"Gold\",\"Silver\"]}}}");

    assert_string_equal(text_at(made, "data.attributes.unique_reference"), "custom_field_123");
    assert_int_equal(count_at(made, "data.attributes.options"), 2);
    cJSON_Delete(made);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *body = mem_printf("{\"data\":{\"type\":\"custom_fields\",\"attributes\":%s}}", rows[i].attributes);

        talk_expect_error(*state, 422, "POST", "/api/v1/custom_fields", body, rows[i].pointer, "");
        mem_free(body);
    }
}

static void an_interviews_summary_is_html_of_a_narrow_kind_and_all_that_may_be_written(void **state)
{
    static const char *const form = "{\"data\":{\"type\":\"interviews\",\"id\":\"1\",\"attributes\":{\"%s\":\"%s\"}}}";
    char *good = mem_printf(form, "summary", "<div>Strong on SQL.<br>See <a href='https://x.example/1'>it</a></div>");
    char *bad = mem_printf(form, "summary", "<div onclick='x()'>Hi</div>");
    char *other = mem_printf(form, "status", "completed");
    cJSON *changed = talk_expect(*state, 200, "PUT", "/api/v1/interviews/1", good);

    assert_non_null(strstr(text_at(changed, "data.attributes.summary"), "Strong on SQL"));
    talk_expect_error(*state, 422, "PUT", "/api/v1/interviews/1", bad, "/data/attributes/summary", "attributes on div");
    talk_expect_error(*state, 400, "PUT", "/api/v1/interviews/1", other, "/data/attributes/status",
                      "cannot be written");
    cJSON_Delete(changed);
    mem_free(good);
    mem_free(bad);
    mem_free(other);
}

static char *move(const char *id, const char *relation, const char *stage)
{
    return mem_printf("{\"data\":{\"type\":\"applications\",\"id\":\"%s\",\"relationships\":{\"%s\":{\"data\":"
                      "{\"type\":\"stages\",\"id\":\"%s\"}}}}}",
                      id, relation, stage);
}

static void an_application_moves_within_its_own_job(void **state)
{
    cJSON *moved = expect(*state, 200, "PUT", "/api/v1/applications/4", move("4", "stage", "5"));
    char *elsewhere = move("4", "stage", "6");
    char *as_job = move("4", "job", "5");

    assert_string_equal(text_at(moved, "data.attributes.stage_id"), "5");
    assert_string_not_equal(text_at(moved, "data.attributes.hired_at"), "");
    talk_expect_error(*state, 422, "PUT", "/api/v1/applications/4", elsewhere, "/data/relationships/stage",
                      "must be a stage of the application's job");
    talk_expect_error(*state, 400, "PUT", "/api/v1/applications/4", as_job, "/data/relationships/job",
                      "cannot be written");
    cJSON_Delete(moved);
    mem_free(elsewhere);
    mem_free(as_job);
}

static cJSON *change_tags(struct talk *talk, int status, const char *attributes)
{
    char *body = mem_printf("{\"data\":{\"type\":\"applications\",\"id\":\"3\",\"attributes\":%s}}", attributes);
    cJSON *changed = talk_expect(talk, status, "PUT", "/api/v1/applications/3?extra_fields[applications]=tags", body);

    mem_free(body);
    return changed;
}

static void tags_are_added_once_and_removed(void **state)
{
    cJSON *added = change_tags(*state, 200,
                               "{\"add_tags_with_context\":[{\"tag\":\"Passed\",\"context\":\"custom_green\"},"
                               "{\"tag\":\"Passed\",\"context\":\"custom_green\"}]}");
    cJSON *removed = change_tags(*state, 200,
                                 "{\"add_tag_with_context\":{\"tag\":\"Clear\",\"context\":\"background_check\"},"
                                 "\"remove_tag_with_context\":{\"tag\":\"Passed\",\"context\":\"custom_green\"}}");

    assert_int_equal(count_at(added, "data.attributes.tags"), 1);
    assert_int_equal(count_at(removed, "data.attributes.tags"), 1);
    assert_string_equal(text_at(removed, "data.attributes.tags.0.name"), "Clear");
    assert_string_equal(text_at(removed, "data.attributes.tags.0.context"), "background_check");
    cJSON_Delete(change_tags(*state, 422, "{\"add_tags_with_context\":[{\"tag\":\"Passed\"}]}"));
    cJSON_Delete(change_tags(*state, 422, "{\"add_tag_with_context\":{\"name\":\"a\",\"context\":\"b\"}}"));
    cJSON_Delete(change_tags(*state, 400, "{\"tags\":[]}"));
    cJSON_Delete(added);
    cJSON_Delete(removed);
}

static char *application(const char *more, const char *relations)
{
    return mem_printf("{\"data\":{\"type\":\"applications\",\"attributes\":{\"first_name\":\"Noor\",\"last_name\":"
                      "\"Haddad\"%s},\"relationships\":{%s}}}",
                      more, relations);
}

#define JOB_1 "\"job\":{\"data\":{\"type\":\"jobs\",\"id\":\"1\"}}"

static void an_application_lands_in_the_applied_stage_with_its_cv_and_a_candidate(void **state)
{
    cJSON *made = expect(*state, 201, "POST",
                         "/api/v1/applications?include=candidate,stage&extra_fields[applications]=attachments",
                         application(",\"email\":\"noor@mail.example\",\"external_system_reference\":\"ref-1\","
                                     "\"skip_notifications_on_create\":true,\"cv_base64_filename\":\"cv.pdf\","
                                     "\"cv_base64_data\":\"data:application/pdf;base64,JVBERi0x\"",
                                     JOB_1));
    cJSON *found =
        talk_expect(*state, 200, "GET", "/api/v1/applications?filter[external_system_reference]=ref-1", NULL);

    assert_string_equal(text_at(made, "data.attributes.stage_id"), "1");
    assert_string_equal(text_at(made, "data.attributes.attachments.0.filename"), "cv.pdf");
    assert_string_equal(text_at(made, "data.attributes.full_name"), "Noor Haddad");
    assert_string_equal(text_at(found, "data.0.id"), text_at(made, "data.id"));
    cJSON *again =
        expect(*state, 201, "POST", "/api/v1/applications", application(",\"email\":\"noor@mail.example\"", JOB_1));
    assert_string_equal(text_at(again, "data.attributes.candidate_id"), text_at(made, "data.attributes.candidate_id"));
    cJSON_Delete(made);
    cJSON_Delete(found);
    cJSON_Delete(again);
}

static void an_application_that_is_not_complete_is_refused(void **state)
{
    static const struct {
        const char *more;
        const char *relations;
        const char *pointer;
    } rows[] = {
        {"", JOB_1, "/data/attributes/email"},
        {",\"email\":\"noor\"", JOB_1, "/data/attributes/email"},
        {",\"email\":\"a@b.example\"", "", "/data/relationships/job"},
        {",\"email\":\"a@b.example\"", JOB_1 ",\"stage\":{\"data\":{\"type\":\"stages\",\"id\":\"6\"}}",
         "/data/relationships/stage"},
        {",\"email\":\"a@b.example\",\"cv_base64_data\":\"JVBERi0x\",\"cv_base64_filename\":\"cv.pdf\"", JOB_1,
         "/data/attributes/cv_base64_data"},
        {",\"email\":\"a@b.example\",\"cv_base64_data\":\"data:application/pdf;base64,%%\","
         "\"cv_base64_filename\":\"cv.pdf\"",
         JOB_1, "/data/attributes/cv_base64_data"},
        {",\"email\":\"a@b.example\",\"cv_base64_data\":\"data:application/pdf;base64,JVBERi0x\"", JOB_1,
         "/data/attributes/cv_base64_filename"},
        {",\"email\":\"a@b.example\",\"date_of_birth\":\"1990\"", JOB_1, "/data/attributes/date_of_birth"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *body = application(rows[i].more, rows[i].relations);

        talk_expect_error(*state, 422, "POST", "/api/v1/applications", body, rows[i].pointer, "");
        mem_free(body);
    }
}

static void every_missing_attribute_is_named(void **state)
{
    cJSON *refused = talk_expect(*state, 422, "POST", "/api/v1/applications", "{\"data\":{\"type\":\"applications\"}}");

    assert_int_equal(count_at(refused, "errors"), 4);
    assert_string_equal(text_at(refused, "errors.0.detail"), "First name can't be blank");
    assert_string_equal(text_at(refused, "errors.0.title"), "Validation Error");
    assert_string_equal(text_at(refused, "errors.0.meta.attribute"), "first_name");
    cJSON_Delete(refused);
}

static void what_an_update_leaves_out_stays_as_it_was(void **state)
{
    cJSON *changed = talk_expect(*state, 200, "PUT", "/api/v1/applications/5",
                                 "{\"data\":{\"type\":\"applications\",\"attributes\":{\"town\":\"Bursa\"}}}");

    assert_string_equal(text_at(changed, "data.attributes.town"), "Bursa");
    assert_string_equal(text_at(changed, "data.attributes.first_name"), "Elif");
    talk_expect_error(*state, 400, "PUT", "/api/v1/applications/5",
                      "{\"data\":{\"type\":\"applications\",\"attributes\":{\"summary\":\"x\"}}}",
                      "/data/attributes/summary", "cannot be written");
    talk_expect_error(*state, 422, "PUT", "/api/v1/applications/5",
                      "{\"data\":{\"type\":\"applications\",\"attributes\":{\"email\":\"\"}}}",
                      "/data/attributes/email", "can't be blank");
    cJSON_Delete(changed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_without_the_form_of_one_is_refused),
        cmocka_unit_test(a_comment_is_found_on_its_record_and_is_the_system_users),
        cmocka_unit_test(comments_on_records_of_one_id_but_another_type_are_kept_apart),
        cmocka_unit_test(a_comment_that_says_nothing_or_hangs_on_nothing_is_refused),
        cmocka_unit_test(every_type_of_value_is_read_back_as_a_string),
        cmocka_unit_test(a_value_that_does_not_fit_its_field_is_refused),
        cmocka_unit_test(a_short_text_holds_255_characters_and_no_more),
        cmocka_unit_test(a_field_takes_values_of_its_own_kind_of_record_only),
        cmocka_unit_test(a_value_is_changed_in_place_and_a_second_post_makes_a_second_value),
        cmocka_unit_test(a_field_is_made_when_it_is_complete),
        cmocka_unit_test(an_interviews_summary_is_html_of_a_narrow_kind_and_all_that_may_be_written),
        cmocka_unit_test(an_application_moves_within_its_own_job),
        cmocka_unit_test(tags_are_added_once_and_removed),
        cmocka_unit_test(an_application_lands_in_the_applied_stage_with_its_cv_and_a_candidate),
        cmocka_unit_test(an_application_that_is_not_complete_is_refused),
        cmocka_unit_test(every_missing_attribute_is_named),
        cmocka_unit_test(what_an_update_leaves_out_stays_as_it_was),
    };

    return cmocka_run_group_tests(tests, talk_setup, talk_teardown);
}
