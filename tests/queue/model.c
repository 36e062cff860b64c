/*
 * model.c - see model.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/queue/model.h"

#include "base/mem.h"
#include "queue/keys.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const model_accounts[MODEL_ACCOUNTS] = {"a", "b-2", "c.3"};
const char *const model_keys[MODEL_KEYS] = {"", "k", "x/y:{q1}"};
const char *const model_workers[MODEL_WORKERS] = {"w1", "w2 with spaces", "w3"};

void model_init(struct model *model, struct bench *bench, uint64_t seed, unsigned shards)
{
    *model = (struct model){.bench = bench, .shards = shards, .dice = seed * 0x9E3779B97F4A7C15u + 1};
    for (unsigned i = 0; i < MODEL_ACCOUNTS; i++)
        model->accounts[i].factor = model->accounts[i].burst = 1;
}

unsigned model_roll(struct model *model, unsigned sides)
{
    model->dice ^= model->dice << 13;
    model->dice ^= model->dice >> 7;
    model->dice ^= model->dice << 17;
    return (unsigned)((model->dice >> 11) % sides);
}

/* ---- looking ---- */

unsigned model_shard_of_account(const struct model *model, unsigned account)
{
    return key_shard_of(model_accounts[account], model->shards);
}

unsigned model_shard_of(const struct model *model, const struct model_event *event)
{
    return model_shard_of_account(model, event->account);
}

bool event_is_unsettled(const struct model_event *event)
{
    return event->place >= WAITING && event->place <= PARKED;
}

bool event_is_head(const struct model_event *event)
{
    return event->place >= READY && event->place <= PARKED;
}

char *event_lane(const struct model_event *event)
{
    const char *key = model_keys[event->key];

    return mem_printf("%s%s%s", model_accounts[event->account], key[0] ? "/" : ":", key[0] ? key : event->id);
}

struct model_event *model_any(struct model *model, enum place place)
{
    unsigned start = model_roll(model, MODEL_EVENTS);

    for (unsigned i = 0; i < MODEL_EVENTS; i++)
        if (model->events[(start + i) % MODEL_EVENTS].place == place)
            return &model->events[(start + i) % MODEL_EVENTS];
    return NULL;
}

struct model_event *model_named(struct model *model, const char *id)
{
    for (unsigned i = 0; i < MODEL_EVENTS; i++)
        if (model->events[i].place != EMPTY && strcmp(model->events[i].id, id) == 0)
            return &model->events[i];
    fail_msg("the model knows no event %s", id);
    return NULL;
}

size_t model_count(const struct model *model, unsigned shard, enum place place)
{
    size_t count = 0;

    for (unsigned i = 0; i < MODEL_EVENTS; i++)
        count += model->events[i].place == place && model_shard_of(model, &model->events[i]) == shard;
    return count;
}

size_t model_unsettled(const struct model *model, unsigned shard)
{
    return model_count(model, shard, WAITING) + model_count(model, shard, READY) + model_count(model, shard, LEASED) +
           model_count(model, shard, PARKED);
}

unsigned model_in_flight(const struct model *model, unsigned account)
{
    unsigned count = 0;

    for (unsigned i = 0; i < MODEL_EVENTS; i++)
        count += model->events[i].place == LEASED && model->events[i].account == account;
    return count;
}

/* The suspect that this worker runs in the shard of event; NULL for none. */
static const struct model_event *suspect_of(const struct model *model, const struct model_event *event, unsigned worker)
{
    for (unsigned i = 0; i < MODEL_EVENTS; i++) {
        const struct model_event *other = &model->events[i];

        if (other->place == LEASED && other->crashes > 0 && other->worker == worker &&
            model_shard_of(model, other) == model_shard_of(model, event))
            return other;
    }
    return NULL;
}

/* ---- rates ---- */

static double gap_of(const struct model_account *account)
{
    return 1000 / (MODEL_RATE * account->factor);
}

double account_tokens(const struct model_account *account)
{
    return account->is_rated ? floor(account->burst - account->debt_ms / gap_of(account) + 1e-6) : 1e9;
}

void account_take_tokens(struct model_account *account, unsigned count)
{
    if (account->is_rated)
        account->debt_ms += count * gap_of(account);
}

static void rest(struct model_account *account)
{
    bool is_resting = account->hold == HOLD_LIMITED && !account->is_due;

    if (!is_resting)
        account->factor = fmax(1.0 / 64, account->factor / 2);
    if (account->is_rated)
        account->debt_ms = fmax(account->debt_ms, (double)MODEL_LONG_MS + (account->burst - 1) * gap_of(account));
    if (account->hold == HOLD_NONE || account->hold == HOLD_LIMITED) {
        account->hold = HOLD_LIMITED;
        account->is_due = false;
    }
}

/* ---- lanes ---- */

void model_begin_step(struct model *model)
{
    model->step++;
    model->said_more = SAID_NOTHING;
    memset(model->trimmed, 0, sizeof(model->trimmed));
    for (unsigned i = 0; i < MODEL_ACCOUNTS; i++)
        model->accounts[i].claimed_upto = INT64_MIN;
}

static bool is_same_lane(const struct model_event *one, const struct model_event *other)
{
    return one->account == other->account && one->key == other->key && model_keys[one->key][0];
}

/* The next of a lane whose head has left it, in no place yet; NULL for none. */
static struct model_event *next_of(struct model *model, const struct model_event *left)
{
    struct model_event *next = NULL;

    for (unsigned i = 0; i < MODEL_EVENTS; i++) {
        struct model_event *event = &model->events[i];

        if (event->place == WAITING && is_same_lane(event, left) && (!next || event->turn < next->turn))
            next = event;
    }
    return next;
}

