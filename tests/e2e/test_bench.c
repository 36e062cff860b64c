/*
 * test_bench.c - hookline bench against a real installation: what it measures is true, and nothing is written where it
 * must not be.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "tests/e2e/stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define EVENT "{\"type\":\"note\",\"data\":{\"application_id\":\"1{{n%5}}\",\"text\":\"number {{n}}\"}}"

static const struct stage_options with_twenty_applications = {.sandbox_args = {"--applications", "20"}};

/* A file of the stage's directory; owned path. */
static char *write_file(const struct stage *stage, const char *text)
{
    char *path = mem_printf("%s/event.json", stage->directory);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
    return path;
}

static void every_event_is_accepted_written_and_counted(void **state)
{
    struct stage stage;
    char *output;

    (void)state;
    stage_open(&stage, &with_twenty_applications);
    char *path = write_file(&stage, EVENT);
    assert_int_equal(stage_command(&stage, &output, "bench", "--source", "s", "--events", "300", "--connections", "7",
                                   "--wait", "--json", path, NULL),
                     0);
    cJSON *report = json_parse(output, strlen(output), &(struct error){0});
    assert_int_equal(json_get_integer(report, "accepted", 0), 300);
    assert_int_equal(json_get_integer(report, "failed", -1), 0);
    assert_int_equal(json_get_integer(json_get(report, "statuses"), "202", 0), 300);
    assert_true(json_get_integer(report, "per_second", 0) > 0);
    assert_true(json_get_integer(report, "answer_p99_us", 0) >= json_get_integer(report, "answer_p50_us", 0));
    assert_true(json_get_integer(report, "settled_us", 0) >= json_get_integer(report, "elapsed_us", 0));
    assert_int_equal(json_get_integer(report, "dead", -1), 0);
    assert_int_equal(stage_writes(&stage), 300);
    cJSON_Delete(report);
    mem_free(output);
    mem_free(path);
    stage_close(&stage);
}

static void events_that_end_as_dead_letters_are_no_success(void **state)
{
    struct stage stage;
    char *output;

    (void)state;
    stage_open(&stage, &(struct stage_options){0});
    char *path = write_file(&stage, "{\"type\":\"note\",\"data\":{\"application_id\":\"0\",\"text\":\"no such one\"}}");
    assert_int_equal(stage_command(&stage, &output, "bench", "--source", "s", "--events", "3", "--wait", path, NULL),
                     1);
    assert_non_null(strstr(output, "accepted  3 answered 202"));
    assert_non_null(strstr(output, "dead      3 of them: hookline dead tells why"));
    mem_free(output);
    mem_free(path);
    stage_close(&stage);
}

/* Nobody is at that account's base URL, least of all the sandbox. */
static void made_up_events_go_to_no_one_but_the_sandbox_unless_allowed(void **state)
{
    const struct stage_options options = {
        .more_accounts = "\"real\": {\"base_url\": \"http://127.0.0.1:9\", \"api_key\": \"k\"},",
        .sources = "\"r\": {\"account\": \"real\", \"verify\": {\"scheme\": \"standard-webhooks\", \"secrets\": "
                   "[\"" STAGE_SECRET "\"]}, \"event\": {\"type\": \".type\"}, \"rules\": [{\"on\": \"never\", \"do\": "
                   "[{\"post_comment\": {\"application\": \"1\", \"text\": \"x\"}}]}]}"};
    struct stage stage;
    char *output;

    (void)state;
    stage_open(&stage, &options);
    char *path = write_file(&stage, EVENT);
    assert_int_equal(stage_command(&stage, &output, "bench", "--source", "r", "--events", "5", path, NULL), 2);
    assert_non_null(strstr(output, "account real writes to http://127.0.0.1:9, which is not the sandbox"));
    mem_free(output);
    assert_int_equal(stage_command(&stage, &output, "bench", "--source", "r", "--events", "5", "--allow-base-url",
                                   "http://127.0.0.1:90", path, NULL),
                     2);
    mem_free(output);
    assert_int_equal(stage_command(&stage, &output, "bench", "--source", "r", "--events", "5", "--allow-base-url",
                                   "http://127.0.0.1:9", path, NULL),
                     0);
    assert_non_null(strstr(output, "accepted  5 answered 202"));
    mem_free(output);
    mem_free(path);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_is_accepted_written_and_counted),
        cmocka_unit_test(events_that_end_as_dead_letters_are_no_success),
        cmocka_unit_test(made_up_events_go_to_no_one_but_the_sandbox_unless_allowed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
