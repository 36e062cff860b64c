/*
 * test_model.c - random operations on the queue and, in step, on the model of it in model.h.
 *
 * Every answer is compared with the model's; after each step all keys are, and the audit runs. At the end the queue is
 * drained, and each event stored has been settled. STEPS and SEED in the environment repeat a run, or make it longer.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/queue/model.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "queue/keys.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_MAX = 4, SETTLE_MAX = 4, WANT_MAX = 6, MAX_EVENTS = 9, DONE_KEEP = 3 };

/* What one exchange brings, and whom it is about. */
struct bundle {
    unsigned worker, want;
    struct settlement settlements[SETTLE_MAX + 1];
    struct model_event *events[SETTLE_MAX + 1]; /* NULL for a stale one */
    char progress[SETTLE_MAX + 1][12];
    unsigned numbers[SETTLE_MAX + 1];
    size_t count, stale_count, first_stale;
};

static size_t count_all(const struct model *model, enum place place)
{
    size_t count = 0;

    for (unsigned shard = 0; shard < model->shards; shard++)
        count += model_count(model, shard, place);
    return count;
}

/* ---- storing ---- */

/* The window in which the delivery is remembered is over. */
static void forget(struct model *model, struct model_event *event)
{
    const struct event delivery = {
        .account = model_accounts[event->account], .source = "test", .delivery_id = event->id};
    char digest[SEEN_DIGEST_SIZE];

    assert_int_equal(seen_digest_of(&delivery, digest), sizeof(digest));
    assert_int_equal(redis_fixture_number(model->bench->redis, "HDEL {q%u}:d:%b %b", model_shard_of(model, event),
                                          digest, (size_t)3, digest + 3, sizeof(digest) - 3),
                     1);
    event->place = EMPTY;
}

static void drop_one(struct model *model, struct model_event *event)
{
    assert_true(bench_drop(model->bench, event->id));
    event->place = GONE;
}

/* Whether the model can take count more events, after clearing away what is over. */
static bool make_room(struct model *model, size_t count)
{
    while (count_all(model, EMPTY) < count) {
        struct model_event *gone = model_any(model, GONE), *dead = gone ? NULL : model_any(model, DEAD);

        if (!gone && !dead)
            return false;
        if (dead)
            drop_one(model, dead);
        forget(model, gone ? gone : dead);
    }
    return true;
}

static struct event random_event(struct model *model, unsigned account, unsigned key, char payload[128])
{
    struct event event = bench_event(model_accounts[account], model_keys[key]);

    event.payload_size = (size_t)snprintf(payload, 128, "\"%0*u\"", (int)(1 + model_roll(model, 100)), 0U);
    event.payload = payload;
    return event;
}

/* What the model says of one event that is stored: its id, or the first's with that delivery id. */
static void expect_stored(struct model *model, const struct event *event, const struct stored *stored, unsigned key)
{
    unsigned account = 0;

    while (strcmp(model_accounts[account], event->account) != 0)
        account++;
    for (unsigned i = 0; i < MODEL_EVENTS; i++) {
        if (model->events[i].place == EMPTY || strcmp(model->events[i].id, event->delivery_id) != 0)
            continue;
        assert_int_equal(stored->result, QUEUE_DUPLICATE);
        assert_string_equal(stored->id, event->delivery_id);
        return;
    }
    if (!model_has_room(model, model_shard_of_account(model, account))) {
        assert_int_equal(stored->result, QUEUE_FULL);
        return;
    }
    assert_int_equal(stored->result, QUEUE_STORED);
    assert_string_equal(stored->id, event->id);
    model_store(model, event, account, key);
}

