/*
 * test_load.c - many events at once: all accepted, all written once, in order, whatever the number of connections.
 *
 * EVENTS in the environment says how many for the largest (10,000 when it is not there).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "tests/e2e/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static size_t events(void)
{
    const char *text = getenv("EVENTS");

    return text ? (size_t)strtoul(text, NULL, 10) : 10000;
}

static void flood(size_t count, size_t connections)
{
    struct load load = {.applications = 500};
    const struct stage_options options = {.sandbox_args = {"--applications", "500"}};
    struct stage stage;

    stage_open(&stage, &options);
    int64_t start_ms = clock_monotonic_ms();
    assert_int_equal(stage_post_many(&stage, count, connections, load_body, &load), count);
    int64_t posted_ms = clock_monotonic_ms();
    stage_wait_writes(&stage, count);
    printf("%zu events from %zu connections: accepted in %lld ms, written after %lld ms\n", count, connections,
           (long long)(posted_ms - start_ms), (long long)(clock_monotonic_ms() - start_ms));
    /* 500 events lie between two of one application, and fewer are under way: so their order is the order of numbers */
    ledger_check(&stage, &load, count, true);
    stage_close(&stage);
}

static void events_from_64_connections_are_all_written_once_and_in_order(void **state)
{
    (void)state;
    flood(events(), 64);
}

static void with_128_connections_nothing_stalls(void **state)
{
    (void)state;
    flood(events() / 4, 128);
}

static void with_256_connections_nothing_stalls(void **state)
{
    (void)state;
    flood(events() / 4, 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_from_64_connections_are_all_written_once_and_in_order),
        cmocka_unit_test(with_128_connections_nothing_stalls),
        cmocka_unit_test(with_256_connections_nothing_stalls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