static bool has_lane(const struct model *model, const struct model_event *event)
{
    for (unsigned i = 0; i < MODEL_EVENTS; i++)
        if (&model->events[i] != event && event_is_unsettled(&model->events[i]) &&
            is_same_lane(&model->events[i], event))
            return true;
    return false;
}

static void make_ready(struct model_event *event, int64_t since)
{
    event->place = READY;
    event->since = since;
    event->is_due = false;
}

/* At the end of its lane. */
static void join_lane(struct model *model, struct model_event *event)
{
    event->turn = ++model->turns;
    if (has_lane(model, event))
        event->place = WAITING;
    else
        make_ready(event, ++model->last);
}

bool model_has_room(const struct model *model, unsigned shard)
{
    return model_unsettled(model, shard) < model->max_events;
}

struct model_event *model_store(struct model *model, const struct event *event, unsigned account, unsigned key)
{
    struct model_event *stored = model_any(model, EMPTY);
    struct buf record;

    assert_non_null(stored);
    *stored = (struct model_event){.account = account, .key = key};
    memcpy(stored->id, event->id, ULID_SIZE);
    buf_init(&record, 4096);
    event_encode(event, &record);
    stored->bytes = record.size;
    buf_clear(&record);
    join_lane(model, stored);
    return stored;
}

void model_wake_due(struct model *model)
{
    model->last++;
    for (unsigned i = 0; i < MODEL_EVENTS; i++)
        if (model->events[i].place == PARKED && model->events[i].is_due)
            make_ready(&model->events[i], model->last);
    for (unsigned i = 0; i < MODEL_ACCOUNTS; i++) {
        struct model_account *account = &model->accounts[i];

        if (account->is_due && account->hold == HOLD_LIMITED)
            account->hold = HOLD_NONE;
        account->is_due = false;
    }
}

/* ---- claims and settlements ---- */

void model_claim(struct model *model, const struct held *held, unsigned worker)
{
    struct model_event *event = model_named(model, held->id);
    struct model_account *account = &model->accounts[event->account];
    char *lane = event_lane(event);

    assert_int_equal(event->place, READY);
    assert_string_equal(held->lane, lane);
    assert_int_equal(account->hold, HOLD_NONE);
    assert_true(account_tokens(account) >= 1);
    assert_true(account->max_in_flight == 0 || model_in_flight(model, event->account) < account->max_in_flight);
    assert_true(event->crashes == 0 || !suspect_of(model, event, worker));
    assert_int_equal(held->attempts, event->attempts);
    assert_int_equal(held->crashes, event->crashes);
    assert_int_equal(held->was_interrupted, event->is_cut);
    assert_int_equal(strtoul(held->progress, NULL, 10), event->progress);
    account_take_tokens(account, 1);
    account->claimed_upto = event->since > account->claimed_upto ? event->since : account->claimed_upto;
    event->place = LEASED;
    event->is_due = false;
    event->held = *held;
    event->worker = worker;
    mem_free(lane);
}

void model_give_back(struct model *model, struct model_event *event)
{
    make_ready(event, model->first);
}

/* Settled for good; the next of its lane becomes ready. */
static void leave(struct model *model, struct model_event *event, enum place place, int64_t since)
{
    struct model_event *next = next_of(model, event);

    event->place = place;
    event->settled = HUGE_VAL;
    model->accounts[event->account].done_ever += place == DONE;
    if (next)
        make_ready(next, since);
}

void model_settle(struct model *model, struct model_event *event, enum outcome outcome, unsigned progress)
{
    struct model_account *account = &model->accounts[event->account];

    event->is_due = false;
    event->progress = progress;
    event->traces++;
    if (outcome != OUTCOME_POSTPONE && outcome != OUTCOME_DEAD)
        event->is_cut = false;
    if (outcome == OUTCOME_RETRY || outcome == OUTCOME_DONE || outcome == OUTCOME_DEAD)
        event->attempts++;
    if (outcome == OUTCOME_DONE || outcome == OUTCOME_DEAD)
        leave(model, event, outcome == OUTCOME_DONE ? DONE : DEAD, ++model->last);
    else if (outcome == OUTCOME_RETRY || outcome == OUTCOME_POSTPONE)
        event->place = PARKED;
    else
        make_ready(event, --model->first);
    if (outcome == OUTCOME_LIMITED)
        rest(account);
    if (outcome == OUTCOME_SUSPENDED && account->hold != HOLD_PAUSED) {
        account->hold = HOLD_SUSPENDED;
        account->is_due = false;
    }
}

void model_lose(struct model *model, struct model_event *event)
{
    model->stale = event->held;
    model->stale_worker = event->worker;
    event->crashes++;
    event->is_cut = true;
    event->is_due = false;
    if (event->crashes >= MODEL_MAX_CRASHES)
        leave(model, event, DEAD, model->last);
    else
        make_ready(event, model->last);
}

void model_replay(struct model *model, struct model_event *event)
{
    event->attempts = event->crashes = 0;
    join_lane(model, event);
}

void model_trim(struct model *model, unsigned shard, size_t most)
{
    size_t done = model_count(model, shard, DONE);
    size_t over = done > model->done_keep ? done - model->done_keep : 0;

    model->trimmed[shard] = over < most ? over : most;
}

void model_expect_nothing_left(const struct model *model, unsigned worker)
{
    for (unsigned i = 0; i < MODEL_EVENTS; i++) {
        const struct model_event *event = &model->events[i];
        const struct model_account *account = &model->accounts[event->account];

        if (event->place == READY && account->hold == HOLD_NONE && account_tokens(account) >= 1 &&
            (account->max_in_flight == 0 || model_in_flight(model, event->account) < account->max_in_flight) &&
            (event->crashes == 0 || !suspect_of(model, event, worker)))
            fail_msg("event %s was ready, and not claimed", event->id);
    }
}