/* A batch in one call; now and then one is a second delivery, of an event from before or of the same batch. */
static void store(struct model *model)
{
    struct event events[BATCH_MAX];
    char payloads[BATCH_MAX][128];
    struct stored stored[BATCH_MAX];
    unsigned keys[BATCH_MAX];
    size_t count = 1 + model_roll(model, BATCH_MAX);

    if (!make_room(model, count))
        return;
    for (size_t i = 0; i < count; i++) {
        struct model_event *other = &model->events[model_roll(model, MODEL_EVENTS)];
        bool is_again = model_roll(model, 8) == 0 && other->place != EMPTY;
        unsigned account = is_again ? other->account : model_roll(model, MODEL_ACCOUNTS);

        keys[i] = model_roll(model, MODEL_KEYS);
        events[i] = random_event(model, account, keys[i], payloads[i]);
        events[i].delivery_id = is_again ? other->id : events[i].id;
        if (!is_again && i > 0 && model_roll(model, 8) == 0) {
            events[i].account = events[i - 1].account;
            events[i].delivery_id = events[i - 1].delivery_id;
        }
    }
    bench_store_batch(model->bench, events, count, stored);
    for (size_t i = 0; i < count; i++)
        expect_stored(model, &events[i], &stored[i], keys[i]);
}

/* ---- exchanges ---- */

static enum outcome random_outcome(struct model *model)
{
    static const enum outcome outcomes[] = {OUTCOME_DONE,      OUTCOME_DONE,    OUTCOME_DONE,      OUTCOME_DONE,
                                            OUTCOME_DONE,      OUTCOME_DONE,    OUTCOME_RETRY,     OUTCOME_DEAD,
                                            OUTCOME_GIVE_BACK, OUTCOME_LIMITED, OUTCOME_SUSPENDED, OUTCOME_POSTPONE};

    return outcomes[model_roll(model, COUNT_OF(outcomes))];
}

/* One that must be refused: of another event, claim or worker than that which has the lane; or the second of one. */
static void forge(struct model *model, const struct bundle *bundle, struct settlement *settlement)
{
    const struct model_event *event = bundle->events[0] ? bundle->events[0] : model_any(model, LEASED);
    unsigned what = model_roll(model, 4);

    if (!event)
        return;
    *settlement = bench_settlement(&event->held, settlement->outcome);
    if (what == 0)
        settlement->id = model->events[event == &model->events[0]].id;
    else if (what == 1 || (event->worker == bundle->worker && event != bundle->events[0]))
        settlement->token++;
}

static void add_settlement(struct model *model, struct bundle *bundle, struct model_event *event)
{
    size_t at = bundle->count++;

    bundle->events[at] = event;
    bundle->numbers[at] = 1 + model_roll(model, 1000);
    snprintf(bundle->progress[at], sizeof(bundle->progress[at]), "%u", bundle->numbers[at]);
    bundle->settlements[at] = bench_settlement(event ? &event->held : &model->stale, random_outcome(model));
    if (!event && model_roll(model, 2))
        forge(model, bundle, &bundle->settlements[at]);
    bundle->settlements[at].progress = bundle->progress[at];
    bundle->settlements[at].delay_ms = MODEL_LONG_MS;
    bundle->settlements[at].trace = "{}";
    if (!event && bundle->stale_count++ == 0)
        bundle->first_stale = at;
}

/* A stale settlement may stand anywhere among the good ones. */
static void add_settlements(struct model *model, struct bundle *bundle)
{
    unsigned start = model_roll(model, MODEL_EVENTS), stale_at = model_roll(model, 12);

    for (unsigned i = 0; i < MODEL_EVENTS && bundle->count < SETTLE_MAX; i++) {
        struct model_event *event = &model->events[(start + i) % MODEL_EVENTS];

        if (i == stale_at && model->stale.token)
            add_settlement(model, bundle, NULL);
        if (event->place == LEASED && event->worker == bundle->worker && model_roll(model, 2))
            add_settlement(model, bundle, event);
    }
}

static void apply_settlements(struct model *model, const struct bundle *bundle)
{
    size_t counts[MODEL_SHARDS_MAX] = {0};

    for (size_t i = 0; i < bundle->count; i++) {
        const struct settlement *settlement = &bundle->settlements[i];
        char *account = mem_string(settlement->lane);

        account[strcspn(account, "/:")] = '\0';
        counts[key_shard_of(account, model->shards)]++;
        mem_free(account);
        if (bundle->events[i])
            model_settle(model, bundle->events[i], settlement->outcome, bundle->numbers[i]);
    }
    model_wake_due(model);
    for (unsigned shard = 0; shard < model->shards; shard++)
        model_trim(model, shard, 2 * counts[shard]);
}

