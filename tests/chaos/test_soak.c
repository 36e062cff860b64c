/*
 * test_soak.c - a steady load for long, against a Pinpoint that fails now and then: afterwards memory, descriptors and
 * Redis are where they were before.
 *
 * MINUTES in the environment says how long (10). "Before" is after a first short load, so that what is taken once (the
 * pools, the catalogue, the scripts) is no growth; each time, what is kept for a minute has to end first.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/mem.h"
#include "tests/chaos/keys.h"
#include "tests/chaos/vendor.h"
#include "tests/e2e/figures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ACCOUNTS     4
#define LANES        1000 /* so many that no list of comments grows long, and with it what a worker once needed */
#define A_SECOND     60
#define WARM_S       30
#define SAMPLE_S     10
#define SWEEP_MS     180000 /* a minute that done events and delivery ids are kept, and idle connections */
#define GROWTH_SHARE 0.10   /* of resident memory, */
#define GROWTH_MB    4.0    /* and beside it: the 64 spare calls of http/client keep up to 64 KiB each */
#define POOL_MAX     64     /* connections that a worker keeps at most: workers.in_flight */
#define REDIS_SHARE  0.02   /* of Redis's used_memory, */
#define REDIS_BYTES  262144 /* and beside it: clients' buffers come and go */

struct sample {
    struct figure figures[FIGURES_MAX];
    size_t count;
    struct keys keys;
};

struct soak {
    struct stage stage;
    struct vendor *vendor;
    struct sample base, now;
    int64_t start_ms;
};

static unsigned minutes(void)
{
    const char *text = getenv("MINUTES");

    return text && *text ? (unsigned)strtoul(text, NULL, 10) : 10;
}

/* ---- the table ---- */

static void take(struct soak *soak, struct sample *sample)
{
    char *socket_path = mem_printf("%s/.hookline/redis.sock", soak->stage.directory);

    sample->count = figures_take(&soak->stage, sample->figures);
    assert_true(keys_count(socket_path, &sample->keys));
    mem_free(socket_path);
}

static void print_head(const struct sample *sample)
{
    print_message("MB resident / descriptors + connections closed by the peer, of each process; Redis's used memory, "
                  "keys by kind\n%7s",
                  "s");
    for (size_t i = 0; i < sample->count; i++)
        print_message("%13s", sample->figures[i].name);
    print_message("%9s", "used MB");
    for (int kind = 0; kind < KEYS_KINDS; kind++)
        print_message("%11s", keys_name((enum keys_kind)kind));
    print_message("%7s\n", "notes");
}

static void print_row(const struct soak *soak, const struct sample *sample, const char *what)
{
    print_message("%7.0f", (double)(clock_monotonic_ms() - soak->start_ms) / 1000);
    for (size_t i = 0; i < sample->count; i++)
        print_message("%7.1f/%zu+%-2zu", sample->figures[i].resident_mb, sample->figures[i].descriptors,
                      sample->figures[i].closed);
    print_message("%10.2f", (double)sample->keys.used_memory / (1 << 20));
    for (int kind = 0; kind < KEYS_KINDS; kind++)
        print_message("%11zu", sample->keys.count[kind]);
    print_message("%7zu %s\n", vendor_acknowledged(soak->vendor), what);
}

/* ---- load, and rest ---- */

static void load_for(struct soak *soak, unsigned seconds)
{
    vendor_begin(soak->vendor);
    for (unsigned at = 0; at < seconds; at += SAMPLE_S) {
        stage_pass(&soak->stage, SAMPLE_S * 1000LL);
        take(soak, &soak->now);
        print_row(soak, &soak->now, "");
    }
    vendor_finish(soak->vendor);
}

static bool is_swept(struct stage *stage, void *arg)
{
    struct soak *soak = arg;

    (void)stage;
    take(soak, &soak->now);
    return soak->now.keys.count[KEYS_EVENTS] == 0 && soak->now.keys.count[KEYS_DELIVERIES] == 0;
}

static void rest(struct soak *soak)
{
    stage_wait_for(&soak->stage, SWEEP_MS, "what is kept for a minute to end", is_swept, soak);
}

/* ---- back to base? ---- */

static void check_process(const struct figure *base, const struct figure *now)
{
    double most_mb = base->resident_mb * (1 + GROWTH_SHARE) + GROWTH_MB;

    if (base->pid != now->pid)
        fail_msg("%s was started again", base->name);
    if (now->resident_mb > most_mb)
        fail_msg("%s grew from %.1f to %.1f MB", base->name, base->resident_mb, now->resident_mb);
    if (now->descriptors != base->descriptors)
        fail_msg("%s had %zu descriptors, and has %zu", base->name, base->descriptors, now->descriptors);
    if (now->closed > POOL_MAX)
        fail_msg("%s keeps %zu connections that Pinpoint has closed", base->name, now->closed);
}

static void check_redis(const struct keys *base, const struct keys *now)
{
    if (now->count[KEYS_OTHER] > 0)
        fail_msg("%zu keys stay behind, one is %s", now->count[KEYS_OTHER], now->other);
    for (int kind = 0; kind < KEYS_KINDS; kind++)
        assert_int_equal(now->count[kind], base->count[kind]);
    if ((double)now->used_memory > (double)base->used_memory * (1 + REDIS_SHARE) + REDIS_BYTES)
        fail_msg("Redis grew from %lld to %lld bytes", base->used_memory, now->used_memory);
}

static void check_back_to_base(const struct soak *soak)
{
    assert_int_equal(soak->now.count, soak->base.count);
    for (size_t i = 0; i < soak->base.count; i++)
        check_process(&soak->base.figures[i], &soak->now.figures[i]);
    check_redis(&soak->base.keys, &soak->now.keys);
}

static void after_a_long_load_memory_descriptors_and_keys_are_back(void **state)
{
    const struct stage_options options = {
        .sources = vendor_sources,
        .accounts = ACCOUNTS,
        .more = "\"queue\": {\"done_keep\": \"1m\", \"duplicate_window\": \"1m\"},",
        .sandbox_args = {"--applications", "1000", "--latency", "5-30", "--fault", "500=0.02,lost=0.01,429=0.01"},
    };
    const struct vendor_options vendor_options = {.lanes = LANES, .accounts = ACCOUNTS, .a_second = A_SECOND};
    struct soak soak = {.start_ms = clock_monotonic_ms()};

    (void)state;
    stage_open(&soak.stage, &options);
    soak.vendor = vendor_new(&soak.stage, &vendor_options);
    take(&soak, &soak.now);
    print_head(&soak.now);
    load_for(&soak, WARM_S);
    rest(&soak);
    soak.base = soak.now;
    print_row(&soak, &soak.base, "base");
    load_for(&soak, minutes() * 60);
    rest(&soak);
    print_row(&soak, &soak.now, "at rest again");
    vendor_check(soak.vendor);
    check_back_to_base(&soak);
    vendor_free(soak.vendor);
    stage_close(&soak.stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_a_long_load_memory_descriptors_and_keys_are_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
