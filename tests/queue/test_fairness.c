/*
 * test_fairness.c - turns between accounts: shares by weight, and how long a quiet account waits beside a flood.
 *
 * Nothing here is measured in seconds. Shares are counted in claims; waits in ticks of simulated workers, which drive
 * the real scripts and run each event for a fixed number of ticks: the host's noise changes nothing.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "tests/fakes/wait.h"
#include "tests/queue/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- storing many ---- */

enum { STORE_AT_ONCE = 320 };

struct storing {
    struct loop *loop;
    unsigned pending;
    bool is_complete;
};

static void on_stored(void *arg, enum queue_stored result, const char *id, const struct error *err)
{
    struct storing *storing = arg;

    (void)id;
    (void)err;
    assert_int_equal(result, QUEUE_STORED);
    storing->is_complete = --storing->pending == 0;
    if (storing->is_complete)
        loop_stop(storing->loop);
}

/* Stores count events of account, over so many lanes in turn. */
static void store_many(struct bench *bench, const char *account, unsigned lanes, unsigned count)
{
    for (unsigned done = 0; done < count;) {
        struct storing storing = {.loop = bench->loop};

        for (; done < count && storing.pending < STORE_AT_ONCE; done++) {
            char key[20];
            struct event event;

            snprintf(key, sizeof(key), "k%u", done % lanes);
            event = bench_event(account, key);
            event.delivery_id = event.id;
            storing.pending++;
            queue_enqueue(bench->queue, &event, on_stored, &storing);
        }
        assert_true(wait_for(bench->loop, &storing.is_complete));
    }
}

static void start_anew(struct bench *bench)
{
    redis_fixture_flush(bench->redis);
    bench_reopen(bench, (struct queue_options){0});
}

/* ---- shares ---- */

enum { SHARERS = 3, CLAIMERS = 2, ROUNDS = 50, QUANTUM = 4 };

/* Two workers by turns, each of which settles what it has before it claims again. */
struct sharing {
    size_t wants[CLAIMERS];    /* 0: there is no such worker */
    unsigned weights[SHARERS]; /* 0: there is no such account */
    unsigned lanes[SHARERS];
};

static const char *const sharers[SHARERS] = {"a", "b", "c"};
static const char *const claimers[CLAIMERS] = {"w1", "w2"};

struct hand {
    const char *worker;
    struct exchanged held;
};

/* Settles what the hand holds and claims anew; counts by account what came. */
static size_t take(struct bench *bench, struct hand *hand, size_t want, unsigned counts[SHARERS])
{
    struct settlement settlements[HELD_MAX];
    struct exchange exchange = {.worker = hand->worker, .settlements = settlements, .want = want};

    for (size_t i = 0; i < hand->held.claim_count; i++)
        settlements[exchange.settlement_count++] = bench_settlement(&hand->held.claims[i], OUTCOME_DONE);
    hand->held = bench_exchange(bench, &exchange);
    for (size_t i = 0; i < hand->held.claim_count; i++)
        for (size_t account = 0; account < SHARERS; account++)
            counts[account] += strcmp(hand->held.claims[i].account, sharers[account]) == 0;
    return hand->held.claim_count;
}

static void claim_shares(struct bench *bench, const struct sharing *sharing, unsigned total, unsigned counts[SHARERS])
{
    struct hand *hands = mem_new(CLAIMERS * sizeof(*hands));
    size_t claimed = 0;

    for (size_t i = 0; i < CLAIMERS; i++)
        hands[i].worker = claimers[i];
    for (size_t turn = 0; claimed < total; turn++) {
        size_t want = sharing->wants[turn % CLAIMERS];

        if (want > 0)
            claimed += take(bench, &hands[turn % CLAIMERS], want < total - claimed ? want : total - claimed, counts);
    }
    for (size_t i = 0; i < CLAIMERS; i++)
        take(bench, &hands[i], 0, counts);
    mem_free(hands);
}