static void apply_claims(struct model *model, const struct bundle *bundle, const struct exchanged *exchanged)
{
    for (size_t i = 0; i < exchanged->claim_count; i++)
        model_claim(model, &exchanged->claims[i], bundle->worker);
    if (model->shards > 1)
        return;
    model->said_more = exchanged->has_more ? SAID_MORE : SAID_NO_MORE;
    if (exchanged->claim_count < bundle->want && !exchanged->has_more)
        model_expect_nothing_left(model, bundle->worker);
    if (count_all(model, PARKED) > 0)
        assert_true(exchanged->next_due_ms >= 0);
}

/* A worker that had nothing to do was woken by a token; it has to leave one for the next when it leaves work. */
static void take_token(struct model *model)
{
    if (model->shards == 1 && model_roll(model, 2))
        redis_fixture_do(model->bench->redis, "LPOP {q0}:wake");
}

static void run_bundle(struct model *model, struct bundle *bundle)
{
    struct exchanged exchanged;

    if (bundle->want > 0)
        take_token(model);
    exchanged = bench_exchange(model->bench, &(struct exchange){.worker = model_workers[bundle->worker],
                                                                .settlements = bundle->settlements,
                                                                .settlement_count = bundle->count,
                                                                .want = bundle->want});

    assert_int_equal(exchanged.failure, ERROR_NONE);
    assert_int_equal(exchanged.settled_count, bundle->count);
    assert_int_equal(exchanged.refused_count, bundle->stale_count);
    if (bundle->stale_count > 0)
        assert_int_equal(exchanged.first_refused, bundle->first_stale);
    apply_settlements(model, bundle);
    apply_claims(model, bundle, &exchanged);
    if (exchanged.claim_count > 0 && exchanged.claims[exchanged.claim_count - 1].token > model->seen_token)
        model->seen_token = exchanged.claims[exchanged.claim_count - 1].token;
}

static void exchange(struct model *model)
{
    struct bundle bundle = {.worker = model_roll(model, MODEL_WORKERS), .want = model_roll(model, WANT_MAX + 1)};

    if (model_roll(model, 4))
        add_settlements(model, &bundle);
    run_bundle(model, &bundle);
}

/* A claim that was lost is settled by who had it, whatever has become of its lane. */
static void settle_stale(struct model *model)
{
    struct bundle bundle = {.worker = model->stale_worker};

    if (!model->stale.token)
        return;
    add_settlement(model, &bundle, NULL);
    run_bundle(model, &bundle);
}

/* Two rounds that bring nothing have asked all shards: then there must be nothing. */
static void claim_all(struct model *model)
{
    struct bundle bundle = {.worker = model_roll(model, MODEL_WORKERS), .want = 16};
    size_t before, empty_rounds = 0;

    while (empty_rounds < 2) {
        before = count_all(model, LEASED);
        run_bundle(model, &bundle);
        empty_rounds = count_all(model, LEASED) > before ? 0 : empty_rounds + 1;
        model_compare(model);
        model_begin_step(model);
    }
    model_expect_nothing_left(model, bundle.worker);
}

/* Nobody says when limits are written, or lost claims given back; what is asked after them is answered after that, and
 * once more when Redis had lost the script, so that it was loaded and sent again. */
static void await_unasked(struct model *model)
{
    for (int i = 0; i < 2; i++)
        assert_int_equal(bench_extend(model->bench, model_workers[0], NULL, 0), 0);
}

/* The connection breaks between a claim and its answer. The claim is another queue's, which stands for the one whose
 * answer is lost; all that the worker itself hears of is an exchange that failed. */
static void lose_answer(struct model *model)
{
    struct bundle bundle = {.worker = model_roll(model, MODEL_WORKERS), .want = 1 + model_roll(model, WANT_MAX)};
    struct exchange lost = {.want = 1};
    uint64_t seen = model->seen_token;
    struct queue *own = model->bench->queue;
    const struct model_event *held = model_any(model, LEASED);

    if (model->shards > 1)
        return;
    bundle.worker = held ? held->worker : bundle.worker; /* what it has heard of stays its own */
    model->bench->queue = model->other;
    run_bundle(model, &bundle);
    model->bench->queue = own;
    model->seen_token = seen;
    model_compare(model);
    model_begin_step(model);
    redis_fixture_do(model->bench->redis, "CLIENT KILL TYPE normal");
    lost.worker = model_workers[bundle.worker];
    assert_int_equal(bench_exchange(model->bench, &lost).failure, ERROR_UNAVAILABLE);
    assert_true(bench_when_ready(model->bench, 4000));
    await_unasked(model);
    model->first--;
    for (unsigned i = 0; i < MODEL_EVENTS; i++)
        if (model->events[i].place == LEASED && model->events[i].worker == bundle.worker &&
            model->events[i].held.token > seen)
            model_give_back(model, &model->events[i]);
    model->bench->queue = model->other;
    assert_true(bench_when_ready(model->bench, 4000));
    model->bench->queue = own;
}

