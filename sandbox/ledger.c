/*
 * ledger.c - an array of lines, oldest first.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/ledger.h"

#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/store.h"

#include <stdio.h>
#include <string.h>

struct line {
    int64_t at_ms;
    char *method;
    char *path;
    const char *type;
    long long id;
    const char *parent_type; /* NULL when there is none */
    long long parent_id;
    char *summary;
    char *body; /* NULL when it was too long */
    bool answered;
};

struct ledger {
    struct line *lines;
    size_t count, capacity;
    uint64_t forgotten; /* how many came before the first line */
};

struct ledger *ledger_new(void)
{
    return mem_new(sizeof(struct ledger));
}

static void line_clear(struct line *line)
{
    mem_free(line->method);
    mem_free(line->path);
    mem_free(line->summary);
    mem_free(line->body);
}

void ledger_free(struct ledger *ledger)
{
    if (!ledger)
        return;
    for (size_t i = 0; i < ledger->count; i++)
        line_clear(&ledger->lines[i]);
    mem_free(ledger->lines);
    mem_free(ledger);
}

static void forget_oldest_half(struct ledger *ledger)
{
    size_t half = ledger->count / 2;

    for (size_t i = 0; i < half; i++)
        line_clear(&ledger->lines[i]);
    ledger->count -= half;
    ledger->forgotten += half;
    memmove(ledger->lines, ledger->lines + half, ledger->count * sizeof(*ledger->lines));
}

static struct line *new_line(struct ledger *ledger)
{
    if (ledger->count == LEDGER_ENTRIES_MAX)
        forget_oldest_half(ledger);
    if (ledger->count == ledger->capacity) {
        ledger->capacity = ledger->capacity ? ledger->capacity * 2 : 64;
        ledger->lines = mem_resize(ledger->lines, ledger->capacity * sizeof(*ledger->lines));
    }
    return &ledger->lines[ledger->count++];
}

uint64_t ledger_add(struct ledger *ledger, const struct ledger_entry *entry)
{
    struct line *line = new_line(ledger);

    *line = (struct line){
        .at_ms = clock_now_ms(),
        .method = mem_string(entry->method),
        .path = mem_string(entry->path),
        .type = entry->record->schema->type,
        .id = entry->record->id,
        .parent_type = entry->parent ? entry->parent->schema->type : NULL,
        .parent_id = entry->parent ? entry->parent->id : 0,
        .summary = mem_string(entry->summary),
        .body = entry->body_size <= LEDGER_BODY_MAX_BYTES ? mem_copy(entry->body, entry->body_size) : NULL,
    };
    return ledger_count(ledger);
}

void ledger_mark_answered(struct ledger *ledger, uint64_t number)
{
    if (number > ledger->forgotten && number <= ledger_count(ledger))
        ledger->lines[number - ledger->forgotten - 1].answered = true;
}

uint64_t ledger_count(const struct ledger *ledger)
{
    return ledger->forgotten + ledger->count;
}

static void add_id(cJSON *object, const char *type, long long id)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%lld", id);
    cJSON_AddStringToObject(object, "type", type);
    cJSON_AddStringToObject(object, "id", text);
}

static cJSON *print_line(const struct line *line, uint64_t number)
{
    cJSON *printed = cJSON_CreateObject();

    cJSON_AddNumberToObject(printed, "n", (double)number);
    cJSON_AddNumberToObject(printed, "at_ms", (double)line->at_ms);
    cJSON_AddStringToObject(printed, "method", line->method);
    cJSON_AddStringToObject(printed, "path", line->path);
    add_id(printed, line->type, line->id);
    if (line->parent_type)
        add_id(cJSON_AddObjectToObject(printed, "parent"), line->parent_type, line->parent_id);
    else
        cJSON_AddNullToObject(printed, "parent");
    cJSON_AddStringToObject(printed, "summary", line->summary ? line->summary : "");
    cJSON_AddItemToObject(printed, "body", line->body ? cJSON_CreateRaw(line->body) : cJSON_CreateNull());
    cJSON_AddBoolToObject(printed, "answered", line->answered);
    return printed;
}

cJSON *ledger_list(const struct ledger *ledger, uint64_t since, size_t limit)
{
    cJSON *list = cJSON_CreateObject();
    cJSON *writes = cJSON_AddArrayToObject(list, "writes");
    size_t i = since > ledger->forgotten ? (size_t)(since - ledger->forgotten) : 0;

    for (; i < ledger->count && limit > 0; i++, limit--)
        cJSON_AddItemToArray(writes, print_line(&ledger->lines[i], ledger->forgotten + i + 1));
    cJSON_AddNumberToObject(list, "count", (double)ledger_count(ledger));
    return list;
}
