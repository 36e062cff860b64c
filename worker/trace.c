/*
 * trace.c - builds the record of one attempt; called by run.c only, and bounded so that no event grows a long tail.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/trace.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"

#include <string.h>

#define TRACE_PATH_MAX 400 /* bytes of a path worth keeping */

static const char *const outcome_names[] = {
    [OUTCOME_DONE] = "done",           [OUTCOME_RETRY] = "retry",         [OUTCOME_POSTPONE] = "postpone",
    [OUTCOME_DEAD] = "dead",           [OUTCOME_GIVE_BACK] = "give_back", [OUTCOME_LIMITED] = "limited",
    [OUTCOME_SUSPENDED] = "suspended",
};

const char *outcome_name(enum outcome outcome)
{
    return outcome_names[outcome];
}

void trace_init(struct trace *trace, unsigned attempt, const char *worker)
{
    *trace =
        (struct trace){.root = cJSON_CreateObject(), .started_ms = clock_now_ms(), .begun_ms = clock_monotonic_ms()};
    cJSON_AddNumberToObject(trace->root, "attempt", attempt);
    cJSON_AddStringToObject(trace->root, "worker", worker);
    cJSON_AddNumberToObject(trace->root, "started_ms", (double)trace->started_ms);
    cJSON_AddItemToObject(trace->root, "actions", cJSON_CreateArray());
}

void trace_clear(struct trace *trace)
{
    cJSON_Delete(trace->root);
    *trace = (struct trace){0};
}

void trace_action(struct trace *trace, const char *name, const char *where)
{
    trace->action = cJSON_CreateObject();
    cJSON_AddStringToObject(trace->action, "name", name);
    cJSON_AddStringToObject(trace->action, "where", where);
    cJSON_AddStringToObject(trace->action, "effect", "");
    cJSON_AddItemToObject(trace->action, "requests", cJSON_CreateArray());
    cJSON_AddItemToArray(json_get(trace->root, "actions"), trace->action);
}

/* Copies path, cut short, with the values of its query that hold an e-mail address left out: whose application it was
 * may be looked for by one, and a timeline is no place for people's addresses. */
static void add_path(cJSON *request, const char *path)
{
    struct buf kept;

    buf_init(&kept, TRACE_PATH_MAX);
    while (*path && !kept.overflow) {
        size_t size = strcspn(path, "?&") + 1;
        const char *value = memchr(path, '=', size);
        const char *at = strstr(path, "%40");
        bool is_address = value && at && at < path + size;
        buf_add(&kept, path, is_address ? (size_t)(value + 1 - path) : strnlen(path, size));
        if (is_address)
            buf_add_string(&kept, "…");
        if (is_address && path[size - 1])
            buf_add_char(&kept, path[size - 1]);
        path += strnlen(path, size);
    }
    cJSON_AddStringToObject(request, "path", kept.data);
    buf_clear(&kept);
}

void trace_request(struct trace *trace, const char *method, const char *path, int status, int64_t duration_ms,
                   const char *problem)
{
    cJSON *requests = json_get(trace->action, "requests");

    if (cJSON_GetArraySize(requests) >= TRACE_REQUESTS_MAX)
        return;
    cJSON *request = cJSON_CreateObject();
    cJSON_AddStringToObject(request, "method", method);
    add_path(request, path);
    cJSON_AddNumberToObject(request, "status", status);
    cJSON_AddNumberToObject(request, "ms", (double)duration_ms);
    cJSON_AddStringToObject(request, "problem", problem);
    cJSON_AddItemToArray(requests, request);
}

void trace_effect(struct trace *trace, const char *effect)
{
    cJSON_ReplaceItemInObjectCaseSensitive(trace->action, "effect", cJSON_CreateString(effect));
}

int64_t trace_duration_ms(const struct trace *trace)
{
    return clock_monotonic_ms() - trace->begun_ms;
}

char *trace_print(struct trace *trace, enum outcome outcome, const char *reason)
{
    cJSON_AddNumberToObject(trace->root, "duration_ms", (double)trace_duration_ms(trace));
    cJSON_AddStringToObject(trace->root, "outcome", outcome_name(outcome));
    cJSON_AddStringToObject(trace->root, "reason", reason);
    return json_print(trace->root);
}
