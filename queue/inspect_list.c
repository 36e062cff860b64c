/*
 * inspect_list.c - the newest events of a state, page by page, never more of them in memory than were asked for.
 *
 * Settled, parked and leased events have an index. Waiting ones have none, to keep them small: for those, and for all,
 * every event of the shard is looked at.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "queue/inspect_state.h"
#include "queue/reply.h"
#include "queue/shard.h"

#include <string.h>

enum { LIST_MAX = QUEUE_LIST_MAX };

struct list {
    struct shard *shard;
    char *state;       /* NULL for any */
    char *account;     /* NULL for any */
    const char *where; /* as the script calls it */
    bool is_ordered;   /* pages come in the order of the report, so enough is enough */
    size_t limit;
    cJSON *rows[LIST_MAX]; /* newest first */
    size_t count;
    queue_report_fn *fn;
    void *arg;
};

/* Where events of a state are found; any other state, or none, means everywhere. */
static const struct place {
    const char *state;
    bool is_ordered;
} places[] = {{"dead", true}, {"done", true}, {"retrying", true}, {"in_flight", false}};

static void finish(struct list *list, const struct error *err)
{
    cJSON *report = cJSON_CreateObject(), *events = cJSON_AddArrayToObject(report, "events");

    for (size_t i = 0; i < list->count; i++)
        cJSON_AddItemToArray(events, list->rows[i]);
    list->fn(list->arg, err ? NULL : report, err);
    cJSON_Delete(report);
    mem_free(list->state);
    mem_free(list->account);
    mem_free(list);
}

static bool is_wanted(const struct list *list, const cJSON *row)
{
    if (list->state && strcmp(json_get_string(row, "state", ""), list->state) != 0)
        return false;
    return !list->account || strcmp(json_get_string(row, "account", ""), list->account) == 0;
}

/* Where row belongs: ids sort by time. A walk over all keys may meet one twice; list->count + 1 then. */
static size_t place_of(const struct list *list, const cJSON *row)
{
    const char *id = json_get_string(row, "id", "");

    if (list->is_ordered)
        return list->count;
    for (size_t i = 0; i < list->count; i++) {
        int order = strcmp(json_get_string(list->rows[i], "id", ""), id);

        if (order <= 0)
            return order == 0 ? LIST_MAX : i;
    }
    return list->count;
}

/* Takes row. The oldest falls off at the end. */
static void add_row(struct list *list, cJSON *row)
{
    size_t at = is_wanted(list, row) ? place_of(list, row) : LIST_MAX;

    if (at >= list->limit) {
        cJSON_Delete(row);
        return;
    }
    if (list->count == list->limit)
        cJSON_Delete(list->rows[--list->count]);
    memmove(&list->rows[at + 1], &list->rows[at], (list->count - at) * sizeof(cJSON *));
    list->rows[at] = row;
    list->count++;
}

static void send_page(struct list *list, const char *cursor);

static void on_page(void *arg, const redisReply *reply, const struct error *err)
{
    struct list *list = arg;
    const redisReply *rows = reply_at(reply, 1);
    struct error strange;
    const char *cursor;

    if (!err && !reply_has(reply, 2, &strange))
        err = &strange;
    for (size_t at = 0; !err && at + ROW_VALUES <= reply_count(rows); at += ROW_VALUES) {
        cJSON *row = inspect_row(rows, at);

        if (row)
            add_row(list, row);
    }
    cursor = reply_text(reply_at(reply, 0));
    if (err || strcmp(cursor, "0") == 0 || (list->is_ordered && list->count == list->limit))
        finish(list, err);
    else
        send_page(list, cursor);
}

static void send_page(struct list *list, const char *cursor)
{
    struct args args;

    args_init(&args);
    args_text(&args, list->where);
    args_text(&args, cursor);
    args_number(&args, EVENT_HEAD_MAX);
    shard_script(list->shard, SCRIPT_LIST, &args, on_page, list);
    args_clear(&args);
}

void shard_list(struct shard *shard, const char *state, const char *account, size_t limit, queue_report_fn *fn,
                void *arg)
{
    struct list *list = mem_new(sizeof(*list));

    list->shard = shard;
    list->state = mem_string(state);
    list->account = mem_string(account);
    list->limit = limit < LIST_MAX ? limit : LIST_MAX;
    list->fn = fn;
    list->arg = arg;
    list->where = "all";
    for (size_t i = 0; state && i < COUNT_OF(places); i++)
        if (strcmp(places[i].state, state) == 0) {
            list->where = places[i].state;
            list->is_ordered = places[i].is_ordered;
        }
    send_page(list, "0");
}
