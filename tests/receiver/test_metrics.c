/*
 * test_metrics.c - what is counted, for whom, and over a change of configuration.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "receiver/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct source one_and_two[] = {{.name = (char[]){"one"}}, {.name = (char[]){"two"}}};
static struct source three_and_one[] = {{.name = (char[]){"three"}}, {.name = (char[]){"one"}}};

static struct metrics *metrics_with(struct source *sources, size_t count)
{
    struct metrics *metrics = metrics_new();

    metrics_set_sources(metrics, &(struct config){.sources = sources, .source_count = count});
    return metrics;
}

static void assert_printed(const struct metrics *metrics, const char *line, bool expected)
{
    struct buf out;

    buf_init(&out, 100000);
    metrics_print(metrics, &out);
    if ((strstr(out.data, line) != NULL) != expected)
        fail_msg("%s: %s", expected ? "not printed" : "printed", line);
    buf_clear(&out);
}

static void a_delivery_counts_for_its_source_and_result(void **state)
{
    struct metrics *metrics = metrics_with(one_and_two, 2);

    (void)state;
    metrics_count(metrics, metrics_of(metrics, 1), VERDICT_ACCEPTED, 0);
    metrics_count(metrics, metrics_of(metrics, 1), VERDICT_ACCEPTED, 0);
    metrics_count(metrics, metrics_of(metrics, 0), VERDICT_REFUSED, 0);
    metrics_count(metrics, metrics_of_unknown(metrics), VERDICT_UNKNOWN_SOURCE, 0);
    assert_printed(metrics, "hookline_received_total{source=\"two\",result=\"accepted\"} 2\n", true);
    assert_printed(metrics, "hookline_received_total{source=\"one\",result=\"accepted\"} 0\n", true);
    assert_printed(metrics, "hookline_received_total{source=\"one\",result=\"refused\"} 1\n", true);
    assert_printed(metrics, "hookline_received_total{source=\"\",result=\"unknown_source\"} 1\n", true);
    metrics_free(metrics);
}

static void durations_fall_into_cumulative_buckets(void **state)
{
    static const int64_t durations_ms[] = {0, 1, 2, 3, 100, 101, 6000};
    static const char *const lines[] = {
        "hookline_receive_seconds_bucket{le=\"0.001\"} 2\n",
        "hookline_receive_seconds_bucket{le=\"0.002\"} 3\n",
        "hookline_receive_seconds_bucket{le=\"0.005\"} 4\n",
        "hookline_receive_seconds_bucket{le=\"0.1\"} 5\n",
        "hookline_receive_seconds_bucket{le=\"0.25\"} 6\n",
        "hookline_receive_seconds_bucket{le=\"5\"} 6\n",
        "hookline_receive_seconds_bucket{le=\"+Inf\"} 7\n",
        "hookline_receive_seconds_sum 6.207\n",
        "hookline_receive_seconds_count 7\n",
    };
    struct metrics *metrics = metrics_with(one_and_two, 2);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(durations_ms); i++)
        metrics_count(metrics, metrics_of(metrics, 0), VERDICT_ACCEPTED, durations_ms[i]);
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        assert_printed(metrics, lines[i], true);
    metrics_free(metrics);
}

static void a_source_that_stays_goes_on_counting(void **state)
{
    struct metrics *metrics = metrics_with(one_and_two, 2);
    struct counts *under_way = metrics_of(metrics, 1); /* of "two", held by an answer still to come */

    (void)state;
    metrics_count(metrics, metrics_of(metrics, 0), VERDICT_ACCEPTED, 0);
    metrics_set_sources(metrics, &(struct config){.sources = three_and_one, .source_count = 2});
    metrics_count(metrics, metrics_of(metrics, 1), VERDICT_ACCEPTED, 0);
    metrics_count(metrics, under_way, VERDICT_ACCEPTED, 0);
    assert_printed(metrics, "source=\"one\",result=\"accepted\"} 2\n", true);
    assert_printed(metrics, "source=\"three\",result=\"accepted\"} 0\n", true);
    assert_printed(metrics, "source=\"two\"", false);
    assert_string_equal(counts_source(under_way), "two");
    metrics_free(metrics);
}

static void memory_and_version_are_told(void **state)
{
    struct metrics *metrics = metrics_with(one_and_two, 2);

    (void)state;
    assert_printed(metrics, "hookline_build_info{version=\"" HOOKLINE_VERSION "\"} 1\n", true);
    assert_printed(metrics, "\nprocess_resident_memory_bytes ", true);
    assert_printed(metrics, "\nprocess_resident_memory_bytes 0\n", false);
    metrics_free(metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_delivery_counts_for_its_source_and_result),
        cmocka_unit_test(durations_fall_into_cumulative_buckets),
        cmocka_unit_test(a_source_that_stays_goes_on_counting),
        cmocka_unit_test(memory_and_version_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
