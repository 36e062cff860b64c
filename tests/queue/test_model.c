/*
 * test_model.c - random operations on the queue and, in step, on a model of it in a few lines of C.
 *
 * Every answer is compared with the model's; the audit runs every AUDIT_EVERY steps; at the end the queue is drained,
 * and each event stored has been settled. STEPS and SEED in the environment repeat a run, or make it longer.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "tests/queue/bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACCOUNTS = 3, KEYS = 4, WORKERS = 3, AUDIT_EVERY = 250, MAX_CRASHES = 3, LONG_MS = 3600000 };

static const char *const account_names[ACCOUNTS] = {"a", "b-2", "c.3"};
static const char *const keys[KEYS] = {"", "k", "x/y:z", "{q1}"};
static const char *const workers[WORKERS] = {"w1", "w2 with spaces", "w3"};

enum place { READY, LEASED, PARKED, SOON, DEAD, DONE, GONE };

struct model_event {
    char id[ULID_SIZE];
    unsigned account, key;
    enum place place; /* of its lane, while it is the head; READY for those behind */
    unsigned attempts, crashes;
    bool is_cut;
    unsigned progress;
    struct held held; /* while LEASED */
    unsigned worker;
};

/* Lanes are implied: a lane is its unsettled events, by turn. */
struct model {
    struct bench *bench;
    uint64_t dice;
    struct model_event *events;
    size_t count;
    size_t *turn; /* order within lanes: a replayed event goes to the end */
    size_t turns;
    bool is_held[ACCOUNTS];
    struct held stale; /* a claim that was lost */
    unsigned stale_worker;
};

static unsigned roll(struct model *model, unsigned sides)
{
    model->dice ^= model->dice << 13;
    model->dice ^= model->dice >> 7;
    model->dice ^= model->dice << 17;
    return (unsigned)((model->dice >> 11) % sides);
}

static bool is_settled(const struct model_event *event)
{
    return event->place >= DEAD;
}

/* ---- lanes ---- */

static bool is_before_in_lane(const struct model *model, size_t other, size_t index)
{
    const struct model_event *a = &model->events[other], *b = &model->events[index];

    return other != index && !is_settled(a) && a->account == b->account && a->key == b->key && keys[a->key][0] &&
           model->turn[other] < model->turn[index];
}

static bool is_head(const struct model *model, size_t index)
{
    for (size_t other = 0; other < model->count; other++)
        if (is_before_in_lane(model, other, index))
            return false;
    return true;
}

/* An event that any worker must get when it asks for enough. */
static bool must_be_claimable(const struct model *model, size_t index)
{
    const struct model_event *event = &model->events[index];

    return event->place == READY && event->crashes == 0 && !model->is_held[event->account] && is_head(model, index);
}

static bool may_be_claimable(const struct model *model, size_t index)
{
    const struct model_event *event = &model->events[index];

    return (event->place == READY || event->place == SOON) && !model->is_held[event->account] && is_head(model, index);
}

static size_t index_of(const struct model *model, const char *id)
{
    for (size_t i = model->count; i-- > 0;)
        if (strcmp(model->events[i].id, id) == 0)
            return i;
    fail_msg("the model knows no event %s", id);
    return 0;
}

/* Any event in that place, or count. */
static size_t any_in(struct model *model, enum place place)
{
    size_t start = model->count ? roll(model, (unsigned)model->count) : 0;

    for (size_t i = 0; i < model->count; i++) {
        size_t index = (start + i) % model->count;

        if (model->events[index].place == place)
            return index;
    }
    return model->count;
}

/* ---- operations ---- */

static void store(struct model *model)
{
    struct model_event *event = &model->events[model->count];
    struct event stored;

    event->account = roll(model, ACCOUNTS);
    event->key = roll(model, KEYS);
    stored = bench_event(account_names[event->account], keys[event->key]);
    assert_int_equal(bench_store_event(model->bench, stored), QUEUE_STORED);
    memcpy(event->id, stored.id, ULID_SIZE);
    event->place = READY;
    model->turn[model->count++] = model->turns++;
}

static void store_again(struct model *model)
{
    struct model_event *event;
    struct event stored;

    if (model->count == 0)
        return;
    event = &model->events[roll(model, (unsigned)model->count)];
    stored = bench_event(account_names[event->account], "another key");
    stored.delivery_id = event->id;
    assert_int_equal(bench_store_event(model->bench, stored), QUEUE_DUPLICATE);
    assert_string_equal(model->bench->stored_id, event->id);
}