static void expect_shares(struct bench *bench, const struct sharing *sharing)
{
    unsigned counts[SHARERS] = {0}, weights = 0;

    start_anew(bench);
    for (size_t i = 0; i < SHARERS; i++)
        weights += sharing->weights[i];
    for (size_t i = 0; i < SHARERS; i++) {
        queue_set_limits(bench->queue, sharers[i], &(struct queue_limits){.weight = sharing->weights[i]});
        store_many(bench, sharers[i], sharing->lanes[i], sharing->weights[i] * QUANTUM * (ROUNDS + 20));
    }
    claim_shares(bench, sharing, weights * QUANTUM * ROUNDS, counts);
    for (size_t i = 0; i < SHARERS; i++) {
        unsigned due = sharing->weights[i] * QUANTUM * ROUNDS;

        print_message("  want %zu %zu: account of weight %u with %u lanes got %u of %u\n", sharing->wants[0],
                      sharing->wants[1], sharing->weights[i], sharing->lanes[i], counts[i], due);
        assert_in_range(counts[i] * 100, due * 95, due * 105);
    }
    bench_expect_order(bench);
}

static void claims_are_shared_by_weight(void **state)
{
    static const struct sharing all[] = {
        {{1}, {1, 2, 5}, {100, 100, 100}},  {{3}, {1, 2, 5}, {100, 100, 100}},     {{8}, {1, 2, 5}, {100, 100, 100}},
        {{64}, {1, 2, 5}, {100, 100, 100}}, {{3, 64}, {1, 2, 5}, {100, 100, 100}}, {{6}, {1, 1, 0}, {100, 100, 1}},
    };

    for (size_t i = 0; i < COUNT_OF(all); i++)
        expect_shares(*state, &all[i]);
}

/* What one account cannot have at the moment, since its lanes run, it has as soon as they are back. */
static void an_account_with_few_lanes_has_its_share(void **state)
{
    static const struct sharing all[] = {
        {{1}, {1, 1, 1}, {100, 1, 100}},
        {{3}, {1, 1, 0}, {100, 2, 1}},
        {{8}, {1, 1, 2}, {100, 4, 100}},
        {{1, 1}, {4, 1, 1}, {100, 1, 100}},
    };

    for (size_t i = 0; i < COUNT_OF(all); i++)
        expect_shares(*state, &all[i]);
}

/* ---- room for others ---- */

static size_t claim_of(struct bench *bench, const char *worker, size_t want, size_t slots)
{
    return bench_exchange(bench, &(struct exchange){.worker = worker, .want = want, .slots = slots}).claim_count;
}

/* With 64 slots, 8 are kept for accounts that have less than 2 events in flight. */
static void the_last_eighth_of_all_slots_is_kept_for_those_who_come(void **state)
{
    struct bench *bench = *state;
    struct exchanged exchanged;

    store_many(bench, "a", 100, 100);
    exchanged = bench_exchange(bench, &(struct exchange){.worker = "w1", .want = 64, .slots = 64});
    assert_int_equal(exchanged.claim_count, 56);
    assert_false(exchanged.has_more); /* not for this worker, which need not ask again */
    store_many(bench, "b", 5, 5);
    assert_true(bench_wait(bench, 60000)); /* somebody is told, although the ring was not empty */
    exchanged = bench_exchange(bench, &(struct exchange){.worker = "w1", .want = 8, .slots = 64});
    assert_int_equal(exchanged.claim_count, 2);
    assert_string_equal(exchanged.claims[0].account, "b");
    assert_false(exchanged.has_more);
    bench_settle(bench, &exchanged.claims[0], OUTCOME_DONE, 0);
    assert_int_equal(claim_of(bench, "w1", 7, 64), 1); /* b's again */
    assert_int_equal(claim_of(bench, "w1", 6, 64), 0);
}

static void a_worker_that_comes_is_given_all_but_its_eighth(void **state)
{
    struct bench *bench = *state;

    store_many(bench, "a", 200, 200);
    assert_int_equal(claim_of(bench, "w1", 64, 64), 56);
    assert_int_equal(claim_of(bench, "w2", 64, 64), 56);
    assert_int_equal(claim_of(bench, "w2", 8, 64), 0);
}

static void few_slots_and_those_of_a_worker_that_says_none_are_all_used(void **state)
{
    struct bench *bench = *state;

    store_many(bench, "a", 200, 200);
    assert_int_equal(claim_of(bench, "w1", 31, 31), 31);
    assert_int_equal(claim_of(bench, "w1", 64, 0), 64);
}

/* ---- waits ---- */

enum { SLOTS = 64, TICKS = 300, QUIET_EVERY = 3, QUIET_TICKS = 5, FLOODS = 20, FLOOD = 100000, FLOOD_LANES = 500 };

