/*
 * test_timeline.c - an event's life as people read it, from the queue's report.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/timeline.h"

#include "base/json.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The timeline of that report, owned. */
static char *render(const char *report)
{
    struct error err = {0};
    cJSON *event = json_parse(report, strlen(report), &err);
    struct buf out;

    assert_non_null(event);
    buf_init(&out, 10000);
    timeline_render(event, false, &out);
    cJSON_Delete(event);
    return buf_take(&out);
}

static void each_attempt_is_told_with_its_requests(void **state)
{
    char *text = render(
        "{\"id\":\"01JD\",\"state\":\"done\",\"account\":\"acme\",\"source\":\"skillcheck\",\"type\":\"t.done\","
        "\"order_key\":\"7\",\"delivery_id\":\"d1\",\"received_ms\":1000,\"settled_ms\":3100,\"reason\":\"\","
        "\"attempts_made\":["
        "{\"attempt\":1,\"worker\":\"w1\",\"started_ms\":1005,\"duration_ms\":41,\"outcome\":\"retry\","
        "\"reason\":\"503\",\"actions\":[{\"where\":\"rule 1 (t.done), action 1 (tag)\",\"effect\":\"\","
        "\"requests\":[{\"method\":\"PUT\",\"path\":\"/api/v1/applications/7\",\"status\":503,\"ms\":12,"
        "\"problem\":\"503\"},{\"method\":\"GET\",\"path\":\"/x?page%5Bsize%5D=1%2C\",\"status\":0,\"ms\":30000,"
        "\"problem\":\"timed out\"}]}]},"
        "{\"attempt\":2,\"worker\":\"w2\",\"started_ms\":3000,\"duration_ms\":90,\"outcome\":\"done\",\"reason\":\"\","
        "\"actions\":[{\"where\":\"rule 1 (t.done), action 1 (tag)\",\"effect\":\"updated\",\"requests\":[]}]}]}");

    (void)state;
    assert_string_equal(text, "event      01JD\n"
                              "state      done\n"
                              "account    acme\n"
                              "source     skillcheck\n"
                              "type       t.done\n"
                              "order key  7\n"
                              "delivery   d1\n"
                              "received   1970-01-01T00:00:01.000Z\n"
                              "\n"
                              "+0 ms      received\n"
                              "+5 ms      attempt 1, retry after 41 ms, worker w1: 503\n"
                              "             rule 1 (t.done), action 1 (tag)\n"
                              "               503    12 ms  PUT /api/v1/applications/7  503\n"
                              "               -   30000 ms  GET /x?page[size]=1%2C  timed out\n"
                              "+2 s       attempt 2, done after 90 ms, worker w2\n"
                              "             rule 1 (t.done), action 1 (tag): updated\n"
                              "+2 s       settled: done\n");
    mem_free(text);
}

static void a_retry_to_come_is_told_with_its_time(void **state)
{
    char *text = render("{\"id\":\"01JD\",\"state\":\"retrying\",\"received_ms\":1000,\"settled_ms\":null,"
                        "\"due_ms\":61000,\"crashes\":1,\"attempts_made\":[]}");

    (void)state;
    assert_non_null(strstr(text, "received\n           1 worker was lost while running it\n"));
    assert_non_null(strstr(text, "next attempt, at 1970-01-01T00:01:01.000Z\n"));
    assert_null(strstr(text, "settled"));
    mem_free(text);
}

static void why_an_attempt_had_nothing_to_do_is_told(void **state)
{
    char *text =
        render("{\"id\":\"01JD\",\"state\":\"done\",\"received_ms\":1000,\"settled_ms\":1010,\"attempts_made\":["
               "{\"attempt\":1,\"worker\":\"w1\",\"started_ms\":1005,\"duration_ms\":2,\"outcome\":\"done\","
               "\"reason\":\"no rule matches t.started\",\"actions\":[]}]}");

    (void)state;
    assert_non_null(strstr(text, "attempt 1, done after 2 ms, worker w1: no rule matches t.started\n"));
    mem_free(text);
}

static void a_vendors_words_cannot_drive_the_terminal(void **state)
{
    char *text = render("{\"id\":\"01JD\",\"state\":\"dead\",\"type\":\"\\u001b[31m\",\"reason\":\"a\\nb\","
                        "\"received_ms\":1000,\"attempts_made\":[]}");

    (void)state;
    assert_null(strchr(text, '\033'));
    assert_non_null(strstr(text, "reason     a b\n"));
    mem_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_attempt_is_told_with_its_requests),
        cmocka_unit_test(a_retry_to_come_is_told_with_its_time),
        cmocka_unit_test(why_an_attempt_had_nothing_to_do_is_told),
        cmocka_unit_test(a_vendors_words_cannot_drive_the_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