static void check_claim(struct model *model, const struct held *held, unsigned worker)
{
    size_t index = index_of(model, held->id);
    struct model_event *event = &model->events[index];
    unsigned progress = (unsigned)strtoul(held->progress, NULL, 10);

    assert_true(may_be_claimable(model, index));
    assert_int_equal(held->attempts, event->attempts);
    assert_int_equal(held->crashes, event->crashes);
    assert_int_equal(held->was_interrupted, event->is_cut);
    assert_int_equal(progress, event->progress);
    event->place = LEASED;
    event->held = *held;
    event->worker = worker;
}

/* Suspects that a worker may not run yet are put aside for a moment: when, is the queue's business. */
static void expect_nothing_left(const struct model *model)
{
    for (size_t i = 0; i < model->count; i++)
        if (must_be_claimable(model, i))
            fail_msg("event %s was ready, and not claimed", model->events[i].id);
}

static void claim(struct model *model)
{
    unsigned worker = roll(model, WORKERS), want = 1 + roll(model, 8);
    struct exchanged exchanged = bench_claim_as(model->bench, workers[worker], want);

    for (size_t i = 0; i < exchanged.claim_count; i++)
        check_claim(model, &exchanged.claims[i], worker);
    if (exchanged.claim_count < want && !exchanged.has_more)
        expect_nothing_left(model);
}

static void apply(struct model *model, struct model_event *event, enum outcome outcome, unsigned progress)
{
    static const enum place places[] = {
        [OUTCOME_DONE] = DONE,       [OUTCOME_RETRY] = PARKED,  [OUTCOME_DEAD] = DEAD,
        [OUTCOME_GIVE_BACK] = READY, [OUTCOME_LIMITED] = READY, [OUTCOME_SUSPENDED] = READY,
        [OUTCOME_POSTPONE] = PARKED,
    };

    event->place = places[outcome];
    event->progress = progress;
    if (outcome != OUTCOME_POSTPONE && outcome != OUTCOME_DEAD)
        event->is_cut = false;
    event->attempts += outcome == OUTCOME_RETRY;
    if (outcome == OUTCOME_LIMITED || outcome == OUTCOME_SUSPENDED)
        model->is_held[event->account] = true;
}

static void settle(struct model *model)
{
    size_t index = any_in(model, LEASED);
    enum outcome outcome = (enum outcome)roll(model, OUTCOME_POSTPONE + 1);
    unsigned number = 1 + roll(model, 1000);
    char progress[20];
    struct settlement settlement;

    if (index == model->count)
        return;
    if ((outcome == OUTCOME_LIMITED || outcome == OUTCOME_SUSPENDED) && roll(model, 4))
        outcome = OUTCOME_DONE;
    snprintf(progress, sizeof(progress), "%u", number);
    settlement = bench_settlement(&model->events[index].held, outcome);
    settlement.progress = progress;
    settlement.delay_ms = LONG_MS;
    settlement.trace = "{}";
    assert_int_equal(bench_exchange(model->bench, &(struct exchange){.worker = workers[model->events[index].worker],
                                                                     .settlements = &settlement,
                                                                     .settlement_count = 1})
                         .refused_count,
                     0);
    apply(model, &model->events[index], outcome, number);
}

/* How many settlements were refused. */
static size_t settle_as(struct model *model, const struct held *held, unsigned worker, enum outcome outcome)
{
    struct settlement settlement = bench_settlement(held, outcome);

    return bench_exchange(
               model->bench,
               &(struct exchange){.worker = workers[worker], .settlements = &settlement, .settlement_count = 1})
        .refused_count;
}

static void settle_stale(struct model *model)
{
    if (model->stale.token)
        assert_int_equal(settle_as(model, &model->stale, model->stale_worker, (enum outcome)roll(model, 7)), 1);
}

static void lose(struct model *model, struct model_event *event)
{
    model->stale = event->held;
    model->stale_worker = event->worker;
    event->crashes++;
    event->is_cut = true;
    event->place = event->crashes >= MAX_CRASHES ? DEAD : READY;
}

static void expire(struct model *model)
{
    size_t index = any_in(model, LEASED);

    if (index == model->count)
        return;
    bench_expire(model->bench, model->events[index].held.lane);
    assert_int_equal(bench_upkeep(model->bench).reclaimed, 1);
    lose(model, &model->events[index]);
}

static void release(struct model *model)
{
    unsigned worker = roll(model, WORKERS);
    size_t held = 0;

    for (size_t i = 0; i < model->count; i++)
        if (model->events[i].place == LEASED && model->events[i].worker == worker) {
            held++;
            lose(model, &model->events[i]);
        }
    assert_int_equal(bench_release(model->bench, workers[worker]), held);
}

static void extend(struct model *model)
{
    size_t index = any_in(model, LEASED);
    struct lease leases[2] = {{model->stale.lane, model->stale.token}};

    if (index == model->count || !model->stale.token)
        return;
    leases[1] = (struct lease){model->events[index].held.lane, model->events[index].held.token};
    assert_int_equal(bench_extend(model->bench, workers[model->events[index].worker], leases, 2), 1);
}

