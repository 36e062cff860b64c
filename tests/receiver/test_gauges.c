/*
 * test_gauges.c - a report of the queue, as Prometheus reads it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "receiver/gauges.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char report_text[] =
    "{\"waiting\":3,\"bytes\":5000000000,\"in_flight\":2,\"retrying\":1,\"dead\":4,\"done\":9,\"oldest_waiting_ms\":"
    "1500,"
    "\"workers\":[{\"id\":\"a\"},{\"id\":\"b\"}],"
    "\"accounts\":[{\"name\":\"acme\",\"state\":\"limited\",\"waiting\":3,\"in_flight\":2,\"dead\":4},"
    "{\"name\":\"gone\",\"state\":\"active\",\"waiting\":1,\"in_flight\":0,\"dead\":0}]}";

static struct buf print(const char *report_json)
{
    struct account account = {.name = (char[]){"acme"}};
    struct config config = {.accounts = &account, .account_count = 1};
    struct error err = {0};
    cJSON *report = report_json ? json_parse(report_json, strlen(report_json), &err) : NULL;
    struct buf out;

    buf_init(&out, 100000);
    gauges_print(report, &config, &out);
    cJSON_Delete(report);
    return out;
}

static void every_number_of_the_report_is_a_gauge(void **state)
{
    static const char *const lines[] = {
        "hookline_redis_up 1\n",
        "# TYPE hookline_queue_waiting gauge\n",
        "hookline_queue_waiting 3\n",
        "hookline_queue_bytes 5000000000\n",
        "hookline_queue_in_flight 2\n",
        "hookline_queue_retrying 1\n",
        "hookline_queue_dead 4\n",
        "hookline_queue_done 9\n",
        "hookline_queue_oldest_waiting_seconds 1.5\n",
        "hookline_workers 2\n",
        "hookline_account_waiting{account=\"acme\"} 3\n",
        "hookline_account_in_flight{account=\"acme\"} 2\n",
        "hookline_account_dead{account=\"acme\"} 4\n",
        "hookline_account_state{account=\"acme\",state=\"limited\"} 1\n",
        "hookline_account_state{account=\"acme\",state=\"active\"} 0\n",
    };
    struct buf out = print(report_text);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        assert_non_null(strstr(out.data, lines[i]));
    buf_clear(&out);
}

static void an_account_that_is_not_configured_has_no_gauge(void **state)
{
    struct buf out = print(report_text);

    (void)state;
    assert_null(strstr(out.data, "gone"));
    buf_clear(&out);
}

static void nothing_waiting_is_zero_seconds(void **state)
{
    struct buf out = print("{\"oldest_waiting_ms\":null}");

    (void)state;
    assert_non_null(strstr(out.data, "hookline_queue_oldest_waiting_seconds 0\n"));
    buf_clear(&out);
}

static void without_a_report_redis_is_down_and_nothing_else_is_said(void **state)
{
    struct buf out = print(NULL);

    (void)state;
    assert_non_null(strstr(out.data, "hookline_redis_up 0\n"));
    assert_null(strstr(out.data, "hookline_queue"));
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_of_the_report_is_a_gauge),
        cmocka_unit_test(an_account_that_is_not_configured_has_no_gauge),
        cmocka_unit_test(nothing_waiting_is_zero_seconds),
        cmocka_unit_test(without_a_report_redis_is_down_and_nothing_else_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
