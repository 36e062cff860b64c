/*
 * mill.c - see mill.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/queue/mill.h"

#include "base/clock.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LANES = MILL_ACCOUNTS * MILL_LANES, WANT = 32, AGAIN_MS = 20, GUARD_MS = 30000, TEXT_SIZE = 400 };

/* One lane: its events are numbered from 0 and carry their number as payload. */
struct mill_lane {
    struct mill *mill;
    unsigned number;
    size_t stored; /* acknowledged */
    size_t done;   /* settled for good */
    struct event event;
    char account[16], key[16], delivery[32], payload[32];
    struct timer *again;
};

/* A claim that was run and is to be settled. */
struct ground {
    struct ground *next;
    struct mill_lane *lane;
    size_t number;
    char name[TEXT_SIZE], id[ULID_SIZE];
    uint64_t token;
};

struct mill {
    struct loop *loop;
    struct queue *queue;
    size_t events, begun;
    struct mill_lane lanes[LANES];
    struct ground *ground;                    /* to be settled */
    struct ground *sent[QUEUE_BATCH_MAX + 1]; /* with the exchange under way */
    bool is_exchanging, is_stopping;
    struct timer *turn;
    struct timer *guard;
    size_t until;
    struct mill_counts counts;
};

/* ---- the sender ---- */

static void store(struct mill_lane *lane);

static void begin_next(struct mill_lane *lane)
{
    struct mill *mill = lane->mill;

    if (mill->begun == mill->events)
        return;
    mill->begun++;
    ulid_new(lane->event.id);
    snprintf(lane->delivery, sizeof(lane->delivery), "%u-%zu", lane->number, lane->stored);
    snprintf(lane->payload, sizeof(lane->payload), "%u %zu", lane->number, lane->stored);
    lane->event.payload_size = strlen(lane->payload);
    store(lane);
}

/* A duplicate is an event whose first acknowledgement was lost. */
static void on_stored(void *arg, enum queue_stored result, const char *id, const struct error *err)
{
    struct mill_lane *lane = arg;

    (void)id;
    (void)err;
    assert_int_not_equal(result, QUEUE_FULL);
    if (result == QUEUE_UNAVAILABLE) {
        timer_start(lane->again, AGAIN_MS);
        return;
    }
    lane->stored++;
    lane->mill->counts.stored++;
    lane->mill->counts.last_stored_ms = clock_monotonic_ms();
    begin_next(lane);
}

static void on_again(void *arg)
{
    store(arg);
}

static void store(struct mill_lane *lane)
{
    lane->event.received_ms = clock_now_ms();
    queue_enqueue(lane->mill->queue, &lane->event, on_stored, lane);
}

/* ---- the worker ---- */

static void grind(struct mill *mill, const struct claim *claim)
{
    struct ground *ground = mem_new(sizeof(*ground));
    unsigned lane;

    assert_int_equal(sscanf(claim->event.payload, "%u %zu", &lane, &ground->number), 2);
    assert_in_range(lane, 0, LANES - 1);
    ground->lane = &mill->lanes[lane];
    if (ground->number < ground->lane->done) {
        assert_true(claim->was_interrupted); /* the handlers are told to look before they write */
        mill->counts.again++;
    } else {
        assert_int_equal(ground->number, ground->lane->done);
    }
    snprintf(ground->name, sizeof(ground->name), "%s", claim->lane);
    memcpy(ground->id, claim->event.id, ULID_SIZE);
    ground->token = claim->token;
    ground->next = mill->ground;
    mill->ground = ground;
}

static void settle(struct mill *mill, struct ground *ground)
{
    if (ground->number == ground->lane->done) {
        ground->lane->done++;
        mill->counts.settled++;
        mill->counts.last_settled_ms = clock_monotonic_ms();
    }
    mem_free(ground);
    if (mill->counts.settled >= mill->until)
        loop_stop(mill->loop);
}

/* A settlement whose answer was lost is sent again. When it is refused then, it had been taken; or what Redis knew of
 * the claim is lost, and the event will come again, in doubt. */
