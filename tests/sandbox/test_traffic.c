/*
 * test_traffic.c - the token bucket, and what is counted of a client's behaviour.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/traffic.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "tests/sandbox/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define NOON_MS 1700000000000

static int release_clock(void **state)
{
    (void)state;
    clock_release();
    return 0;
}

static void the_bucket_never_lets_more_through_than_rate_and_burst(void **state)
{
    struct traffic traffic = {0};
    size_t through = 0;

    (void)state;
    clock_freeze(NOON_MS);
    traffic_limit(&traffic, 5, 10);
    for (int64_t ms = 0; ms < 20000; ms += 10) {
        int64_t wait_s = 0;

        clock_freeze(NOON_MS + ms);
        if (traffic_take(&traffic, &wait_s))
            through++;
        else
            assert_int_equal(wait_s, 1);
    }
    assert_in_range(through, 10 + 5 * 20 - 1, 10 + 5 * 20);
}

static void without_a_rate_everything_goes_through(void **state)
{
    struct traffic traffic = {0};
    int64_t wait_s = 0;

    (void)state;
    traffic_limit(&traffic, 0, 0);
    for (int i = 0; i < 1000; i++)
        assert_true(traffic_take(&traffic, &wait_s));
}

/* How many of requests, sent that long after a 429 with that Retry-After, count as too early. */
static uint64_t early(const char *retry_after, const int64_t *after_ms, size_t count)
{
    struct traffic traffic = {0};

    clock_freeze(NOON_MS);
    traffic_limit(&traffic, 0, 0);
    traffic_told_to_wait(&traffic, retry_after);
    for (size_t i = 0; i < count; i++) {
        clock_freeze(NOON_MS + after_ms[i]);
        traffic_arrived(&traffic);
        traffic_left(&traffic, 200);
    }
    return traffic.inside_retry_after;
}

static void who_comes_before_retry_after_is_over_is_counted_unless_the_429_was_on_its_way(void **state)
{
    const int64_t within_grace[] = {0, 50, 100}, inside[] = {101, 1000, 1999}, outside[] = {2000, 5000};

    (void)state;
    assert_int_equal(early("2", within_grace, 3), 0);
    assert_int_equal(early("2", inside, 3), 3);
    assert_int_equal(early("2", outside, 2), 0);
    assert_int_equal(early("soon", inside, 3), 0);
    assert_int_equal(early("", inside, 3), 0);
}

static void the_rate_is_that_of_the_last_full_seconds(void **state)
{
    struct traffic traffic = {0};

    (void)state;
    for (int second = 0; second < 8; second++) {
        clock_freeze(NOON_MS + second * 1000);
        for (int i = 0; i < 12; i++)
            traffic_arrived(&traffic);
    }
    assert_int_equal((int)traffic_rate(&traffic), 12);
    clock_freeze(NOON_MS + 60000);
    assert_int_equal((int)traffic_rate(&traffic), 0);
}

static void the_most_in_flight_is_remembered(void **state)
{
    struct traffic traffic = {0};

    (void)state;
    for (int i = 0; i < 5; i++)
        traffic_arrived(&traffic);
    for (int i = 0; i < 4; i++)
        traffic_left(&traffic, 200);
    assert_int_equal(traffic.in_flight, 1);
    assert_int_equal(traffic.in_flight_max, 5);
    traffic_reset(&traffic);
    assert_int_equal(traffic.in_flight, 1);
    assert_int_equal(traffic.in_flight_max, 1);
    assert_int_equal(traffic.requests, 0);
}

static void latency_holds_an_answer_back_after_the_write(void **state)
{
    struct sandbox_options options = {.latency_min_ms = 30, .latency_max_ms = 40};
    char *comment = comment_on("applications", "1", "x");
    struct talk talk;

    (void)state;
    talk_open(&talk, &options);
    int64_t start_ms = clock_monotonic_ms();
    cJSON_Delete(talk_expect(&talk, 201, "POST", "/api/v1/comments", comment));
    assert_true(clock_monotonic_ms() - start_ms >= 30);
    talk_close(&talk);
    mem_free(comment);
}

static void no_answer(void *arg, const struct http_response *response)
{
    (void)arg;
    (void)response;
}

static bool two_are_in_flight(void *arg)
{
    cJSON *stats = talk_expect(arg, 200, "GET", "/sandbox/stats", NULL);
    bool are = json_get_integer(stats, "in_flight", 0) == 2;

    cJSON_Delete(stats);
    return are;
}

static void a_sandbox_closes_with_answers_held_back(void **state)
{
    const char *headers[] = {"X-API-KEY: " SANDBOX_API_KEY, NULL};
    struct sandbox_options options = {.latency_min_ms = 60000, .latency_max_ms = 60000};
    char url[100];
    struct talk talk;

    (void)state;
    talk_open(&talk, &options);
    snprintf(url, sizeof(url), "%s/api/v1/users", sandbox_address(talk.sandbox));
    for (int i = 0; i < 2; i++)
        http_client_send(talk.client, &(struct http_request){.method = "GET", .url = url, .headers = headers},
                         no_answer, NULL);
    for (int tries = 0; !two_are_in_flight(&talk); tries++)
        assert_in_range(tries, 0, 100);
    cJSON_Delete(talk_expect(&talk, 200, "POST", "/sandbox/reset", NULL));
    talk_close(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_bucket_never_lets_more_through_than_rate_and_burst, release_clock),
        cmocka_unit_test(without_a_rate_everything_goes_through),
        cmocka_unit_test_teardown(who_comes_before_retry_after_is_over_is_counted_unless_the_429_was_on_its_way,
                                  release_clock),
        cmocka_unit_test_teardown(the_rate_is_that_of_the_last_full_seconds, release_clock),
        cmocka_unit_test(the_most_in_flight_is_remembered),
        cmocka_unit_test(latency_holds_an_answer_back_after_the_write),
        cmocka_unit_test(a_sandbox_closes_with_answers_held_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