/* ---- leases ---- */

static void expire(struct model *model)
{
    struct model_event *event = model_any(model, LEASED);

    if (!event)
        return;
    redis_fixture_do(model->bench->redis, "ZADD {q%u}:lease XX 1 %s", model_shard_of(model, event), event->held.lane);
    event->is_due = true;
}

static void release(struct model *model)
{
    unsigned worker = model_roll(model, MODEL_WORKERS);
    size_t held = 0;

    model->last++;
    for (unsigned i = 0; i < MODEL_EVENTS; i++)
        if (model->events[i].place == LEASED && model->events[i].worker == worker) {
            held++;
            model_lose(model, &model->events[i]);
        }
    assert_int_equal(bench_release(model->bench, model_workers[worker]), held);
}

static void extend(struct model *model)
{
    struct model_event *event = model_any(model, LEASED);
    struct lease leases[2] = {{model->stale.lane, model->stale.token}};

    if (!event || !model->stale.token)
        return;
    leases[1] = (struct lease){event->held.lane, event->held.token};
    assert_int_equal(bench_extend(model->bench, model_workers[event->worker], leases, 2), 1);
    event->is_due = false;
}

/* ---- care ---- */

static void upkeep(struct model *model)
{
    unsigned due = 0, lost = 0;
    size_t dead = count_all(model, DEAD), trimmed = 0;
    struct upkeep upkeep;

    for (unsigned i = 0; i < MODEL_ACCOUNTS; i++)
        due += model->accounts[i].is_due;
    for (unsigned i = 0; i < MODEL_EVENTS; i++)
        due += model->events[i].place == PARKED && model->events[i].is_due;
    model_wake_due(model);
    model->last++;
    for (unsigned i = 0; i < MODEL_EVENTS; i++)
        if (model->events[i].place == LEASED && model->events[i].is_due) {
            lost++;
            model_lose(model, &model->events[i]);
        }
    for (unsigned shard = 0; shard < model->shards; shard++) {
        model_trim(model, shard, 200);
        trimmed += model->trimmed[shard];
    }
    clock_freeze(clock_monotonic_ms() + 3001); /* also after lose_answer: leases are spared for a moment then */
    upkeep = bench_upkeep(model->bench);
    clock_release();
    assert_int_equal(upkeep.woken, due);
    assert_int_equal(upkeep.reclaimed, lost);
    assert_int_equal(upkeep.buried, count_all(model, DEAD) - dead);
    assert_int_equal(upkeep.trimmed, trimmed);
}

/* Time passes for one parked lane. With several shards nobody knows which of them an exchange looks at. */
static void make_due(struct model *model)
{
    struct model_event *event = model_any(model, PARKED);

    if (!event)
        return;
    redis_fixture_do(model->bench->redis, "ZADD {q%u}:park XX 1 %s", model_shard_of(model, event), event->held.lane);
    event->is_due = true;
    if (model->shards > 1)
        upkeep(model);
}

static bool is_waiting_for_time(const struct model *model, const char *tag, unsigned number)
{
    redisReply *why = redis_fixture_command(model->bench->redis, "HGET %sa:%s why", tag, model_accounts[number]);
    bool is_so = why->type == REDIS_REPLY_STRING && (strcmp(why->str, "rate") == 0 || strcmp(why->str, "limited") == 0);

    freeReplyObject(why);
    return is_so;
}

