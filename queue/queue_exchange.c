/*
 * queue_exchange.c - an exchange with several shards: settlements go where their lanes are, claims come from those that
 * may have some, in turns. With one shard it is that shard's exchange.
 *
 * A shard is asked for claims when it has said that it has more, has been woken for, has just come back, or has
 * something due; and all are asked when that is true of none.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/mem.h"
#include "queue/queue_state.h"

#include <assert.h>

/* One exchange on its way to all shards. */
struct round {
    queue_exchange_fn *fn;
    void *arg;
    unsigned pending;
};

/* One shard's part of it. */
struct part {
    struct round *round;
    struct member *member;
    struct settlement *settlements;
    size_t *indexes; /* of settlements among those of the round */
    size_t count;
    size_t want;
    bool is_asked;
};

/* ---- answers ---- */

static void note_member(struct member *member, const struct part *part, const struct exchange_result *result)
{
    if (part->want > 0)
        member->may_have = result->has_more;
    else
        member->may_have = member->may_have || result->has_more;
    member->due_ms = result->next_due_ms < 0 ? -1 : clock_monotonic_ms() + result->next_due_ms;
}

/* What shards that were not asked are known to have is said with the last part, or the worker would wait for it. */
static void add_others(const struct queue *queue, struct exchange_result *shown)
{
    int64_t now_ms = clock_monotonic_ms();

    for (unsigned i = 0; i < queue->count && !queue->is_closing; i++) {
        const struct member *member = &queue->members[i];
        int64_t due_ms = member->due_ms > now_ms ? member->due_ms - now_ms : 0;

        if (!shard_is_ready(member->shard))
            continue;
        shown->has_more = shown->has_more || member->may_have;
        shown->next_due_ms = clock_earlier_ms(shown->next_due_ms, member->due_ms < 0 ? -1 : due_ms);
    }
}

static size_t *indexes_in_round(const struct part *part, const size_t *own, size_t count)
{
    size_t *indexes = mem_new((count + 1) * sizeof(*indexes));

    for (size_t i = 0; i < count; i++)
        indexes[i] = part->indexes[own[i]];
    return indexes;
}

static void on_part(void *arg, const struct exchange_result *result, const struct error *err)
{
    struct part *part = arg;
    struct round *round = part->round;
    struct exchange_result shown = *result;
    size_t *settled = indexes_in_round(part, result->settled, result->settled_count);
    size_t *refused = indexes_in_round(part, result->refused, result->refused_count);

    if (!err)
        note_member(part->member, part, result);
    shown.settled = settled;
    shown.refused = refused;
    shown.is_last = --round->pending == 0;
    if (shown.is_last)
        add_others(part->member->queue, &shown);
    round->fn(round->arg, &shown, err);
    mem_free(settled);
    mem_free(refused);
    mem_free(part->indexes);
    if (shown.is_last)
        mem_free(round);
    mem_free(part);
}

/* ---- who is asked for what ---- */

static bool is_candidate(const struct member *member)
{
    bool is_due = member->due_ms >= 0 && member->due_ms <= clock_monotonic_ms();

    return shard_is_ready(member->shard) && (member->may_have || is_due);
}

/* Marks whom to ask for claims; gives how many. */
static unsigned mark_candidates(const struct queue *queue, struct part *const *parts)
{
    unsigned count = 0;

    for (unsigned i = 0; i < queue->count; i++)
        count += parts[i]->is_asked = is_candidate(&queue->members[i]);
    if (count > 0)
        return count;
    for (unsigned i = 0; i < queue->count; i++)
        count += parts[i]->is_asked = shard_is_ready(queue->members[i].shard);
    return count;
}

/* Equal shares, and what cannot be shared goes to each in turn. */
static void share_claims(struct queue *queue, struct part *const *parts, size_t want)
{
    unsigned count = want > 0 ? mark_candidates(queue, parts) : 0;
    assert(queue->count > 0);
    size_t rest = count > 0 ? want % count : 0;

    for (unsigned i = 0; i < queue->count && count > 0; i++) {
        struct part *part = parts[(queue->turn + i) % queue->count];

        if (!part->is_asked)
            continue;
        part->want = want / count + (rest > 0 ? 1 : 0);
        rest -= rest > 0;
    }
    queue->turn = (queue->turn + 1) % queue->count;
}

