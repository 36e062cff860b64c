/*
 * test_faults.c - how the sandbox is told to misbehave, and that it does.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/faults.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "http/retry_after.h"
#include "tests/sandbox/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void faults_are_printed_as_they_are_read(void **state)
{
    static const char *const rows[] = {
        "",
        "500=0.05",
        "401=0.1,403=0.1,429=0.1,500=0.1,502=0.1,503=0.1,504=0.1",
        "reset=0.1,lost=0.05,late500=0.05,broken=0.05,slow=0.05",
        "429=1,retry_after=30",
        "429=1,retry_after=date:-60",
        "429=1,retry_after=none",
        "429=1,retry_after=nonsense",
        "slow=0.5,slow_ms=200,only=writes,times=3",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sandbox_faults faults;
        struct error err = {0};
        struct buf text;

        if (!sandbox_faults_parse(rows[i], &faults, &err))
            fail_msg("%s: %s", rows[i], err.text);
        buf_init(&text, 1000);
        faults_print(&faults, &text);
        assert_string_equal(text.data, rows[i]);
        buf_clear(&text);
    }
}

static void a_mistake_in_faults_is_named(void **state)
{
    static const struct {
        const char *text;
        const char *problem;
    } rows[] = {
        {"nonsense", "\"nonsense\": expected name=value"},
        {"500=0.1,", "\"\": expected name=value"},
        {"500=often", "500=often: expected a share between 0 and 1"},
        {"500=1.5", "500=1.5: expected a share between 0 and 1"},
        {"500=-1", "500=-1: expected a share between 0 and 1"},
        {"500=nan", "500=nan: expected a share between 0 and 1"},
        {"500=", "500=: expected a share between 0 and 1"},
        {"418=0.1", "unknown fault \"418\": expected 401, 403, 429"},
        {"500=0.6,lost=0.6", "the shares add up to 1.2: expected at most 1"},
        {"retry_after=later", "retry_after=later: expected seconds, date:SECONDS, none or nonsense"},
        {"slow_ms=0", "slow_ms=0: expected milliseconds"},
        {"only=HEAD", "only=HEAD: expected GET, POST, PUT or writes"},
        {"times=0", "times=0: expected a number from 1 on"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sandbox_faults faults = {.times = 77};
        struct error err = {0};

        assert_false(sandbox_faults_parse(rows[i].text, &faults, &err));
        if (strncmp(err.text, rows[i].problem, strlen(rows[i].problem)) != 0)
            fail_msg("%s: expected '%s', got '%s'", rows[i].text, rows[i].problem, err.text);
        assert_int_equal(err.kind, ERROR_INVALID);
        assert_int_equal(faults.times, 77);
    }
}

static void latencies_are_read_as_a_number_or_a_range(void **state)
{
    static const struct {
        const char *text;
        int64_t min, max; /* -1: refused */
    } rows[] = {
        {"0", 0, 0},  {"40", 40, 40}, {"20-80", 20, 80}, {"60000", 60000, 60000}, {"60001", -1, -1}, {"80-20", -1, -1},
        {"", -1, -1}, {"-5", -1, -1}, {"5-", -1, -1},    {"5ms", -1, -1},         {"5-6-7", -1, -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t min = -1, max = -1;
        struct error err = {0};

        if (sandbox_latency_parse(rows[i].text, &min, &max, &err) != (rows[i].min >= 0))
            fail_msg("%s: %s", rows[i].text, err.text);
        assert_int_equal(min, rows[i].min);
        assert_int_equal(max, rows[i].max);
    }
}