/* Time passes for one account: its rest is over; its bucket may be full again. */
static void account_due(struct model *model)
{
    unsigned number = model_roll(model, MODEL_ACCOUNTS);
    struct model_account *account = &model->accounts[number];
    char tag[KEY_TAG_SIZE];
    bool is_waiting;

    key_tag_of(model_shard_of_account(model, number), tag);
    is_waiting = is_waiting_for_time(model, tag, number);
    if (redis_fixture_number(model->bench->redis, "EXISTS %sa:%s", tag, model_accounts[number]) == 0)
        return;
    if (account->hold != HOLD_LIMITED || model_roll(model, 2)) {
        redis_fixture_do(model->bench->redis, "HSET %sa:%s tat 0 factor 1 slowed 0", tag, model_accounts[number]);
        account->debt_ms = 0;
        account->factor = 1;
    }
    if (!is_waiting)
        return;
    redis_fixture_do(model->bench->redis, "ZADD %sapark XX 1 %s", tag, model_accounts[number]);
    account->is_due = true;
    if (model->shards > 1)
        upkeep(model);
}

/* ---- accounts ---- */

static void hold(struct model *model)
{
    unsigned number = model_roll(model, MODEL_ACCOUNTS), what = model_roll(model, 6);
    struct model_account *account = &model->accounts[number];
    const char *name = model_accounts[number];

    if (what == 0) {
        assert_true(bench_pause(model->bench, name));
        account->hold = HOLD_PAUSED;
    } else if (what == 1) {
        assert_true(bench_resume_suspended(model->bench, name));
        if (account->hold != HOLD_SUSPENDED)
            return;
        account->hold = HOLD_NONE;
    } else {
        assert_true(bench_resume(model->bench, name));
        account->hold = HOLD_NONE;
    }
    account->is_due = false;
}

static void set_limits(struct model *model, unsigned number, struct queue_limits limits)
{
    struct model_account *account = &model->accounts[number];
    bool is_rated = limits.requests_per_second > 0;
    bool is_same = account->is_rated == is_rated && account->burst == limits.burst &&
                   account->max_in_flight == limits.max_in_flight;

    queue_set_limits(model->bench->queue, model_accounts[number], &limits);
    await_unasked(model);
    account->is_rated = is_rated;
    account->burst = limits.burst;
    account->max_in_flight = limits.max_in_flight;
    if (!is_same && account->hold == HOLD_NONE)
        account->is_due = false;
}

static void limit(struct model *model)
{
    struct queue_limits limits = {.burst = 1 + model_roll(model, 4), .max_in_flight = model_roll(model, 4)};

    limits.requests_per_second = model_roll(model, 2) ? MODEL_RATE : 0;
    set_limits(model, model_roll(model, MODEL_ACCOUNTS), limits);
}

static void reserve(struct model *model)
{
    unsigned number = model_roll(model, MODEL_ACCOUNTS), count = 1 + model_roll(model, 3);
    struct model_account *account = &model->accounts[number];
    double gap = 1000 / (MODEL_RATE * account->factor), expected = 0;
    int64_t wait = bench_reserve(model->bench, model_accounts[number], count, NULL);

    if (account_tokens(account) < count)
        expected = fmax(0, account->debt_ms - (account->burst - 1) * gap);
    if (account->hold == HOLD_LIMITED && !account->is_due)
        expected = fmax(expected, (double)MODEL_LONG_MS);
    if (fabs((double)wait - expected) > 600000)
        fail_msg("a reservation must wait %.0f ms, and waits %" PRId64, expected, wait);
    account_take_tokens(account, count);
}

/* ---- an operator's hand ---- */

static void replay(struct model *model)
{
    bool is_done = model_roll(model, 2), also_done = is_done || model_roll(model, 2);
    struct model_event *event = model_any(model, is_done ? DONE : DEAD);

    if (!event)
        return;
    assert_true(bench_replay(model->bench, event->id, also_done));
    model_replay(model, event);
}

static void refuse_replay(struct model *model)
{
    struct model_event *event = &model->events[model_roll(model, MODEL_EVENTS)];

    if (event->place == EMPTY || event->place == DEAD || event->place == DONE)
        return;
    assert_false(bench_replay(model->bench, event->id, true));
    assert_false(bench_drop(model->bench, event->id));
}

static void drop(struct model *model)
{
    struct model_event *event = model_any(model, DEAD);

    if (event)
        drop_one(model, event);
}

