/*
 * test_pages.c - the recruiter's pages: files, their headers, the data behind them, the stage selector.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/embedded.h"
#include "base/json.h"
#include "base/mem.h"
#include "tests/sandbox/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void every_page_and_asset_is_served_with_its_type(void **state)
{
    static const struct {
        const char *path;
        int status;
        const char *type;
    } rows[] = {
        {"/", 200, "text/html; charset=utf-8"},
        {"/applications/1", 200, "text/html; charset=utf-8"},
        {"/applications/999", 404, "text/html; charset=utf-8"},
        {"/assets/page.css", 200, "text/css; charset=utf-8"},
        {"/assets/applications.js", 200, "text/javascript; charset=utf-8"},
        {"/assets/icon.svg", 200, "image/svg+xml"},
        {"/assets/nothing.js", 404, "application/problem+json"},
        {"/assets/../applications.html", 404, "application/problem+json"},
        {"/applications/", 404, "application/problem+json"},
        {"/nothing", 404, "application/problem+json"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct heard heard = talk_send_with(*state, "GET", rows[i].path, NULL, NULL);

        if (heard.status != rows[i].status || strcmp(heard.content_type, rows[i].type) != 0)
            fail_msg("%s: got %d %s", rows[i].path, heard.status, heard.content_type);
        heard_clear(&heard);
    }
}

/* Neither would run or be shown: the policy allows files only. */
static void no_page_has_inline_script_or_style_or_anything_from_elsewhere(void **state)
{
    static const char *const banned[] = {
        "<style", " style=", " onclick=", "javascript:", "http://", "https://", "innerHTML", "@import"};

    (void)state;
    for (const struct embedded *file = embedded_pages; file->name; file++) {
        for (size_t i = 0; i < COUNT_OF(banned); i++) {
            bool is_name_of_svg = strcmp(banned[i], "http://") == 0 && strstr(file->name, ".svg");
            bool is_about_links = strcmp(banned[i], "https://") == 0 && strstr(file->name, ".js");

            if (!is_name_of_svg && !is_about_links && strstr(file->data, banned[i]))
                fail_msg("%s contains %s", file->name, banned[i]);
        }
    }
}

static void the_list_names_people_jobs_and_stages(void **state)
{
    cJSON *data = talk_expect(*state, 200, "GET", "/data/applications", NULL);

    assert_int_equal(count_at(data, "applications"), 7);
    assert_string_equal(text_at(data, "applications.0.name"), "Ada Okafor");
    assert_string_equal(text_at(data, "applications.0.job"), "Backend Engineer");
    assert_string_equal(text_at(data, "applications.0.stage"), "Screening");
    assert_int_equal(json_get_integer(json_get(data, "figures"), "requests", -1), 0);
    cJSON_Delete(data);
    cJSON_Delete(talk_expect(*state, 404, "GET", "/data/applications?page=0", NULL));
    cJSON_Delete(talk_expect(*state, 404, "GET", "/data/applications?page=x", NULL));
    data = talk_expect(*state, 200, "GET", "/data/applications?page=2", NULL);
    assert_int_equal(count_at(data, "applications"), 0);
    cJSON_Delete(data);
}

static void an_application_shows_what_was_written_on_it_newest_first(void **state)
{
    char *field = field_id(*state, "Coding score", "application");
    char *value = value_of(field, "applications", "1", "{\"integer_value\":87}");
    char *first = comment_on("applications", "1", "One");
    char *second = comment_on("applications", "1", "Two <b>bold</b>");

    cJSON_Delete(talk_expect(*state, 201, "POST", "/api/v1/custom_attributes", value));
    cJSON_Delete(talk_expect(*state, 201, "POST", "/api/v1/comments", first));
    cJSON_Delete(talk_expect(*state, 201, "POST", "/api/v1/comments", second));
    cJSON *data = talk_expect(*state, 200, "GET", "/data/applications/1", NULL);
    assert_string_equal(text_at(data, "custom_attributes.0.name"), "Coding score");
    assert_string_equal(text_at(data, "custom_attributes.0.value"), "87");
    assert_string_equal(text_at(data, "newest_comments.0.text"), "Two <b>bold</b>");
    assert_string_equal(text_at(data, "newest_comments.0.author"), "Acme Recruiting");
    assert_int_equal(count_at(data, "stages"), 5);
    assert_int_equal(count_at(data, "interviews"), 1);
    cJSON_Delete(data);
    mem_free(field);
    mem_free(value);
    mem_free(first);
    mem_free(second);
}

