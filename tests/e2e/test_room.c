/*
 * test_room.c - room in the workers: what one account's slow Pinpoint takes of it, and what it leaves to others.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "tests/e2e/stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* Two workers of 64 slots: an eighth of them is not for acme, whose every answer takes longer than the test. */
enum { EVENTS = 150, LEAST_FREE = 16, MOST = 128 - LEAST_FREE };

static const char sources[] =
    "\"s\": {\"verify\": {\"scheme\": \"standard-webhooks\", \"secrets\": [\"" STAGE_SECRET
    "\"]}, \"event\": {\"type\": \".type\", \"order_by\": \".data.application_id\"},"
    " \"rules\": [{\"on\": \"note\", \"do\": [{\"post_comment\": {\"application\": \"{{.data.application_id}}\","
    " \"text\": \"a note\"}}]}]}";

/* Nobody listens there: its events are tried, and wait to be tried again. */
static const char other_account[] = "\"globex\": {\"base_url\": \"http://127.0.0.1:1\", \"api_key\": \"key\"},";

static void post(struct stage *stage, const char *path, unsigned n, char id[27])
{
    char body[100], delivery_id[20];

    snprintf(body, sizeof(body), "{\"type\":\"note\",\"data\":{\"application_id\":%u}}", n);
    snprintf(delivery_id, sizeof(delivery_id), "msg_%u", n);
    assert_int_equal(stage_post(stage, path, delivery_id, body, id), 202);
}

static int64_t in_flight(struct stage *stage)
{
    cJSON *status = stage_command_json(stage, "status", NULL);
    int64_t count = json_get_integer(status, "in_flight", -1);

    cJSON_Delete(status);
    return count;
}

static bool is_crowded(struct stage *stage, void *arg)
{
    (void)arg;
    return in_flight(stage) >= MOST;
}

static void a_slow_account_leaves_room_for_others_in_the_workers(void **state)
{
    const struct stage_options options = {.sandbox_args = {"--latency", "10000", "--applications", "200"},
                                          .sources = sources,
                                          .more_accounts = other_account};
    struct stage stage;
    char id[27];

    (void)state;
    stage_open(&stage, &options);
    for (unsigned n = 1; n <= EVENTS; n++)
        post(&stage, "s/acme", n, id);
    stage_wait(&stage, "the workers to be full", is_crowded, NULL);
    post(&stage, "s/globex", 1, id);
    stage_wait_state(&stage, id, "retrying");
    assert_int_equal(in_flight(&stage), MOST);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_account_leaves_room_for_others_in_the_workers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
