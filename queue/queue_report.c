/*
 * queue_report.c - reports over all shards, and an operator's hand on an event, whose shard nobody knows by its id.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "queue/queue_state.h"

#include <stdlib.h>
#include <string.h>

/* ---- gathering ---- */

/* Puts a shard's report into the whole; both are objects, whole is empty for the first. */
typedef void merge_fn(cJSON *whole, const cJSON *part);

struct gathering {
    unsigned pending;
    cJSON *whole; /* NULL until a shard has had something to say */
    struct error err;
    bool may_lack; /* a shard that is away is left out */
    merge_fn *merge;
    size_t limit;                                       /* of events in a list */
    int (*compare)(const void *one, const void *other); /* orders a list; NULL: it is in order */
    queue_report_fn *fn;
    void *arg;
};

static void cut_list(const struct gathering *gathering);

static void on_report(void *arg, const cJSON *report, const struct error *err)
{
    struct gathering *gathering = arg;

    if (err && gathering->err.kind == ERROR_NONE)
        gathering->err = *err;
    if (report && !gathering->whole)
        gathering->whole = cJSON_Duplicate(report, true);
    else if (report)
        gathering->merge(gathering->whole, report);
    if (--gathering->pending > 0)
        return;
    cut_list(gathering);
    err = gathering->err.kind == ERROR_NONE || (gathering->may_lack && gathering->whole) ? NULL : &gathering->err;
    gathering->fn(gathering->arg, err ? NULL : gathering->whole, err);
    cJSON_Delete(gathering->whole);
    mem_free(gathering);
}

static struct gathering *gathering_new(const struct queue *queue, merge_fn *merge, queue_report_fn *fn, void *arg)
{
    struct gathering *gathering = mem_new(sizeof(*gathering));

    *gathering = (struct gathering){.pending = queue->count, .merge = merge, .fn = fn, .arg = arg};
    return gathering;
}

static void add_number(cJSON *whole, const cJSON *part, const char *name)
{
    cJSON *number = json_get(whole, name);

    cJSON_SetNumberHelper(number, number->valuedouble + json_get(part, name)->valuedouble);
}

/* The greater of two numbers, either of which may be null. */
static void take_greater(cJSON *whole, const cJSON *part, const char *name)
{
    const cJSON *own = json_get(whole, name), *other = json_get(part, name);

    if (cJSON_IsNumber(other) && (!cJSON_IsNumber(own) || own->valuedouble < other->valuedouble))
        cJSON_ReplaceItemInObjectCaseSensitive(whole, name, cJSON_Duplicate(other, true));
}

static void append_all(cJSON *whole, const cJSON *part, const char *name)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, json_get(part, name))
        cJSON_AddItemToArray(json_get(whole, name), cJSON_Duplicate(item, true));
}

/* ---- status ---- */

static cJSON *worker_named(const cJSON *workers, const char *id)
{
    cJSON *worker;

    cJSON_ArrayForEach(worker, workers)
    {
        if (strcmp(json_get_string(worker, "id", ""), id) == 0)
            return worker;
    }
    return NULL;
}

/* A worker works for all shards. */
static void merge_workers(cJSON *whole, const cJSON *part)
{
    const cJSON *worker;

    cJSON_ArrayForEach(worker, json_get(part, "workers"))
    {
        cJSON *known = worker_named(json_get(whole, "workers"), json_get_string(worker, "id", ""));

        if (!known) {
            cJSON_AddItemToArray(json_get(whole, "workers"), cJSON_Duplicate(worker, true));
            continue;
        }
        add_number(known, worker, "in_flight");
        if (json_get(worker, "heartbeat_ms_ago")->valuedouble < json_get(known, "heartbeat_ms_ago")->valuedouble)
            cJSON_SetNumberHelper(json_get(known, "heartbeat_ms_ago"),
                                  json_get(worker, "heartbeat_ms_ago")->valuedouble);
    }
}

static void merge_status(cJSON *whole, const cJSON *part)
{
    static const char *const sums[] = {"waiting", "bytes", "in_flight", "retrying", "dead", "done"};

    for (size_t i = 0; i < COUNT_OF(sums); i++)
        add_number(whole, part, sums[i]);
    take_greater(whole, part, "oldest_waiting_ms");
    merge_workers(whole, part);
    append_all(whole, part, "accounts");
}

void queue_status(struct queue *queue, queue_report_fn *fn, void *arg)
{
    struct gathering *gathering = gathering_new(queue, merge_status, fn, arg);

    gathering->may_lack = true;
    for (unsigned i = 0; i < queue->count; i++)
        shard_status(queue->members[i].shard, on_report, gathering);
}

/* ---- lists ---- */

typedef int order_fn(const void *one, const void *other);

static const cJSON *event_at(const void *place)
{
    return *(const cJSON *const *)place;
}

static int compare_times(const void *one, const void *other, const char *name)
{
    int64_t one_ms = json_get_integer(event_at(one), name, 0), other_ms = json_get_integer(event_at(other), name, 0);

    return (one_ms > other_ms) - (one_ms < other_ms);
}

static int newest_first(const void *one, const void *other)
{
    return strcmp(json_get_string(event_at(other), "id", ""), json_get_string(event_at(one), "id", ""));
}

static int settled_last_first(const void *one, const void *other)
{
    return compare_times(other, one, "settled_ms");
}

static int due_first(const void *one, const void *other)
{
    return compare_times(one, other, "due_ms");
}