static void forget_one(struct model *model)
{
    struct model_event *event = model_any(model, GONE);

    if (event)
        forget(model, event);
}

static void flush_scripts(struct model *model)
{
    redis_fixture_do(model->bench->redis, "SCRIPT FLUSH");
}

/* ---- the whole ---- */

/* How often each is done, of 2000. */
static const struct operation {
    unsigned share;
    void (*run)(struct model *model);
} operations[] = {
    {420, store},  {780, exchange}, {40, settle_stale},  {70, expire},     {20, release},      {40, extend},
    {130, upkeep}, {140, make_due}, {90, account_due},   {90, hold},       {40, limit},        {40, reserve},
    {40, replay},  {20, drop},      {10, refuse_replay}, {20, forget_one}, {8, flush_scripts}, {2, lose_answer},
};

static void step(struct model *model)
{
    unsigned number = model_roll(model, 2000);

    model_begin_step(model);
    for (size_t i = 0; i < COUNT_OF(operations); i++) {
        if (number < operations[i].share) {
            operations[i].run(model);
            break;
        }
        number -= operations[i].share;
    }
    model_compare(model);
}

/* All is set free and run to its end. */
static void drain(struct model *model)
{
    model_begin_step(model);
    for (unsigned i = 0; i < MODEL_ACCOUNTS; i++) {
        set_limits(model, i, (struct queue_limits){.burst = 1});
        assert_true(bench_resume(model->bench, model_accounts[i]));
        model->accounts[i].hold = HOLD_NONE;
        model->accounts[i].is_due = false;
    }
    while (count_all(model, READY) + count_all(model, PARKED) + count_all(model, LEASED) > 0) {
        struct model_event *event;

        while ((event = model_any(model, PARKED)) != NULL && !event->is_due) {
            make_due(model);
            upkeep(model);
        }
        while ((event = model_any(model, LEASED)) != NULL) {
            struct bundle bundle = {.worker = event->worker};

            add_settlement(model, &bundle, event);
            bundle.settlements[0].outcome = OUTCOME_DONE;
            run_bundle(model, &bundle);
            model_compare(model);
            model_begin_step(model);
        }
        claim_all(model);
    }
}

static uint64_t number_from_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

static struct model model; /* that of the test that runs, so that its tear-down can say how far it came */

static void run(struct bench *bench, unsigned shards, uint64_t steps)
{
    uint64_t seed = number_from_environment("SEED", 1);
    struct queue_options options = {.lease_ms = MODEL_LONG_MS,
                                    .shards = shards,
                                    .max_events = MAX_EVENTS,
                                    .done_keep_count = DONE_KEEP,
                                    .max_crashes = MODEL_MAX_CRASHES};
    struct error err;

    print_message("SEED=%" PRIu64 " STEPS=%" PRIu64 ", shards: %u\n", seed, steps, shards);
    log_init("model", LOG_ERROR);
    redis_fixture_flush(bench->redis); /* or it would have another number of shards */
    bench_reopen(bench, options);
    model_init(&model, bench, seed, shards);
    model.max_events = MAX_EVENTS / shards;
    model.done_keep = DONE_KEEP / shards;
    options.url = redis_fixture_url(bench->redis);
    model.other = queue_open(bench->loop, &options, &err);
    assert_non_null(model.other);
    for (uint64_t i = 0; i < steps; i++)
        step(&model);
    drain(&model);
    assert_int_equal(count_all(&model, EMPTY) + count_all(&model, DONE) + count_all(&model, GONE) +
                         count_all(&model, DEAD),
                     MODEL_EVENTS);
}

static void random_operations_agree_with_the_model(void **state)
{
    run(*state, 1, number_from_environment("STEPS", 100000));
}

static void random_operations_on_three_shards_agree_with_the_model(void **state)
{
    run(*state, 3, number_from_environment("STEPS", 100000) / 20);
}

static int close_both(void **state)
{
    print_message("%" PRIu64 " steps were made\n", model.step);
    queue_close(model.other);
    model.other = NULL;
    return bench_close(state);
}

int main(void)
{
#define MODEL_TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, close_both)
    const struct CMUnitTest tests[] = {
        MODEL_TEST(random_operations_agree_with_the_model),
        MODEL_TEST(random_operations_on_three_shards_agree_with_the_model),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