struct running {
    struct held held;
    unsigned until; /* the tick at which it ends */
    bool is_free;
};

struct simulation {
    struct bench *bench;
    size_t slots_told; /* to the queue */
    unsigned flood_ticks;
    unsigned tick;
    struct running running[CLAIMERS][SLOTS];
    bool has_more[CLAIMERS];    /* as its last exchange said */
    char ids[TICKS][ULID_SIZE]; /* of the quiet account's events, by when they were stored; "" for none */
    unsigned waits[TICKS];
    size_t wait_count;
    unsigned counts[FLOODS]; /* claims by flood */
};

static void note_wait(struct simulation *simulation, unsigned stored)
{
    simulation->waits[simulation->wait_count++] = simulation->tick - stored;
    simulation->ids[stored][0] = '\0';
}

static void note_claim(struct simulation *simulation, const struct held *held)
{
    for (unsigned tick = 0; tick < simulation->tick; tick++)
        if (strcmp(simulation->ids[tick], held->id) == 0)
            note_wait(simulation, tick);
}

static void begin(struct simulation *simulation, unsigned worker, const struct held *held)
{
    bool is_quiet = strcmp(held->account, "quiet") == 0;

    for (size_t i = 0; i < SLOTS; i++) {
        struct running *running = &simulation->running[worker][i];

        if (!running->is_free)
            continue;
        running->held = *held;
        running->is_free = false;
        running->until = simulation->tick + (is_quiet ? QUIET_TICKS : simulation->flood_ticks);
        break;
    }
    if (is_quiet)
        note_claim(simulation, held);
    else
        simulation->counts[strtoul(held->account + strlen("flood-"), NULL, 10)]++;
}

/* Takes what has ended into settlements; returns how many, and the slots that are free then. */
static size_t end(struct simulation *simulation, unsigned worker, struct settlement *settlements, size_t *free_slots)
{
    size_t count = 0;

    *free_slots = 0;
    for (size_t i = 0; i < SLOTS; i++) {
        struct running *running = &simulation->running[worker][i];

        if (!running->is_free && running->until <= simulation->tick) {
            settlements[count++] = bench_settlement(&running->held, OUTCOME_DONE);
            running->is_free = true;
        }
        *free_slots += running->is_free;
    }
    return count;
}

static bool is_woken(struct simulation *simulation)
{
    return redis_fixture_number(simulation->bench->redis, "EVAL %s 0",
                                "return redis.call('LPOP', '{q0}:wake') and 1 or 0") == 1;
}

/* As worker/worker.c does it: an exchange when something has ended, there was more, or a token is there for it. */
static void step(struct simulation *simulation, unsigned worker)
{
    struct settlement settlements[SLOTS];
    struct exchange exchange = {
        .worker = claimers[worker], .settlements = settlements, .slots = simulation->slots_told};
    struct exchanged *exchanged;

    exchange.settlement_count = end(simulation, worker, settlements, &exchange.want);
    if (exchange.settlement_count == 0 &&
        (exchange.want == 0 || !(simulation->has_more[worker] || is_woken(simulation))))
        return;
    exchanged = mem_new(sizeof(*exchanged));
    *exchanged = bench_exchange(simulation->bench, &exchange);
    simulation->has_more[worker] = exchanged->has_more;
    for (size_t i = 0; i < exchanged->claim_count; i++)
        begin(simulation, worker, &exchanged->claims[i]);
    mem_free(exchanged);
}

static void tick(struct simulation *simulation)
{
    for (unsigned worker = 0; worker < CLAIMERS; worker++)
        step(simulation, worker);
    if (simulation->tick % QUIET_EVERY == 0) {
        assert_int_equal(bench_store(simulation->bench, "quiet", "", ""), QUEUE_STORED);
        memcpy(simulation->ids[simulation->tick], simulation->bench->stored_id, ULID_SIZE);
    }
}

static void settle_all(struct simulation *simulation)
{
    for (unsigned i = 0; i < CLAIMERS * SLOTS; i++) {
        struct running *running = &simulation->running[i / SLOTS][i % SLOTS];
        struct settlement settlement = bench_settlement(&running->held, OUTCOME_DONE);

        if (!running->is_free)
            bench_exchange(
                simulation->bench,
                &(struct exchange){.worker = claimers[i / SLOTS], .settlements = &settlement, .settlement_count = 1});
    }
}

