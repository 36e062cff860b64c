/*
 * test_faults.c - a Pinpoint that fails, loses answers, refuses and limits; and processes that are killed. Whatever
 * happens, every accepted event is written exactly once.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "tests/e2e/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>

/* more is as in struct stage_options. */
static void expect_once(const char *fault, const char *more, size_t count)
{
    struct load load = {.applications = 6};
    const struct stage_options options = {.sandbox_args = {"--fault", fault, "--seed", "7"}, .more = more};
    struct stage stage;

    stage_open(&stage, &options);
    assert_int_equal(stage_post_many(&stage, count, 16, load_body, &load), count);
    stage_wait_writes(&stage, count);
    ledger_check(&stage, &load, count, false);
    stage_close(&stage);
}

static void lost_answers_double_no_comment(void **state)
{
    (void)state;
    expect_once("lost=0.2", NULL, 60);
}

/* One account is in one of them; the others are waited for and cared for all the same. */
static void a_queue_of_four_shards_writes_everything_once(void **state)
{
    (void)state;
    expect_once("lost=0.1,503=0.1", "\"queue\": {\"shards\": 4}, \"redis\": {\"durability\": \"fsync\"},", 60);
}

static void server_errors_are_retried(void **state)
{
    (void)state;
    expect_once("500=0.1,503=0.1", NULL, 60);
}

static void a_429_makes_the_account_rest_and_burns_no_attempt(void **state)
{
    static const char body[] = "{\"type\":\"note\",\"data\":{\"application_id\":1,\"text\":\"note <0>\"}}";
    const struct stage_options options = {.sandbox_args = {"--rate", "1", "--burst", "1"}};
    struct stage stage;
    char first[27], second[27];

    (void)state;
    stage_open(&stage, &options);
    assert_int_equal(stage_post(&stage, "s", "msg_1", body, first), 202);
    assert_int_equal(stage_post(&stage, "s", "msg_2", body, second), 202);
    stage_wait_state(&stage, second, "done");
    cJSON *event = stage_command_json(&stage, "show", second);
    assert_int_equal(json_get_integer(event, "attempts", -1), 1);
    cJSON_Delete(event);
    assert_int_equal(stage_writes(&stage), 2);
    stage_close(&stage);
}

static bool account_has_state(struct stage *stage, void *arg)
{
    cJSON *status = stage_command_json(stage, "status", NULL);
    const cJSON *account = cJSON_GetArrayItem(json_get(status, "accounts"), 0);
    bool result = strcmp(json_get_string(account, "state", ""), arg) == 0;

    cJSON_Delete(status);
    return result;
}

static void a_refused_key_suspends_the_account_and_resume_goes_on(void **state)
{
    static const char body[] = "{\"type\":\"note\",\"data\":{\"application_id\":1,\"text\":\"note <0>\"}}";
    const struct stage_options options = {.sandbox_args = {"--fault", "401=1"}};
    char suspended[] = "suspended";
    struct stage stage;
    char id[27];
    char *output;

    (void)state;
    stage_open(&stage, &options);
    assert_int_equal(stage_post(&stage, "s", "msg_1", body, id), 202);
    stage_wait(&stage, "the account to be suspended", account_has_state, suspended);

    char *url = mem_printf("http://127.0.0.1:%u/sandbox/faults", stage.sandbox_port);
    struct stage_reply reply = stage_request(&stage, "POST", url, NULL, "{\"fault\":\"\"}");
    assert_int_equal(reply.status, 200);
    mem_free(reply.body);
    mem_free(url);
    assert_int_equal(stage_command(&stage, &output, "resume", "acme", NULL), 0);
    mem_free(output);
    stage_wait_state(&stage, id, "done");
    assert_int_equal(stage_writes(&stage), 1);
    stage_close(&stage);
}

/* ---- kills ---- */

static void kill_one(struct stage *stage, const char *which)
{
    pid_t pids[4];

    if (stage_pids(stage, which, pids, 4) == 0)
        fail_msg("no process to kill: %s", which);
    assert_int_equal(kill(pids[0], SIGKILL), 0);
}

static bool has_process(struct stage *stage, void *which)
{
    pid_t pids[4];

    return stage_pids(stage, which, pids, 4) > 0;
}

static void expect_survival(const char *which)
{
    struct load load = {.applications = 6};
    const struct stage_options options = {.sandbox_args = {"--latency", "5"}};
    struct stage stage;

    stage_open(&stage, &options);
    kill_one(&stage, which);
    assert_int_equal(stage_post_many(&stage, 300, 16, load_body, &load), 300);
    stage_wait(&stage, "the killed process to be there again", has_process, (void *)which);
    kill_one(&stage, which);
    stage_wait_writes(&stage, 300);
    ledger_check(&stage, &load, 300, false);
    stage_close(&stage);
}

static void a_killed_worker_loses_and_doubles_nothing(void **state)
{
    (void)state;
    expect_survival(" worker ");
}

static void a_killed_receiver_loses_and_doubles_nothing(void **state)
{
    (void)state;
    expect_survival(" receiver ");
}

static void a_killed_redis_loses_and_doubles_nothing(void **state)
{
    (void)state;
    expect_survival("redis-server");
}

static void a_killed_janitor_is_started_again(void **state)
{
    (void)state;
    expect_survival(" janitor ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lost_answers_double_no_comment),
        cmocka_unit_test(a_queue_of_four_shards_writes_everything_once),
        cmocka_unit_test(server_errors_are_retried),
        cmocka_unit_test(a_429_makes_the_account_rest_and_burns_no_attempt),
        cmocka_unit_test(a_refused_key_suspends_the_account_and_resume_goes_on),
        cmocka_unit_test(a_killed_worker_loses_and_doubles_nothing),
        cmocka_unit_test(a_killed_receiver_loses_and_doubles_nothing),
        cmocka_unit_test(a_killed_redis_loses_and_doubles_nothing),
        cmocka_unit_test(a_killed_janitor_is_started_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
