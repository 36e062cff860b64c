/*
 * test_audit.c - each invariant is broken by hand, and the audit finds it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "tests/queue/breakage.h"

#include <string.h>

static void each_broken_invariant_is_found(void **state)
{
    struct bench *bench = *state;

    for (size_t i = 0; i < breakage_count; i++) {
        struct cast cast = breakage_scene(bench);
        cJSON *report;
        char *text;

        breakage_run(bench, &breakages[i], &cast);
        report = bench_audit(bench);
        text = json_print(json_get(report, "problems"));
        if (!strstr(text, breakages[i].problem))
            fail_msg("%s: the audit must say \"%s\", and said %s", breakages[i].name, breakages[i].problem, text);
        mem_free(text);
        cJSON_Delete(report);
    }
    redis_fixture_flush(bench->redis);
}

static void a_healthy_queue_has_no_problem_and_is_counted(void **state)
{
    struct bench *bench = *state;
    cJSON *report;

    breakage_scene(bench);
    report = bench_audit(bench);
    assert_int_equal(cJSON_GetArraySize(json_get(report, "problems")), 0);
    assert_int_equal(json_get_integer(report, "events", -1), 5);
    assert_int_equal(json_get_integer(report, "lanes", -1), 3);
    assert_true(json_get_integer(report, "keys", -1) > 15);
    cJSON_Delete(report);
}

static void keys_of_others_are_none_of_our_business(void **state)
{
    struct bench *bench = *state;

    redis_fixture_do(bench->redis, "SET somebody:else 1");
    bench_expect_order(bench);
}

int main(void)
{
#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(each_broken_invariant_is_found),
        QUEUE_TEST(a_healthy_queue_has_no_problem_and_is_counted),
        QUEUE_TEST(keys_of_others_are_none_of_our_business),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