static int compare(const void *one, const void *other)
{
    unsigned a = *(const unsigned *)one, b = *(const unsigned *)other;

    return (a > b) - (a < b);
}

static struct simulation *run(struct bench *bench, unsigned flood_ticks, size_t slots_told)
{
    struct simulation *simulation = mem_new(sizeof(*simulation));

    *simulation = (struct simulation){
        .bench = bench, .flood_ticks = flood_ticks, .slots_told = slots_told, .has_more = {true, true}};
    for (size_t i = 0; i < SLOTS * CLAIMERS; i++)
        simulation->running[i / SLOTS][i % SLOTS].is_free = true;
    for (; simulation->tick < TICKS; simulation->tick++)
        tick(simulation);
    settle_all(simulation);
    return simulation;
}

/* The quiet account's wait at the 99th percentile, in ticks; what has not been claimed by the end has waited until
 * then. */
static unsigned quiet_p99(struct bench *bench, unsigned flood_ticks, size_t slots_told)
{
    struct simulation *simulation = run(bench, flood_ticks, slots_told);
    unsigned wait;

    for (unsigned stored = 0; stored < TICKS; stored++)
        if (simulation->ids[stored][0])
            note_wait(simulation, stored);
    qsort(simulation->waits, simulation->wait_count, sizeof(simulation->waits[0]), compare);
    wait = simulation->waits[(simulation->wait_count * 99 + 99) / 100 - 1];
    mem_free(simulation);
    return wait;
}

static void store_floods(struct bench *bench, unsigned floods)
{
    for (unsigned i = 0; i < floods; i++) {
        char account[20];

        snprintf(account, sizeof(account), "flood-%u", i);
        store_many(bench, account, FLOOD_LANES, FLOOD / floods);
    }
}

static void a_flood_does_not_make_a_quiet_account_wait(void **state)
{
    static const struct {
        unsigned floods, ticks;
    } cases[] = {{1, 5}, {1, 100}, {20, 5}, {20, 100}};
    struct bench *bench = *state;
    unsigned alone = quiet_p99(bench, QUIET_TICKS, SLOTS), waits;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (i == 0 || cases[i].floods != cases[i - 1].floods) {
            start_anew(bench);
            store_floods(bench, cases[i].floods);
        }
        waits = quiet_p99(bench, cases[i].ticks, SLOTS);
        print_message("  p99 of the quiet account: %u ticks alone, %u beside %u floods of %u ticks an event; %u when "
                      "they may have all slots\n",
                      alone, waits, cases[i].floods, cases[i].ticks, quiet_p99(bench, cases[i].ticks, 0));
        assert_in_range(waits, 0, 2 * alone);
    }
    start_anew(bench); /* to audit what is left of the flood takes longer than all of this */
}

/* The room that is kept for others does not level the shares of those who wait for it. */
static void slots_are_shared_by_weight(void **state)
{
    static const unsigned weights[] = {1, 2, 5}, ticks[] = {3, 15};
    struct bench *bench = *state;

    for (size_t i = 0; i < COUNT_OF(weights); i++) {
        char account[20];

        snprintf(account, sizeof(account), "flood-%zu", i);
        queue_set_limits(bench->queue, account, &(struct queue_limits){.weight = weights[i]});
        store_many(bench, account, FLOOD_LANES, 1800 * weights[i]);
    }
    for (size_t i = 0; i < COUNT_OF(ticks); i++) {
        struct simulation *simulation = run(bench, ticks[i], SLOTS);
        const unsigned *counts = simulation->counts;
        unsigned part = (counts[0] + counts[1] + counts[2]) / 8;

        for (size_t account = 0; account < COUNT_OF(weights); account++)
            assert_in_range(counts[account] * 100, part * weights[account] * 95, part * weights[account] * 105);
        mem_free(simulation);
    }
}

int main(void)
{
#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(claims_are_shared_by_weight),
        QUEUE_TEST(an_account_with_few_lanes_has_its_share),
        QUEUE_TEST(the_last_eighth_of_all_slots_is_kept_for_those_who_come),
        QUEUE_TEST(a_worker_that_comes_is_given_all_but_its_eighth),
        QUEUE_TEST(few_slots_and_those_of_a_worker_that_says_none_are_all_used),
        QUEUE_TEST(slots_are_shared_by_weight),
        QUEUE_TEST(a_flood_does_not_make_a_quiet_account_wait),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
