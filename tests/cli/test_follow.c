/*
 * test_follow.c - what send --wait says while an event is not settled.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/follow.h"

#include "base/json.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define WORKERS "\"workers\":[{\"id\":\"w1\"}]"

static void each_wait_is_told_with_its_cause(void **state)
{
    static const struct {
        const char *event, *status, *words;
    } rows[] = {
        {"{\"state\":\"in_flight\",\"account\":\"acme\",\"reason\":\"503\"}", NULL, "in flight"},
        {"{\"state\":\"retrying\",\"account\":\"acme\",\"reason\":\"503\"}", NULL, "retrying: 503"},
        {"{\"state\":\"retrying\",\"account\":\"acme\",\"reason\":\"\"}", NULL, "retrying"},
        {"{\"state\":\"waiting\",\"account\":\"acme\"}", NULL, "waiting"},
        {"{\"state\":\"waiting\",\"account\":\"acme\"}", "{" WORKERS ",\"accounts\":[]}", "waiting"},
        {"{\"state\":\"waiting\",\"account\":\"acme\"}", "{\"workers\":[],\"accounts\":[]}",
         "waiting: no worker is running"},
        {"{\"state\":\"waiting\",\"account\":\"acme\"}",
         "{" WORKERS ",\"accounts\":[{\"name\":\"beta\",\"state\":\"paused\",\"reason\":\"lunch\"},"
         "{\"name\":\"acme\",\"state\":\"suspended\",\"reason\":\"401 Unauthorized\"}]}",
         "waiting: account acme is suspended: 401 Unauthorized"},
        {"{\"state\":\"waiting\",\"account\":\"acme\"}",
         "{" WORKERS ",\"accounts\":[{\"name\":\"acme\",\"state\":\"active\",\"reason\":\"at its rate\"}]}", "waiting"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct error err = {0};
        cJSON *event = json_parse(rows[i].event, strlen(rows[i].event), &err);
        cJSON *status = rows[i].status ? json_parse(rows[i].status, strlen(rows[i].status), &err) : NULL;
        struct buf words;

        assert_non_null(event);
        buf_init(&words, 1000);
        follow_words(event, status, &words);
        assert_string_equal(words.data, rows[i].words);
        buf_clear(&words);
        cJSON_Delete(status);
        cJSON_Delete(event);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_wait_is_told_with_its_cause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