static void the_same_seed_draws_the_same_faults_in_their_shares(void **state)
{
    struct sandbox_faults faults;
    struct dice a = {42}, b = {42};
    size_t drawn[FAULT_NONE + 1] = {0};
    struct error err = {0};

    (void)state;
    assert_true(sandbox_faults_parse("500=0.25,lost=0.25", &faults, &err));
    for (int i = 0; i < 10000; i++) {
        enum fault fault = faults_draw(&faults, &a, "POST");

        assert_int_equal(fault, faults_draw(&faults, &b, "POST"));
        drawn[fault]++;
    }
    assert_in_range(drawn[FAULT_500], 2300, 2700);
    assert_in_range(drawn[FAULT_LOST], 2300, 2700);
    assert_int_equal(drawn[FAULT_500] + drawn[FAULT_LOST] + drawn[FAULT_NONE], 10000);
}

static void faults_hit_only_whom_they_are_meant_for_and_as_often_as_told(void **state)
{
    struct sandbox_faults faults;
    struct dice dice = {1};
    struct error err = {0};

    (void)state;
    assert_true(sandbox_faults_parse("lost=1,only=writes,times=2", &faults, &err));
    assert_int_equal(faults_draw(&faults, &dice, "GET"), FAULT_NONE);
    assert_int_equal(faults_draw(&faults, &dice, "POST"), FAULT_LOST);
    assert_int_equal(faults_draw(&faults, &dice, "PUT"), FAULT_LOST);
    assert_int_equal(faults_draw(&faults, &dice, "POST"), FAULT_NONE);
}

static void retry_after_is_told_in_the_form_asked_for(void **state)
{
    static const struct {
        const char *text;
        int64_t wait_ms;
    } rows[] = {
        {"429=1", 7000},
        {"429=1,retry_after=30", 30000},
        {"429=1,retry_after=date:30", 30000},
        {"429=1,retry_after=date:-60", 0},
        {"429=1,retry_after=1000000000", RETRY_AFTER_MAX_MS},
        {"429=1,retry_after=nonsense", RETRY_AFTER_NONE},
        {"429=1,retry_after=none", RETRY_AFTER_NONE},
    };
    const int64_t now_ms = 1700000000000;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sandbox_faults faults;
        struct error err = {0};

        assert_true(sandbox_faults_parse(rows[i].text, &faults, &err));
        char *value = faults_retry_after(&faults, 7, now_ms);

        assert_int_equal(retry_after_parse(value ? value : "", now_ms), rows[i].wait_ms);
        mem_free(value);
    }
}

/* What a client sees of a comment that meets a fault, and whether it was written. */
static const struct meeting {
    const char *faults;
    enum http_outcome outcome;
    int status;
    bool is_written;
    bool is_answered;
    const char *in_body;
} meetings[] = {
    {"401=1", HTTP_ANSWERED, 401, false, false, "Invalid API key"},
    {"403=1", HTTP_ANSWERED, 403, false, false, "Integration not enabled"},
    {"429=1", HTTP_ANSWERED, 429, false, false, "Rate limit exceeded"},
    {"500=1", HTTP_ANSWERED, 500, false, false, "We've notified our engineers"},
    {"502=1", HTTP_ANSWERED, 502, false, false, "<h1>502 Bad Gateway</h1>"},
    {"503=1", HTTP_ANSWERED, 503, false, false, "<h1>503 Service Unavailable</h1>"},
    {"504=1", HTTP_ANSWERED, 504, false, false, "<h1>504 Gateway Time-out</h1>"},
    {"reset=1", HTTP_UNKNOWN, 0, false, false, ""},
    {"lost=1", HTTP_UNKNOWN, 0, true, false, ""},
    {"late500=1", HTTP_ANSWERED, 500, true, false, "We've notified our engineers"},
    {"broken=1", HTTP_ANSWERED, 201, true, false, "{\"data\":{"},
    {"slow=1,slow_ms=20", HTTP_ANSWERED, 201, true, true, "{\"data\":{"},
};

