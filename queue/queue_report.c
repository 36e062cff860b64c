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
    merge_fn *merge;
    size_t limit; /* of events in a list */
    bool (*is_after)(const cJSON *one, const cJSON *other);
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
    err = gathering->err.kind == ERROR_NONE ? NULL : &gathering->err;
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

    for (unsigned i = 0; i < queue->count; i++)
        shard_status(queue->members[i].shard, on_report, gathering);
}

/* ---- lists ---- */

static bool is_older(const cJSON *one, const cJSON *other)
{
    return strcmp(json_get_string(one, "id", ""), json_get_string(other, "id", "")) < 0;
}

static bool is_settled_earlier(const cJSON *one, const cJSON *other)
{
    return json_get_integer(one, "settled_ms", 0) < json_get_integer(other, "settled_ms", 0);
}

static bool is_due_later(const cJSON *one, const cJSON *other)
{
    return json_get_integer(one, "due_ms", 0) > json_get_integer(other, "due_ms", 0);
}

/* How the events of a state are ordered; of any other state, the newest come first. */
static const struct order {
    const char *state;
    bool (*is_after)(const cJSON *one, const cJSON *other);
} orders[] = {{"dead", is_settled_earlier}, {"done", is_settled_earlier}, {"retrying", is_due_later}};

static void merge_list(cJSON *whole, const cJSON *part)
{
    append_all(whole, part, "events");
}

/* Takes the first of events that no other comes before. */
static cJSON *take_first(cJSON *events, bool (*is_after)(const cJSON *, const cJSON *))
{
    cJSON *first = events->child, *event;

    cJSON_ArrayForEach(event, events)
    {
        if (is_after(first, event))
            first = event;
    }
    return cJSON_DetachItemViaPointer(events, first);
}

/* A list of several shards' events is put in order, and cut to what was asked for. */
static void cut_list(const struct gathering *gathering)
{
    cJSON *events, *sorted;

    if (!gathering->is_after || !gathering->whole)
        return;
    events = json_get(gathering->whole, "events");
    sorted = cJSON_CreateArray();
    for (size_t i = 0; i < gathering->limit && events->child; i++)
        cJSON_AddItemToArray(sorted, take_first(events, gathering->is_after));
    cJSON_ReplaceItemInObjectCaseSensitive(gathering->whole, "events", sorted);
}

void queue_list(struct queue *queue, const char *state, const char *account, size_t limit, queue_report_fn *fn,
                void *arg)
{
    struct gathering *gathering = gathering_new(queue, merge_list, fn, arg);

    gathering->limit = limit;
    gathering->is_after = queue->count > 1 ? is_older : NULL;
    for (size_t i = 0; state && queue->count > 1 && i < COUNT_OF(orders); i++)
        if (strcmp(orders[i].state, state) == 0)
            gathering->is_after = orders[i].is_after;
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