static void a_page_may_load_nothing_but_its_own_files(void **state)
{
    char *answer = talk_raw(*state, "/applications/1", "");

    assert_non_null(
        strstr(answer, "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';"));
    assert_non_null(strstr(answer, "frame-ancestors 'none'"));
    assert_non_null(strstr(answer, "X-Content-Type-Options: nosniff"));
    assert_null(strstr(answer, "unsafe-inline"));
    mem_free(answer);
}

/* The ETag of path's data, as a header that asks whether it still holds. Owned. */
static char *question(struct talk *talk, const char *path)
{
    char *answer = talk_raw(talk, path, "");
    const char *tag = strstr(answer, "ETag: ");
    char *header;

    assert_non_null(tag);
    tag += strlen("ETag: ");
    header = mem_printf("If-None-Match: %.*s", (int)strcspn(tag, "\r\n"), tag);
    mem_free(answer);
    return header;
}

static void expect_answer(struct talk *talk, const char *path, const char *header, const char *beginning)
{
    char *answer = talk_raw(talk, path, header);

    if (strncmp(answer, beginning, strlen(beginning)) != 0)
        fail_msg("%s: expected %s, got %s", path, beginning, answer);
    mem_free(answer);
}

static void only_the_data_of_what_changed_is_sent_again(void **state)
{
    struct talk *talk = *state;
    char *comment = comment_on("applications", "1", "x");
    char *one = question(talk, "/data/applications/1");
    char *two = question(talk, "/data/applications/2");
    char *list = question(talk, "/data/applications");

    expect_answer(talk, "/data/applications/1", one, "HTTP/1.1 304");
    expect_answer(talk, "/data/applications", list, "HTTP/1.1 304");
    cJSON_Delete(talk_expect(talk, 201, "POST", "/api/v1/comments", comment));
    expect_answer(talk, "/data/applications/1", one, "HTTP/1.1 200");
    expect_answer(talk, "/data/applications/2", two, "HTTP/1.1 304");
    expect_answer(talk, "/data/applications", list, "HTTP/1.1 200");
    cJSON_Delete(talk_expect(talk, 200, "POST", "/sandbox/reset", NULL));
    expect_answer(talk, "/data/applications/2", two, "HTTP/1.1 200");
    mem_free(comment);
    mem_free(one);
    mem_free(two);
    mem_free(list);
}

static void a_recruiter_moves_an_application_without_a_line_in_the_ledger(void **state)
{
    cJSON *moved = talk_expect(*state, 200, "POST", "/applications/4/stage", "{\"stage_id\":\"3\"}");
    cJSON *ledger = talk_expect(*state, 200, "GET", "/sandbox/writes", NULL);

    assert_string_equal(text_at(moved, "stage"), "Interview");
    assert_int_equal(json_get_integer(ledger, "count", -1), 0);
    cJSON_Delete(talk_expect(*state, 422, "POST", "/applications/4/stage", "{\"stage_id\":\"6\"}"));
    cJSON_Delete(talk_expect(*state, 422, "POST", "/applications/4/stage", "{\"stage_id\":\"x\"}"));
    cJSON_Delete(talk_expect(*state, 400, "POST", "/applications/4/stage", "{\"stage\":3}"));
    cJSON_Delete(talk_expect(*state, 400, "POST", "/applications/4/stage", "stage=3"));
    cJSON_Delete(talk_expect(*state, 404, "POST", "/applications/999/stage", "{\"stage_id\":\"3\"}"));
    cJSON_Delete(talk_expect(*state, 405, "DELETE", "/applications/4", NULL));
    cJSON_Delete(moved);
    cJSON_Delete(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_page_and_asset_is_served_with_its_type, talk_setup, talk_teardown),
        cmocka_unit_test(no_page_has_inline_script_or_style_or_anything_from_elsewhere),
        cmocka_unit_test_setup_teardown(the_list_names_people_jobs_and_stages, talk_setup, talk_teardown),
        cmocka_unit_test_setup_teardown(an_application_shows_what_was_written_on_it_newest_first, talk_setup,
                                        talk_teardown),
        cmocka_unit_test_setup_teardown(a_page_may_load_nothing_but_its_own_files, talk_setup, talk_teardown),
        cmocka_unit_test_setup_teardown(only_the_data_of_what_changed_is_sent_again, talk_setup, talk_teardown),
        cmocka_unit_test_setup_teardown(a_recruiter_moves_an_application_without_a_line_in_the_ledger, talk_setup,
                                        talk_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