/* How the events of a state are ordered; of any other state, the newest come first. */
static const struct order {
    const char *state;
    order_fn *compare;
} orders[] = {{"dead", settled_last_first}, {"done", settled_last_first}, {"retrying", due_first}};

static order_fn *order_of(const char *state)
{
    for (size_t i = 0; state && i < COUNT_OF(orders); i++)
        if (strcmp(orders[i].state, state) == 0)
            return orders[i].compare;
    return newest_first;
}

static void merge_list(cJSON *whole, const cJSON *part)
{
    append_all(whole, part, "events");
}

/* All events of the list, taken out of it; owned, with a place for one more. */
static cJSON **take_all(cJSON *events, size_t *count)
{
    cJSON **all = mem_new(((size_t)cJSON_GetArraySize(events) + 1) * sizeof(cJSON *));

    for (*count = 0; events->child; (*count)++)
        all[*count] = cJSON_DetachItemViaPointer(events, events->child);
    return all;
}

/* A list of several shards' events is put in order, and cut to what was asked for. */
static void cut_list(const struct gathering *gathering)
{
    cJSON *events = json_get(gathering->whole, "events"), **all;
    size_t count;

    if (!gathering->compare || !events)
        return;
    all = take_all(events, &count);
    qsort(all, count, sizeof(cJSON *), gathering->compare);
    for (size_t i = 0; i < count; i++)
        if (i < gathering->limit)
            cJSON_AddItemToArray(events, all[i]);
        else
            cJSON_Delete(all[i]);
    mem_free(all);
}

void queue_list(struct queue *queue, const char *state, const char *account, size_t limit, queue_report_fn *fn,
                void *arg)
{
    struct gathering *gathering = gathering_new(queue, merge_list, fn, arg);

    gathering->limit = limit < QUEUE_LIST_MAX ? limit : QUEUE_LIST_MAX;
    gathering->compare = queue->count > 1 ? order_of(state) : NULL;
    for (unsigned i = 0; i < queue->count; i++)
        shard_list(queue->members[i].shard, state, account, limit, on_report, gathering);
}

/* ---- one event ---- */

static void merge_show(cJSON *whole, const cJSON *part)
{
    (void)whole; /* an event is in one shard */
    (void)part;
}

void queue_show(struct queue *queue, const char *id, queue_report_fn *fn, void *arg)
{
    struct gathering *gathering = gathering_new(queue, merge_show, fn, arg);

    for (unsigned i = 0; i < queue->count; i++)
        shard_show(queue->members[i].shard, id, on_report, gathering);
}

typedef void operate_fn(struct shard *shard, const char *id, queue_done_fn *fn, void *arg);

/* One operation on an event that one shard may have. */
struct search {
    unsigned pending;
    bool is_done;
    struct error err; /* the one that says most */
    queue_done_fn *fn;
    void *arg;
};

/* "There is no such event" is what all shards but one say; anything else says more. */
static void on_operated(void *arg, const struct error *err)
{
    struct search *search = arg;

    search->is_done = search->is_done || !err;
    if (err && (search->err.kind == ERROR_NONE || search->err.kind == ERROR_INVALID))
        search->err = *err;
    if (--search->pending > 0)
        return;
    search->fn(search->arg, search->is_done ? NULL : &search->err);
    mem_free(search);
}

static void search(struct queue *queue, operate_fn *operate, const char *id, queue_done_fn *fn, void *arg)
{
    struct search *search = mem_new(sizeof(*search));

    *search = (struct search){.pending = queue->count, .fn = fn, .arg = arg};
    for (unsigned i = 0; i < queue->count; i++)
        operate(queue->members[i].shard, id, on_operated, search);
}

static void replay_dead(struct shard *shard, const char *id, queue_done_fn *fn, void *arg)
{
    shard_replay(shard, id, false, fn, arg);
}

static void replay_any(struct shard *shard, const char *id, queue_done_fn *fn, void *arg)
{
    shard_replay(shard, id, true, fn, arg);
}

void queue_replay(struct queue *queue, const char *id, bool also_done, queue_done_fn *fn, void *arg)
{
    search(queue, also_done ? replay_any : replay_dead, id, fn, arg);
}

void queue_drop(struct queue *queue, const char *id, queue_done_fn *fn, void *arg)
{
    search(queue, shard_drop, id, fn, arg);
}

/* ---- the audit, and repairing ---- */

static void merge_audit(cJSON *whole, const cJSON *part)
{
    static const char *const sums[] = {"keys", "lanes", "events"};

    for (size_t i = 0; i < COUNT_OF(sums); i++)
        add_number(whole, part, sums[i]);
    append_all(whole, part, "problems");
}

void queue_audit(struct queue *queue, queue_report_fn *fn, void *arg)
{
    struct gathering *gathering = gathering_new(queue, merge_audit, fn, arg);

    for (unsigned i = 0; i < queue->count; i++)
        shard_audit(queue->members[i].shard, on_report, gathering);
}

static void merge_repair(cJSON *whole, const cJSON *part)
{
    merge_audit(whole, part);
    add_number(whole, part, "left");
}

void queue_repair(struct queue *queue, queue_report_fn *fn, void *arg)
{
    struct gathering *gathering = gathering_new(queue, merge_repair, fn, arg);

    for (unsigned i = 0; i < queue->count; i++)
        shard_repair(queue->members[i].shard, on_report, gathering);
}
