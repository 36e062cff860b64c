/*
 * inspect_row.c - one event as people are shown it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "queue/inspect_state.h"
#include "queue/reply.h"

#include <string.h>

enum { STRING_BYTES_MAX = 1 << 20 };

/* What a row holds, in its order. */
enum row_value { ROW_ID, ROW_STATE, ROW_RECORD, ROW_ATTEMPTS, ROW_REASON, ROW_SETTLED, ROW_DUE, ROW_CRASHES };

cJSON *inspect_time(const redisReply *reply)
{
    return reply_text(reply)[0] ? cJSON_CreateNumber((double)reply_number(reply)) : cJSON_CreateNull();
}

cJSON *inspect_string(const char *text)
{
    struct buf quoted;
    cJSON *string;

    buf_init(&quoted, STRING_BYTES_MAX);
    json_add_quoted(text, strlen(text), &quoted);
    string = json_parse(quoted.data, quoted.size, NULL);
    buf_clear(&quoted);
    return string ? string : cJSON_CreateString("");
}

/* A record that cannot be read is still listed, with its reason in place of what is in it. */
static void add_head(cJSON *row, const redisReply *record)
{
    struct event event;
    struct error err;

    if (!event_decode_head(reply_text(record), record->len, &event, &err))
        event = (struct event){.account = "", .source = "", .type = err.text, .order_key = ""};
    cJSON_AddItemToObject(row, "account", inspect_string(event.account));
    cJSON_AddItemToObject(row, "source", inspect_string(event.source));
    cJSON_AddItemToObject(row, "type", inspect_string(event.type));
    cJSON_AddItemToObject(row, "order_key", inspect_string(event.order_key));
    cJSON_AddNumberToObject(row, "received_ms", (double)event.received_ms);
}

cJSON *inspect_row(const redisReply *rows, size_t at)
{
    const redisReply *record = reply_at(rows, at + ROW_RECORD);
    cJSON *row;

    if (reply_count(rows) < at + ROW_VALUES || !record || record->type != REDIS_REPLY_STRING)
        return NULL;
    row = cJSON_CreateObject();
    cJSON_AddItemToObject(row, "id", inspect_string(reply_text(reply_at(rows, at + ROW_ID))));
    cJSON_AddItemToObject(row, "state", inspect_string(reply_text(reply_at(rows, at + ROW_STATE))));
    add_head(row, record);
    cJSON_AddNumberToObject(row, "attempts", (double)reply_number(reply_at(rows, at + ROW_ATTEMPTS)));
    cJSON_AddItemToObject(row, "reason", inspect_string(reply_text(reply_at(rows, at + ROW_REASON))));
    cJSON_AddItemToObject(row, "settled_ms", inspect_time(reply_at(rows, at + ROW_SETTLED)));
    cJSON_AddItemToObject(row, "due_ms", inspect_time(reply_at(rows, at + ROW_DUE)));
    cJSON_AddNumberToObject(row, "crashes", (double)reply_number(reply_at(rows, at + ROW_CRASHES)));
    return row;
}