static void on_exchanged(void *arg, const struct exchange_result *result, const struct error *err)
{
    struct mill *mill = arg;

    for (size_t i = 0; i < result->settled_count; i++) {
        struct ground *ground = mill->sent[result->settled[i]];

        if (err) {
            ground->next = mill->ground;
            mill->ground = ground;
        } else {
            settle(mill, ground);
        }
    }
    for (size_t i = 0; !err && i < result->claim_count; i++)
        grind(mill, &result->claims[i]);
    mill->is_exchanging = !result->is_last;
    if (mill->is_stopping)
        loop_stop(mill->loop);
    else if (result->is_last)
        timer_start(mill->turn, err ? AGAIN_MS : result->has_more || mill->ground ? 0 : 1);
}

static void on_turn(void *arg)
{
    struct mill *mill = arg;
    struct settlement settlements[WANT];
    struct exchange exchange = {.worker = "mill", .settlements = settlements, .want = WANT};

    while (mill->ground && exchange.settlement_count < WANT) {
        struct ground *ground = mill->ground;

        mill->ground = ground->next;
        mill->sent[exchange.settlement_count] = ground;
        settlements[exchange.settlement_count++] = (struct settlement){.id = ground->id,
                                                                       .lane = ground->name,
                                                                       .token = ground->token,
                                                                       .outcome = OUTCOME_DONE,
                                                                       .reason = "",
                                                                       .progress = "",
                                                                       .trace = ""};
    }
    mill->is_exchanging = true;
    queue_exchange(mill->queue, &exchange, on_exchanged, mill);
}

/* ---- life ---- */

static void on_guard(void *arg)
{
    loop_stop(((struct mill *)arg)->loop);
}

static void open_lane(struct mill *mill, unsigned number)
{
    struct mill_lane *lane = &mill->lanes[number];

    lane->mill = mill;
    lane->number = number;
    snprintf(lane->account, sizeof(lane->account), "a%u", number / MILL_LANES);
    snprintf(lane->key, sizeof(lane->key), "k%u", number % MILL_LANES);
    lane->event = (struct event){.account = lane->account,
                                 .source = "test",
                                 .type = "a.b",
                                 .order_key = lane->key,
                                 .delivery_id = lane->delivery,
                                 .headers = "{}",
                                 .payload = lane->payload};
    lane->again = timer_new(mill->loop, on_again, lane);
    begin_next(lane);
}

struct mill *mill_open(struct loop *loop, struct queue *queue, size_t events)
{
    struct mill *mill = mem_new(sizeof(*mill));

    mill->loop = loop;
    mill->queue = queue;
    mill->events = events;
    mill->turn = timer_new(loop, on_turn, mill);
    mill->guard = timer_new(loop, on_guard, mill);
    for (unsigned i = 0; i < LANES; i++)
        open_lane(mill, i);
    timer_start(mill->turn, 0);
    return mill;
}

const struct mill_counts *mill_counts(const struct mill *mill)
{
    return &mill->counts;
}

void mill_run(struct mill *mill, size_t settled)
{
    mill->until = settled ? settled : mill->events;
    timer_start(mill->guard, GUARD_MS);
    while (mill->counts.settled < mill->until && timer_is_active(mill->guard))
        loop_run(mill->loop);
    timer_stop(mill->guard);
    if (mill->counts.settled < mill->until)
        fail_msg("%zu of %zu events stored, %zu settled", mill->counts.stored, mill->events, mill->counts.settled);
}

void mill_close(struct mill *mill)
{
    mill->is_stopping = true;
    timer_stop(mill->turn);
    while (mill->is_exchanging)
        loop_run(mill->loop);
    timer_free(mill->turn);
    timer_free(mill->guard);
    for (unsigned i = 0; i < LANES; i++)
        timer_free(mill->lanes[i].again);
    while (mill->ground) {
        struct ground *next = mill->ground->next;

        mem_free(mill->ground);
        mill->ground = next;
    }
    mem_free(mill);
}