static void share_settlements(const struct queue *queue, struct part *const *parts, const struct exchange *exchange)
{
    for (size_t i = 0; i < exchange->settlement_count; i++) {
        struct part *part = parts[queue_number_of_lane(queue, exchange->settlements[i].lane)];

        part->indexes[part->count] = i;
        part->settlements[part->count++] = exchange->settlements[i];
    }
}

static struct part *part_new(struct member *member, size_t settlement_count)
{
    struct part *part = mem_new(sizeof(*part));

    part->member = member;
    part->settlements = mem_new((settlement_count + 1) * sizeof(*part->settlements));
    part->indexes = mem_new((settlement_count + 1) * sizeof(*part->indexes));
    return part;
}

static bool has_content(const struct part *part)
{
    return part->count > 0 || part->want > 0;
}

static void send_part(struct part *part, const struct exchange *whole)
{
    struct exchange exchange = *whole;

    exchange.settlements = part->settlements;
    exchange.settlement_count = part->count;
    exchange.want = part->want;

    shard_exchange(part->member->shard, &exchange, on_part, part);
    mem_free(part->settlements); /* they were copied */
}

static void drop_part(struct part *part)
{
    mem_free(part->settlements);
    mem_free(part->indexes);
    mem_free(part);
}

/* With nothing to ask of anybody, the first shard says so. */
static void send_parts(struct queue *queue, struct part **parts, const struct exchange *exchange, struct round *round)
{
    for (unsigned i = 0; i < queue->count; i++)
        round->pending += has_content(parts[i]);
    bool is_empty = round->pending == 0;
    round->pending += is_empty;
    for (unsigned i = 0; i < queue->count; i++) {
        parts[i]->round = round;
        if (has_content(parts[i]) || (is_empty && i == 0))
            send_part(parts[i], exchange);
        else
            drop_part(parts[i]);
    }
}

void queue_exchange(struct queue *queue, const struct exchange *exchange, queue_exchange_fn *fn, void *arg)
{
    struct part **parts;
    struct round *round;

    if (queue->count == 1) {
        shard_exchange(queue->members[0].shard, exchange, fn, arg);
        return;
    }
    parts = mem_new(queue->count * sizeof(struct part *));
    round = mem_new(sizeof(*round));
    round->fn = fn;
    round->arg = arg;
    for (unsigned i = 0; i < queue->count; i++)
        parts[i] = part_new(&queue->members[i], exchange->settlement_count);
    share_settlements(queue, parts, exchange);
    share_claims(queue, parts, exchange->want);
    send_parts(queue, parts, exchange, round);
    mem_free(parts);
}

/* ---- waiting ---- */

/* The others stop waiting too, so that the tokens they would take are left for those who wait. */
static void stop_waiting(struct queue *queue)
{
    for (unsigned i = 0; i < queue->count; i++) {
        if (queue->members[i].is_waiting)
            shard_stop_waiting(queue->members[i].shard);
        queue->members[i].is_waiting = false;
    }
}

/* Without a token, all are looked at: a token may have been lost with a worker. */
static void note_woken(struct member *woken)
{
    struct queue *queue = woken->queue;

    for (unsigned i = 0; i < queue->count; i++)
        if (!woken->shard->has_token || &queue->members[i] == woken)
            queue->members[i].may_have = true;
}

/* Somebody was woken, or has waited long enough. When the queue is closed, the first one answers for all. */
static void on_woken(void *arg, const struct error *err)
{
    struct member *member = arg;
    struct queue *queue = member->queue;
    queue_done_fn *fn = queue->woken;

    member->is_waiting = false;
    if (!fn)
        return;
    queue->woken = NULL;
    if (!queue->is_closing) {
        stop_waiting(queue);
        note_woken(member);
    }
    fn(queue->woken_arg, err && (queue->is_closing || !queue_is_usable(queue)) ? err : NULL);
}

void queue_wait(struct queue *queue, int64_t timeout_ms, queue_done_fn *fn, void *arg)
{
    queue->woken = fn;
    queue->woken_arg = arg;
    for (unsigned i = 0; i < queue->count; i++) {
        struct member *member = &queue->members[i];

        member->is_waiting = true;
        shard_wait(member->shard, timeout_ms, on_woken, member);
    }
}

void queue_wake(struct queue *queue)
{
    for (unsigned i = 0; i < queue->count; i++)
        if (queue->members[i].is_waiting)
            shard_wake(queue->members[i].shard);
}
