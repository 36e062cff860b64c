/*
 * inspect_show.c - one event with everything known of it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "queue/inspect_state.h"
#include "queue/reply.h"
#include "queue/shard.h"

#include <string.h>

enum { ROW_RECORD = 2 };

struct show {
    queue_report_fn *fn;
    void *arg;
};

/* JSON when it is some, and text when it is not. */
static cJSON *json_or_text(const char *text, size_t size)
{
    cJSON *json = json_parse(text, size, NULL);

    return json ? json : inspect_string(text);
}

static void add_body(cJSON *report, const redisReply *record)
{
    struct event event;

    if (!event_decode(reply_text(record), record->len, &event, NULL))
        return;
    cJSON_AddItemToObject(report, "delivery_id", inspect_string(event.delivery_id));
    cJSON_AddNumberToObject(report, "occurred_ms", (double)event.occurred_ms);
    cJSON_AddItemToObject(report, "headers", json_or_text(event.headers, strlen(event.headers)));
    cJSON_AddItemToObject(report, "payload", json_or_text(event.payload, event.payload_size));
}

static cJSON *attempts_of(const redisReply *traces)
{
    cJSON *attempts = cJSON_CreateArray();

    for (size_t i = 0; i < reply_count(traces); i++) {
        const redisReply *trace = reply_at(traces, i);

        cJSON_AddItemToArray(attempts, json_or_text(reply_text(trace), trace->len));
    }
    return attempts;
}

static cJSON *report_of(const redisReply *reply)
{
    const redisReply *row = reply_at(reply, 0);
    cJSON *report = inspect_row(row, 0);

    if (!report)
        return NULL;
    add_body(report, reply_at(row, ROW_RECORD));
    cJSON_AddItemToObject(report, "attempts_made", attempts_of(reply_at(reply, 1)));
    return report;
}

static void on_shown(void *arg, const redisReply *reply, const struct error *err)
{
    struct show show = *(struct show *)arg;
    cJSON *report = err ? NULL : report_of(reply);

    mem_free(arg);
    show.fn(show.arg, report, err);
    cJSON_Delete(report);
}

void shard_show(struct shard *shard, const char *id, queue_report_fn *fn, void *arg)
{
    struct show *show = mem_new(sizeof(*show));
    struct args args;

    show->fn = fn;
    show->arg = arg;
    args_init(&args);
    args_text(&args, id);
    shard_script(shard, SCRIPT_SHOW, &args, on_shown, show);
    args_clear(&args);
}
