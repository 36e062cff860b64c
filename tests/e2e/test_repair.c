/*
 * test_repair.c - hookline audit --repair on a running system, as an operator sees it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "tests/e2e/stage.h"

#include <hiredis/hiredis.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* One command of three words at most, ended by NULL, to the stage's private Redis. */
static void redis_do(const struct stage *stage, const char *const *words)
{
    char *path = mem_printf("%s/.hookline/redis.sock", stage->directory);
    redisContext *client = redisConnectUnix(path);
    redisReply *reply;
    int count = 0;

    while (words[count])
        count++;
    assert_non_null(client);
    assert_int_equal(client->err, 0);
    reply = redisCommandArgv(client, count, (const char **)words, NULL);
    assert_non_null(reply);
    assert_int_not_equal(reply->type, REDIS_REPLY_ERROR);
    freeReplyObject(reply);
    redisFree(client);
    mem_free(path);
}

/* Runs audit, with --repair or without; its exit status, and that what it printed has words. */
static void expect_audit(struct stage *stage, const char *option, int code, const char *words)
{
    char *output = NULL;

    assert_int_equal(stage_command(stage, &output, "audit", option, NULL), code);
    if (!strstr(output, words))
        fail_msg("audit must print \"%s\", and printed: %s", words, output);
    mem_free(output);
}

static void what_is_out_of_order_is_mended_and_what_is_not_ours_is_left(void **state)
{
    struct stage stage;

    (void)state;
    stage_open(&stage, &(struct stage_options){0});
    expect_audit(&stage, "--repair", 0, "");
    redis_do(&stage, (const char *const[]){"SADD", "{q0}:accounts", "nobody", NULL});
    expect_audit(&stage, NULL, 1, "account is not known");
    expect_audit(&stage, "--repair", 0, "mended: account nobody no longer listed");
    expect_audit(&stage, NULL, 0, "");
    redis_do(&stage, (const char *const[]){"SET", "{q0}:strange", "1", NULL});
    expect_audit(&stage, "--repair", 1, "left: it is none of the queue");
    redis_do(&stage, (const char *const[]){"DEL", "{q0}:strange", NULL});
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_out_of_order_is_mended_and_what_is_not_ours_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