static void check_meeting(struct talk *talk, const struct meeting *meeting)
{
    char *faults = mem_printf("{\"fault\":\"%s,only=POST\"}", meeting->faults);
    char *comment = comment_on("applications", "1", "Score 87");

    cJSON_Delete(talk_expect(talk, 200, "POST", "/sandbox/reset", NULL));
    cJSON_Delete(talk_expect(talk, 200, "POST", "/sandbox/faults", faults));
    struct heard heard = talk_send(talk, "POST", "/api/v1/comments", comment);
    cJSON *ledger = talk_expect(talk, 200, "GET", "/sandbox/writes", NULL);

    if (heard.outcome != meeting->outcome || heard.status != meeting->status || !strstr(heard.body, meeting->in_body))
        fail_msg("%s: got outcome %d, status %d, %s", meeting->faults, heard.outcome, heard.status, heard.body);
    assert_int_equal(count_at(ledger, "writes"), meeting->is_written);
    if (meeting->is_written)
        assert_int_equal(cJSON_IsTrue(json_get(cJSON_GetArrayItem(json_get(ledger, "writes"), 0), "answered")),
                         meeting->is_answered);
    cJSON_Delete(ledger);
    heard_clear(&heard);
    mem_free(faults);
    mem_free(comment);
}

static void each_fault_does_what_its_name_says(void **state)
{
    struct talk talk;

    (void)state;
    talk_open(&talk, NULL);
    for (size_t i = 0; i < COUNT_OF(meetings); i++)
        check_meeting(&talk, &meetings[i]);
    talk_close(&talk);
}

static void a_body_that_stops_half_way_is_no_json(void **state)
{
    struct sandbox_options options = {.faults = {.share[FAULT_BROKEN] = 1}};
    struct talk talk;

    (void)state;
    talk_open(&talk, &options);
    struct heard heard = talk_send(&talk, "GET", "/api/v1/users", NULL);
    assert_int_equal(heard.status, 200);
    assert_null(heard.document);
    heard_clear(&heard);
    talk_close(&talk);
}

static void beyond_the_rate_comes_a_429_that_says_when_to_come_again(void **state)
{
    struct sandbox_options options = {.rate = 0.5, .burst = 2};
    struct talk talk;

    (void)state;
    clock_freeze(1700000000000);
    talk_open(&talk, &options);
    for (int i = 0; i < 2; i++)
        cJSON_Delete(talk_expect(&talk, 200, "GET", "/api/v1/users", NULL));
    struct heard heard = talk_send(&talk, "GET", "/api/v1/users", NULL);
    assert_int_equal(heard.status, 429);
    assert_string_equal(heard.retry_after, "2");
    heard_clear(&heard);
    clock_freeze(1700000001000);
    cJSON_Delete(talk_expect(&talk, 429, "GET", "/api/v1/users", NULL));
    clock_freeze(1700000002000);
    cJSON_Delete(talk_expect(&talk, 200, "GET", "/api/v1/users", NULL));

    cJSON *stats = talk_expect(&talk, 200, "GET", "/sandbox/stats", NULL);
    assert_int_equal(json_get_integer(stats, "requests", 0), 5);
    assert_int_equal(json_get_integer(stats, "inside_retry_after", 0), 1);
    assert_int_equal(json_get_integer(json_get(stats, "answers"), "429", 0), 2);
    assert_int_equal(json_get_integer(json_get(stats, "answers"), "200", 0), 3);
    cJSON_Delete(stats);
    talk_close(&talk);
    clock_release();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_printed_as_they_are_read),
        cmocka_unit_test(a_mistake_in_faults_is_named),
        cmocka_unit_test(latencies_are_read_as_a_number_or_a_range),
        cmocka_unit_test(the_same_seed_draws_the_same_faults_in_their_shares),
        cmocka_unit_test(faults_hit_only_whom_they_are_meant_for_and_as_often_as_told),
        cmocka_unit_test(retry_after_is_told_in_the_form_asked_for),
        cmocka_unit_test(each_fault_does_what_its_name_says),
        cmocka_unit_test(a_body_that_stops_half_way_is_no_json),
        cmocka_unit_test(beyond_the_rate_comes_a_429_that_says_when_to_come_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
