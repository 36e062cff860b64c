/*
 * queue_care.c - heartbeats, leases and upkeep over all shards: each is asked, and the answers are put together.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/mem.h"
#include "queue/queue_state.h"

/* ---- extending ---- */

/* One queue_extend on its way. */
struct beat {
    enum lease_state *states;
    size_t count;
    unsigned pending;
    struct error err; /* the first; ERROR_NONE for none */
    queue_extended_fn *fn;
    void *arg;
};

/* One shard's part of it. */
struct beat_part {
    struct beat *beat;
    struct lease *leases;
    size_t *indexes;
    size_t count;
};

static void note_error(struct error *first, const struct error *err)
{
    if (err && first->kind == ERROR_NONE)
        *first = *err;
}

static void finish_beat(struct beat *beat)
{
    beat->fn(beat->arg, beat->states, beat->count, beat->err.kind == ERROR_NONE ? NULL : &beat->err);
    mem_free(beat->states);
    mem_free(beat);
}

static void on_extended(void *arg, const enum lease_state *states, size_t count, const struct error *err)
{
    struct beat_part *part = arg;
    struct beat *beat = part->beat;

    note_error(&beat->err, err);
    for (size_t i = 0; i < count; i++)
        beat->states[part->indexes[i]] = states[i];
    mem_free(part->indexes);
    mem_free(part);
    if (--beat->pending == 0)
        finish_beat(beat);
}

/* The leases of one shard. */
static struct beat_part *part_of(const struct queue *queue, unsigned number, struct beat *beat,
                                 const struct lease *leases)
{
    struct beat_part *part = mem_new(sizeof(*part));

    part->beat = beat;
    part->leases = mem_new((beat->count + 1) * sizeof(*part->leases));
    part->indexes = mem_new((beat->count + 1) * sizeof(*part->indexes));
    for (size_t i = 0; i < beat->count; i++) {
        if (queue_number_of_lane(queue, leases[i].lane) != number)
            continue;
        part->indexes[part->count] = i;
        part->leases[part->count++] = leases[i];
    }
    return part;
}

void queue_extend(struct queue *queue, const char *worker, const struct lease *leases, size_t count,
                  queue_extended_fn *fn, void *arg)
{
    struct beat *beat;

    if (queue->count == 1) {
        shard_extend(queue->members[0].shard, worker, leases, count, fn, arg);
        return;
    }
    beat = mem_new(sizeof(*beat));
    *beat = (struct beat){.count = count, .pending = queue->count, .fn = fn, .arg = arg};
    beat->states = mem_new((count + 1) * sizeof(*beat->states));
    for (unsigned i = 0; i < queue->count; i++) {
        struct beat_part *part = part_of(queue, i, beat, leases);

        shard_extend(queue->members[i].shard, worker, part->leases, part->count, on_extended, part);
        mem_free(part->leases);
        part->leases = NULL;
    }
}

/* ---- upkeep ---- */

struct care {
    unsigned pending;
    unsigned answered;
    struct upkeep sum;
    struct error err;
    queue_upkeep_fn *fn;
    void *arg;
};

/* A shard that is away is no reason to leave the others alone. */
static void on_upkeep(void *arg, const struct upkeep *upkeep, const struct error *err)
{
    struct care *care = arg;

    note_error(&care->err, err);
    if (!err) {
        care->answered++;
        care->sum.woken += upkeep->woken;
        care->sum.reclaimed += upkeep->reclaimed;
        care->sum.buried += upkeep->buried;
        care->sum.trimmed += upkeep->trimmed;
        care->sum.next_due_ms = clock_earlier_ms(care->sum.next_due_ms, upkeep->next_due_ms);
        care->sum.has_more = care->sum.has_more || upkeep->has_more;
    }
    if (--care->pending > 0)
        return;
    care->fn(care->arg, care->answered ? &care->sum : NULL, care->answered ? NULL : &care->err);
    mem_free(care);
}

void queue_upkeep(struct queue *queue, queue_upkeep_fn *fn, void *arg)
{
    struct care *care = mem_new(sizeof(*care));

    *care = (struct care){.pending = queue->count, .sum.next_due_ms = -1, .fn = fn, .arg = arg};
    for (unsigned i = 0; i < queue->count; i++)
        shard_upkeep(queue->members[i].shard, on_upkeep, care);
}

/* ---- releasing ---- */

struct handing {
    unsigned pending;
    size_t count;
    struct error err;
    queue_count_fn *fn;
    void *arg;
};

static void on_released(void *arg, size_t count, const struct error *err)
{
    struct handing *handing = arg;

    note_error(&handing->err, err);
    handing->count += count;
    if (--handing->pending > 0)
        return;
    handing->fn(handing->arg, handing->count, handing->err.kind == ERROR_NONE ? NULL : &handing->err);
    mem_free(handing);
}

void queue_release(struct queue *queue, const char *worker, queue_count_fn *fn, void *arg)
{
    struct handing *handing = mem_new(sizeof(*handing));

    *handing = (struct handing){.pending = queue->count, .fn = fn, .arg = arg};
    for (unsigned i = 0; i < queue->count; i++)
        shard_release(queue->members[i].shard, worker, on_released, handing);
}
