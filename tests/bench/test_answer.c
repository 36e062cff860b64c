/*
 * test_answer.c - the answering machine of the measurements: does it read requests whole, and are its figures right?
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "bench/answer_request.h"
#include "bench/answer_stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEAD    "POST /api/v1/comments?x=1 HTTP/1.1\r\nHost: a\r\nx-api-key: quiet\r\nCONTENT-LENGTH: 5\r\n\r\n"
#define MADE_US 1795549413986123

static enum answer_parsed parse(const char *text, struct answer_request *request)
{
    return answer_request_parse(text, strlen(text), request);
}

static void a_request_is_parsed_when_its_last_byte_is_there(void **state)
{
    static const char text[] = HEAD "12345GET";
    size_t size = strlen(HEAD) + 5;
    struct answer_request request;

    (void)state;
    for (size_t part = 0; part < size; part++)
        assert_int_equal(answer_request_parse(text, part, &request), ANSWER_INCOMPLETE);
    assert_int_equal(parse(text, &request), ANSWER_PARSED);
    assert_int_equal(request.size, size);
    assert_true(piece_is(request.method, "POST"));
    assert_true(piece_is(request.path, "/api/v1/comments"));
    assert_true(piece_is(request.body, "12345"));
}

static void what_cannot_be_read_is_malformed(void **state)
{
    static const char *const texts[] = {
        "POST\r\n\r\n",
        "POST /\r\n\r\n",
        "POST x HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nno colon\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5x\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length:\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
    };
    struct answer_request request;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (parse(texts[i], &request) != ANSWER_MALFORMED)
            fail_msg("not malformed: %s", texts[i]);
}

static void a_head_without_end_is_malformed(void **state)
{
    char *text = mem_new(ANSWER_HEAD_MAX);
    struct answer_request request;

    (void)state;
    memset(text, 'x', ANSWER_HEAD_MAX);
    assert_int_equal(answer_request_parse(text, ANSWER_HEAD_MAX - 1, &request), ANSWER_INCOMPLETE);
    assert_int_equal(answer_request_parse(text, ANSWER_HEAD_MAX, &request), ANSWER_MALFORMED);
    mem_free(text);
}

static void the_segment_is_that_of_the_path_or_the_key(void **state)
{
    static const struct {
        const char *text, *segment;
    } rows[] = {
        {HEAD "12345", "quiet"},
        {"POST /flood/api/v1/comments HTTP/1.1\r\nX-API-KEY: quiet\r\n\r\n", "flood"},
        {"POST /api/v1/comments HTTP/1.1\r\n\r\n", "api"},
        {"POST /flood HTTP/1.1\r\n\r\n", "flood"},
        {"POST / HTTP/1.1\r\n\r\n", ""},
    };
    struct answer_request request;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(parse(rows[i].text, &request), ANSWER_PARSED);
        if (!piece_is(answer_request_segment(&request), rows[i].segment))
            fail_msg("not %s: %s", rows[i].segment, rows[i].text);
    }
}

static void the_marker_is_the_first_number_between_signs(void **state)
{
    static const struct {
        const char *body;
        int64_t marker;
    } rows[] = {
        {"{\"text\":\"me@x.example, at @@ 7 @17@ @18@\"}", 17},
        {"@1795549413986123@", MADE_US},
        {"@12", 0},
        {"@1 2@", 0},
        {"@1234567890123456789@", 0},
        {"", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct answer_request request = {.body = {rows[i].body, strlen(rows[i].body)}};
        assert_int_equal(answer_request_marker(&request), rows[i].marker);
    }
}

/* ---- figures ---- */

static void arrive(struct answer_stats *stats, const char *segment, int64_t latency_us, const char *body)
{
    struct answer_arrival arrival = {MADE_US + latency_us, MADE_US, body, strlen(body)};

    answer_stats_arrived(stats, answer_stats_segment(stats, segment, strlen(segment)), &arrival);
}

static void leave(struct answer_stats *stats, const char *segment)
{
    answer_stats_left(answer_stats_segment(stats, segment, strlen(segment)));
}

static void expect_figure(struct answer_stats *stats, const char *segment, const char *name, int64_t figure)
{
    struct buf text;

    buf_init(&text, 64 * 1024);
    answer_stats_render(stats, &text);
    cJSON *document = json_parse(text.data, text.size, &(struct error){0});
    int64_t found = json_get_integer(json_get(document, segment), name, -1);
    if (found != figure)
        fail_msg("%s of %s is %lld, not %lld: %s", name, segment, (long long)found, (long long)figure, text.data);
    cJSON_Delete(document);
    buf_clear(&text);
}

static void percentiles_are_exact_and_each_segment_has_its_own(void **state)
{
    struct answer_stats *stats = answer_stats_new();
    char body[16];

    (void)state;
    for (int i = 200; i >= 1; i--) {
        snprintf(body, sizeof(body), "%d", i);
        arrive(stats, "quiet", i, body);
    }
    arrive(stats, "flood", 5000000000, "late");
    expect_figure(stats, "quiet", "count", 200);
    expect_figure(stats, "quiet", "timed", 200);
    expect_figure(stats, "quiet", "p50_us", 100);
    expect_figure(stats, "quiet", "p99_us", 198);
    expect_figure(stats, "quiet", "max_us", 200);
    expect_figure(stats, "flood", "p50_us", UINT32_MAX);
    expect_figure(stats, "flood", "first_ms", (MADE_US + 5000000000) / 1000);
    answer_stats_free(stats);
}

static void what_is_in_flight_is_counted_and_outlives_a_reset(void **state)
{
    struct answer_stats *stats = answer_stats_new();

    (void)state;
    arrive(stats, "quiet", 1, "a");
    arrive(stats, "quiet", 2, "b");
    arrive(stats, "quiet", 3, "c");
    leave(stats, "quiet");
    leave(stats, "quiet");
    expect_figure(stats, "quiet", "in_flight", 1);
    expect_figure(stats, "quiet", "max_in_flight", 3);
    answer_stats_reset(stats);
    expect_figure(stats, "quiet", "count", 0);
    expect_figure(stats, "quiet", "max_us", 0);
    expect_figure(stats, "quiet", "in_flight", 1);
    expect_figure(stats, "quiet", "max_in_flight", 1);
    answer_stats_free(stats);
}

static void a_body_that_comes_again_is_told(void **state)
{
    struct answer_stats *stats = answer_stats_new();

    (void)state;
    arrive(stats, "quiet", 1000, "a");
    arrive(stats, "quiet", 2000, "b");
    expect_figure(stats, "quiet", "again", 0);
    expect_figure(stats, "quiet", "last_again_ms", 0);
    arrive(stats, "quiet", 7000, "a");
    expect_figure(stats, "quiet", "again", 1);
    expect_figure(stats, "quiet", "last_again_ms", (MADE_US + 7000) / 1000);
    answer_stats_reset(stats);
    arrive(stats, "quiet", 9000, "a");
    expect_figure(stats, "quiet", "again", 0);
    answer_stats_free(stats);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_parsed_when_its_last_byte_is_there),
        cmocka_unit_test(what_cannot_be_read_is_malformed),
        cmocka_unit_test(a_head_without_end_is_malformed),
        cmocka_unit_test(the_segment_is_that_of_the_path_or_the_key),
        cmocka_unit_test(the_marker_is_the_first_number_between_signs),
        cmocka_unit_test(percentiles_are_exact_and_each_segment_has_its_own),
        cmocka_unit_test(what_is_in_flight_is_counted_and_outlives_a_reset),
        cmocka_unit_test(a_body_that_comes_again_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
