/*
 * test_trace.c - the record of an attempt: what is in it, what never is, and its bounds.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/trace.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW 1700000000000LL

/* The text of a record with one request to path. */
static char *record_of(const char *path)
{
    struct trace trace;

    clock_freeze(NOW);
    trace_init(&trace, 2, "w-1");
    trace_action(&trace, "post_comment", "rule 1 (note), action 1 (post_comment)");
    trace_request(&trace, "GET", path, 200, 12, "");
    trace_effect(&trace, "created");
    clock_freeze(NOW + 30);
    char *text = trace_print(&trace, OUTCOME_DONE, "");
    clock_release();
    trace_clear(&trace);
    return text;
}

static void a_record_says_what_was_done_and_how_long_it_took(void **state)
{
    (void)state;
    char *text = record_of("/api/v1/comments");
    assert_string_equal(
        text,
        "{\"attempt\":2,\"worker\":\"w-1\",\"started_ms\":1700000000000,\"actions\":[{\"name\":\"post_comment\","
        "\"where\":\"rule 1 (note), action 1 (post_comment)\",\"requests\":[{\"method\":"
        "\"GET\",\"path\":\"/api/v1/comments\",\"status\":200,\"ms\":12,\"problem\":\"\"}],\"effect\":\"created\"}],"
        "\"duration_ms\":30,"
        "\"outcome\":\"done\",\"reason\":\"\"}");
    mem_free(text);
}

static void an_address_in_a_query_is_left_out(void **state)
{
    static const struct {
        const char *path, *kept;
    } rows[] = {
        {"/a?filter%5Bcandidate_email%5D=ada%40example.com", "\"/a?filter%5Bcandidate_email%5D=…\""},
        {"/a?e=ada%40example.com&page=2", "\"/a?e=…&page=2\""},
        {"/a?page=2&e=ada%40example.com&size=9", "\"/a?page=2&e=…&size=9\""},
        {"/a?page=2", "\"/a?page=2\""},
        {"/a", "\"/a\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *text = record_of(rows[i].path);
        if (!strstr(text, rows[i].kept))
            fail_msg("%s: %s", rows[i].path, text);
        assert_null(strstr(text, "ada"));
        mem_free(text);
    }
}

static cJSON *closed(struct trace *trace, enum outcome outcome, const char *reason)
{
    struct error err = {0};
    char *text = trace_print(trace, outcome, reason);
    cJSON *record = json_parse(text, strlen(text), &err);

    if (!record)
        fail_msg("%s: %s", err.text, text);
    mem_free(text);
    trace_clear(trace);
    return record;
}

static void a_record_does_not_grow_with_the_number_of_requests(void **state)
{
    struct trace trace;

    (void)state;
    trace_init(&trace, 1, "w");
    trace_action(&trace, "a", "b");
    for (int i = 0; i < 1000; i++)
        trace_request(&trace, "GET", "/a", 200, 1, "");
    cJSON *record = closed(&trace, OUTCOME_DONE, "");
    const cJSON *action = json_get(record, "actions")->child;
    assert_int_equal(cJSON_GetArraySize(json_get(action, "requests")), TRACE_REQUESTS_MAX);
    cJSON_Delete(record);
}

static void each_action_has_its_own_requests_and_effect(void **state)
{
    struct trace trace;

    (void)state;
    trace_init(&trace, 1, "w");
    trace_action(&trace, "set_attribute", "where \"it\" stands");
    trace_request(&trace, "GET", "/a", 200, 1, "");
    trace_request(&trace, "PUT", "/a", -1, -5, "line\nbreak");
    trace_effect(&trace, "updated");
    trace_action(&trace, "post_comment", "");
    trace_action(&trace, "post_comment", "");
    trace_request(&trace, "POST", "/c", 422, 0, "\xff");
    cJSON *record = closed(&trace, OUTCOME_DEAD, "422 \"no\"");
    char *actions = json_print(json_get(record, "actions"));
    assert_string_equal(actions,
                        "[{\"name\":\"set_attribute\",\"where\":\"where \\\"it\\\" stands\",\"requests\":["
                        "{\"method\":\"GET\",\"path\":\"/a\",\"status\":200,\"ms\":1,\"problem\":\"\"},"
                        "{\"method\":\"PUT\",\"path\":\"/a\",\"status\":-1,\"ms\":-5,\"problem\":\"line\\nbreak\"}],"
                        "\"effect\":\"updated\"},"
                        "{\"name\":\"post_comment\",\"where\":\"\",\"requests\":[],\"effect\":\"\"},"
                        "{\"name\":\"post_comment\",\"where\":\"\",\"requests\":["
                        "{\"method\":\"POST\",\"path\":\"/c\",\"status\":422,\"ms\":0,\"problem\":\"�\"}],"
                        "\"effect\":\"\"}]");
    assert_string_equal(json_get_string(record, "reason", NULL), "422 \"no\"");
    mem_free(actions);
    cJSON_Delete(record);
}

static void an_attempt_without_actions_has_an_empty_list(void **state)
{
    struct trace trace;

    (void)state;
    trace_init(&trace, 1, "w");
    cJSON *record = closed(&trace, OUTCOME_GIVE_BACK, "");
    assert_true(cJSON_IsArray(json_get(record, "actions")));
    assert_null(json_get(record, "actions")->child);
    cJSON_Delete(record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_says_what_was_done_and_how_long_it_took),
        cmocka_unit_test(an_address_in_a_query_is_left_out),
        cmocka_unit_test(a_record_does_not_grow_with_the_number_of_requests),
        cmocka_unit_test(each_action_has_its_own_requests_and_effect),
        cmocka_unit_test(an_attempt_without_actions_has_an_empty_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
