/*
 * test_memory.c - what each process of a serve takes: little when it has nothing to do, and after many events no more
 * than after the first of them. tests/chaos/test_soak.c asks the same of hours and of faults.
 *
 * EVENTS in the environment says how many events each time (4,000 when it is not there).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "tests/e2e/figures.h"
#include "tests/e2e/ledger.h"
#include "tests/fakes/sanitized.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IDLE_MAX_MB   11.0 /* most of it is what loading the libraries takes, whose size is the distribution's */
#define GROWTH_MAX_MB 1.0  /* buffers of one burst are a little larger than those of another */
#define AT_ONCE       4000 /* what is posted before its writes are waited for */
#define CONNECTIONS   64

static size_t events(void)
{
    const char *text = getenv("EVENTS");

    return text ? (size_t)strtoul(text, NULL, 10) : 4000;
}

static size_t take(struct stage *stage, const char *when, struct figure figures[FIGURES_MAX])
{
    size_t count = figures_take(stage, figures);

    printf("%-18s", when);
    for (size_t i = 0; i < count; i++)
        printf(" %s %.2f", figures[i].name, figures[i].resident_mb);
    printf(" MiB\n");
    return count;
}

static bool is_ours(const struct figure *figure)
{
    return strcmp(figure->name, "redis") != 0;
}

static void an_idle_process_takes_less_than_11_mib(void **state)
{
    struct stage stage;
    struct figure figures[FIGURES_MAX];

    (void)state;
    if (IS_SANITIZED)
        skip();
    stage_open(&stage, &(struct stage_options){0});
    size_t count = take(&stage, "idle", figures);
    for (size_t i = 0; i < count; i++) {
        if (is_ours(&figures[i]) && figures[i].resident_mb >= IDLE_MAX_MB)
            fail_msg("an idle %s takes %.2f MiB", figures[i].name, figures[i].resident_mb);
    }
    stage_close(&stage);
}

static void post(struct stage *stage, struct load *load, size_t first, size_t end)
{
    for (size_t part; first < end; first += part) {
        part = end - first < AT_ONCE ? end - first : AT_ONCE;
        assert_int_equal(stage_post_range(stage, first, part, CONNECTIONS, load_body, load), part);
        stage_wait_writes(stage, first + part);
    }
}

static void as_many_events_again_make_no_process_larger(void **state)
{
    const struct stage_options options = {.sandbox_args = {"--applications", "500"}};
    struct load load = {.applications = 500};
    struct stage stage;
    struct figure before[FIGURES_MAX], after[FIGURES_MAX];

    (void)state;
    if (IS_SANITIZED)
        skip();
    stage_open(&stage, &options);
    post(&stage, &load, 0, events());
    size_t count = take(&stage, "after events", before);
    post(&stage, &load, events(), 2 * events());
    assert_int_equal(take(&stage, "after as many again", after), count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(after[i].pid, before[i].pid);
        if (is_ours(&after[i]) && after[i].resident_mb > before[i].resident_mb + GROWTH_MAX_MB)
            fail_msg("%s grew from %.2f to %.2f MiB", after[i].name, before[i].resident_mb, after[i].resident_mb);
    }
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_process_takes_less_than_11_mib),
        cmocka_unit_test(as_many_events_again_make_no_process_larger),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