static void make_due(struct model *model)
{
    size_t index = any_in(model, PARKED);

    if (index == model->count)
        return;
    bench_make_due(model->bench, model->events[index].held.lane);
    model->events[index].place = READY;
}

static void hold(struct model *model)
{
    unsigned account = roll(model, ACCOUNTS);
    bool is_pause = roll(model, 3) == 0;

    assert_true(is_pause ? bench_pause(model->bench, account_names[account])
                         : bench_resume(model->bench, account_names[account]));
    model->is_held[account] = is_pause;
}

static void replay(struct model *model)
{
    bool also_done = roll(model, 2);
    size_t index = any_in(model, also_done ? DONE : DEAD);
    struct model_event *event = &model->events[index];

    if (index == model->count)
        return;
    assert_true(bench_replay(model->bench, event->id, also_done));
    event->place = READY;
    event->attempts = event->crashes = 0;
    model->turn[index] = model->turns++;
}

static void drop(struct model *model)
{
    size_t index = any_in(model, DEAD);

    if (index == model->count)
        return;
    assert_true(bench_drop(model->bench, model->events[index].id));
    model->events[index].place = GONE;
}

/* How often each is done, of 100. */
static const struct operation {
    unsigned share;
    void (*run)(struct model *model);
} operations[] = {
    {24, store},  {3, store_again}, {25, claim},   {26, settle}, {2, settle_stale}, {3, expire},
    {1, release}, {2, extend},      {6, make_due}, {5, hold},    {2, replay},       {1, drop},
};

static void step(struct model *model)
{
    unsigned number = roll(model, 100);

    for (size_t i = 0; i < COUNT_OF(operations); i++) {
        if (number < operations[i].share) {
            operations[i].run(model);
            return;
        }
        number -= operations[i].share;
    }
}

/* ---- the whole ---- */

static size_t count_in(const struct model *model, enum place place)
{
    size_t count = 0;

    for (size_t i = 0; i < model->count; i++)
        count += model->events[i].place == place;
    return count;
}

static void compare_counts(const struct model *model)
{
    cJSON *status = bench_status(model->bench);
    size_t settled = count_in(model, DEAD) + count_in(model, DONE) + count_in(model, GONE);
    int64_t unsettled = json_get_integer(status, "waiting", -1) + json_get_integer(status, "in_flight", -1) +
                        json_get_integer(status, "retrying", -1);

    assert_int_equal(unsettled, model->count - settled);
    assert_int_equal(json_get_integer(status, "in_flight", -1), count_in(model, LEASED));
    assert_int_equal(json_get_integer(status, "dead", -1), count_in(model, DEAD));
    assert_int_equal(json_get_integer(status, "done", -1), count_in(model, DONE));
    cJSON_Delete(status);
    bench_expect_order(model->bench);
}

/* All is set free and run to its end. */
static void drain(struct model *model)
{
    for (unsigned account = 0; account < ACCOUNTS; account++) {
        assert_true(bench_resume(model->bench, account_names[account]));
        model->is_held[account] = false;
    }
    while (count_in(model, READY) + count_in(model, PARKED) + count_in(model, LEASED) > 0) {
        for (size_t i = 0; i < model->count; i++) {
            struct model_event *event = &model->events[i];

            if (event->place == PARKED) {
                bench_make_due(model->bench, event->held.lane);
                event->place = READY;
            } else if (event->place == LEASED) {
                assert_int_equal(settle_as(model, &event->held, event->worker, OUTCOME_DONE), 0);
                apply(model, event, OUTCOME_DONE, 0);
            }
        }
        claim(model);
    }
}

static uint64_t number_from_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

static void random_operations_agree_with_the_model(void **state)
{
    uint64_t steps = number_from_environment("STEPS", 5000), seed = number_from_environment("SEED", 1);
    struct model model = {.bench = *state, .dice = seed * 0x9E3779B97F4A7C15u + 1};

    print_message("SEED=%" PRIu64 " STEPS=%" PRIu64 "\n", seed, steps);
    model.events = mem_new(steps * sizeof(*model.events));
    model.turn = mem_new(steps * sizeof(*model.turn));
    for (uint64_t i = 0; i < steps; i++) {
        step(&model);
        if (i % AUDIT_EVERY == 0)
            compare_counts(&model);
    }
    drain(&model);
    compare_counts(&model);
    assert_int_equal(count_in(&model, DEAD) + count_in(&model, DONE) + count_in(&model, GONE), model.count);
    mem_free(model.events);
    mem_free(model.turn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_operations_agree_with_the_model, bench_open, bench_close),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
