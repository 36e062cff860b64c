/*
 * test_control.c - the sandbox's own paths: what was written, faults at run time, a fresh start.
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

static void post_comment(struct talk *talk, const char *text)
{
    char *body = comment_on("applications", "2", text);

    cJSON_Delete(talk_expect(talk, 201, "POST", "/api/v1/comments", body));
    mem_free(body);
}

static void the_ledger_tells_what_was_written_where_and_that_it_was_answered(void **state)
{
    post_comment(*state, "Score 87");
    cJSON *ledger = talk_expect(*state, 200, "GET", "/sandbox/writes", NULL);

    assert_int_equal(json_get_integer(ledger, "count", 0), 1);
    assert_string_equal(text_at(ledger, "writes.0.method"), "POST");
    assert_string_equal(text_at(ledger, "writes.0.path"), "/api/v1/comments");
    assert_string_equal(text_at(ledger, "writes.0.type"), "comments");
    assert_string_equal(text_at(ledger, "writes.0.id"), "1");
    assert_string_equal(text_at(ledger, "writes.0.parent.type"), "applications");
    assert_string_equal(text_at(ledger, "writes.0.parent.id"), "2");
    assert_string_equal(text_at(ledger, "writes.0.summary"), "Score 87");
    assert_string_equal(text_at(ledger, "writes.0.body.data.attributes.body_text"), "Score 87");
    assert_true(cJSON_IsTrue(json_get(cJSON_GetArrayItem(json_get(ledger, "writes"), 0), "answered")));
    cJSON_Delete(ledger);
}

static void the_ledger_is_read_in_pages(void **state)
{
    for (int i = 0; i < 5; i++)
        post_comment(*state, "x");
    cJSON *page = talk_expect(*state, 200, "GET", "/sandbox/writes?since=2&limit=2", NULL);
    cJSON *none = talk_expect(*state, 200, "GET", "/sandbox/writes?since=5", NULL);

    assert_int_equal(count_at(page, "writes"), 2);
    assert_int_equal(json_get_integer(cJSON_GetArrayItem(json_get(page, "writes"), 0), "n", 0), 3);
    assert_int_equal(json_get_integer(page, "count", 0), 5);
    assert_int_equal(count_at(none, "writes"), 0);
    cJSON_Delete(page);
    cJSON_Delete(none);
}

static void what_was_refused_and_what_was_read_is_no_write(void **state)
{
    cJSON_Delete(talk_expect(*state, 200, "GET", "/api/v1/applications", NULL));
    cJSON_Delete(talk_expect(*state, 400, "POST", "/api/v1/comments", "{}"));
    cJSON *ledger = talk_expect(*state, 200, "GET", "/sandbox/writes", NULL);

    assert_int_equal(json_get_integer(ledger, "count", -1), 0);
    cJSON_Delete(ledger);
}

static void a_reset_brings_everything_back_to_the_start(void **state)
{
    post_comment(*state, "x");
    cJSON_Delete(talk_expect(*state, 200, "POST", "/sandbox/faults", "{\"fault\":\"500=1\",\"latency\":\"5\"}"));
    cJSON_Delete(talk_expect(*state, 200, "POST", "/sandbox/reset", NULL));
    cJSON *comments = talk_expect(*state, 200, "GET", "/api/v1/comments", NULL);
    cJSON *stats = talk_expect(*state, 200, "GET", "/sandbox/stats", NULL);
    cJSON *faults = talk_expect(*state, 200, "GET", "/sandbox/faults", NULL);

    assert_int_equal(count_at(comments, "data"), 0);
    assert_int_equal(json_get_integer(stats, "writes", -1), 0);
    assert_int_equal(json_get_integer(stats, "requests", -1), 1);
    assert_string_equal(text_at(faults, "fault"), "");
    assert_string_equal(text_at(faults, "latency"), "0-0");
    cJSON_Delete(comments);
    cJSON_Delete(stats);
    cJSON_Delete(faults);
}

static void settings_change_one_by_one_and_a_mistake_changes_none(void **state)
{
    static const char *const mistakes[] = {
        "",
        "[]",
        "{\"fault\":1}",
        "{\"fault\":\"500=2\"}",
        "{\"latency\":\"fast\"}",
        "{\"rate\":-1}",
        "{\"rate\":3,\"speed\":1}",
        "{\"burst\":\"many\"}",
    };
    cJSON *now = talk_expect(*state, 200, "POST", "/sandbox/faults", "{\"fault\":\"lost=0.5\",\"rate\":4,\"burst\":9}");

    assert_string_equal(text_at(now, "fault"), "lost=0.5");
    cJSON_Delete(now);
    for (size_t i = 0; i < COUNT_OF(mistakes); i++)
        cJSON_Delete(talk_expect(*state, 400, "POST", "/sandbox/faults", mistakes[i]));
    now = talk_expect(*state, 200, "POST", "/sandbox/faults", "{\"latency\":\"1-2\"}");
    assert_string_equal(text_at(now, "fault"), "lost=0.5");
    assert_string_equal(text_at(now, "latency"), "1-2");
    assert_int_equal(json_get_integer(now, "rate", 0), 4);
    assert_int_equal(json_get_integer(now, "burst", 0), 9);
    cJSON_Delete(now);
}

static void what_is_not_there_is_not_found(void **state)
{
    static const struct {
        int status;
        const char *method;
        const char *path;
    } rows[] = {
        {404, "GET", "/sandbox/"},
        {404, "GET", "/sandbox/writes/1"},
        {405, "POST", "/sandbox/writes"},
        {405, "GET", "/sandbox/reset"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        cJSON_Delete(talk_expect(*state, rows[i].status, rows[i].method, rows[i].path, NULL));
}

static void a_page_of_another_site_may_change_nothing(void **state)
{
    const char *address = sandbox_address(((struct talk *)*state)->sandbox);
    char *own = mem_printf("Origin: %s", address);
    struct heard foreign = talk_send_with(*state, "POST", "/sandbox/reset",
                                          (const char *[]){"Origin: https://elsewhere.example", NULL}, NULL);
    struct heard ours = talk_send_with(*state, "POST", "/sandbox/reset", (const char *[]){own, NULL}, NULL);

    assert_int_equal(foreign.status, 403);
    assert_int_equal(ours.status, 200);
    heard_clear(&foreign);
    heard_clear(&ours);
    mem_free(own);
}

static void options_that_cannot_be_are_refused(void **state)
{
    static const struct {
        struct sandbox_options options;
        const char *problem;
    } rows[] = {
        {{.listen = "127.0.0.1:0", .seed_applications = 10001}, "applications: 10001 is more than 10000"},
        {{.listen = "127.0.0.1:0", .rate = -1}, "rate: expected requests a second"},
        {{.listen = "127.0.0.1:0", .webhook_url = "ftp://x", .webhook_secret = "12345678"}, "webhook address ftp://x"},
        {{.listen = "127.0.0.1:0", .webhook_url = "http://x"}, "a webhook address needs a webhook secret"},
    };
    struct talk *talk = *state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct error err = {0};

        assert_null(sandbox_open(talk->loop, &rows[i].options, &err));
        if (strncmp(err.text, rows[i].problem, strlen(rows[i].problem)) != 0)
            fail_msg("expected '%s', got '%s'", rows[i].problem, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_ledger_tells_what_was_written_where_and_that_it_was_answered, talk_setup,
                                        talk_teardown),
        cmocka_unit_test_setup_teardown(the_ledger_is_read_in_pages, talk_setup, talk_teardown),
        cmocka_unit_test_setup_teardown(what_was_refused_and_what_was_read_is_no_write, talk_setup, talk_teardown),
        cmocka_unit_test_setup_teardown(a_reset_brings_everything_back_to_the_start, talk_setup, talk_teardown),
        cmocka_unit_test_setup_teardown(settings_change_one_by_one_and_a_mistake_changes_none, talk_setup,
                                        talk_teardown),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_not_found, talk_setup, talk_teardown),
        cmocka_unit_test_setup_teardown(a_page_of_another_site_may_change_nothing, talk_setup, talk_teardown),
        cmocka_unit_test_setup_teardown(options_that_cannot_be_are_refused, talk_setup, talk_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
