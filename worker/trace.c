/*
 * trace.c - writes the record of one attempt as it goes on; called by run.c only, and bounded so that no event grows a
 * long tail.
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

/* name is a literal that needs no escapes: "attempt". */
static void add_name(struct buf *out, const char *name)
{
    char last = out->data[out->size - 1];

    if (last != '{')
        buf_add_char(out, ',');
    buf_add_char(out, '"');
    buf_add_string(out, name);
    buf_add(out, "\":", 2);
}

static void add_text(struct buf *out, const char *name, const char *text)
{
    add_name(out, name);
    json_add_quoted(text, strlen(text), out);
}

static void add_number(struct buf *out, const char *name, int64_t number)
{
    add_name(out, name);
    json_add_integer(number, out);
}

/* Opens the next item of the list called name, or of the one that is open. */
static void open_item(struct buf *out, const char *name, bool is_first)
{
    if (is_first)
        add_name(out, name);
    buf_add_char(out, is_first ? '[' : ',');
    buf_add_char(out, '{');
}

/* Ends the list called name, which may have no item. */
static void close_list(struct buf *out, const char *name, bool is_empty)
{
    if (is_empty)
        add_name(out, name);
    buf_add_string(out, is_empty ? "[]" : "]");
}

void trace_init(struct trace *trace, unsigned attempt, const char *worker)
{
    *trace = (struct trace){.started_ms = clock_now_ms(), .begun_ms = clock_monotonic_ms()};
    buf_init(&trace->text, SIZE_MAX - 1);
    buf_add_char(&trace->text, '{');
    add_number(&trace->text, "attempt", attempt);
    add_text(&trace->text, "worker", worker);
    add_number(&trace->text, "started_ms", trace->started_ms);
}

void trace_clear(struct trace *trace)
{
    buf_clear(&trace->text);
    *trace = (struct trace){.text = trace->text};
}

static void close_action(struct trace *trace)
{
    close_list(&trace->text, "requests", trace->requests == 0);
    add_text(&trace->text, "effect", trace->effect);
    buf_add_char(&trace->text, '}');
}

void trace_action(struct trace *trace, const char *name, const char *where)
{
    if (trace->effect)
        close_action(trace);
    open_item(&trace->text, "actions", !trace->effect);
    add_text(&trace->text, "name", name);
    add_text(&trace->text, "where", where);
    trace->effect = "";
    trace->requests = 0;
}

/* Copies path, cut short, with the values of its query that hold an e-mail address left out: whose application it was
 * may be looked for by one, and a timeline is no place for people's addresses. */
static void add_path(struct buf *out, const char *path)
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
    add_text(out, "path", kept.data);
    buf_clear(&kept);
}

void trace_request(struct trace *trace, const char *method, const char *path, int status, int64_t duration_ms,
                   const char *problem)
{
    struct buf *out = &trace->text;

    if (trace->requests >= TRACE_REQUESTS_MAX)
        return;
    open_item(out, "requests", trace->requests++ == 0);
    add_text(out, "method", method);
    add_path(out, path);
    add_number(out, "status", status);
    add_number(out, "ms", duration_ms);
    add_text(out, "problem", problem);
    buf_add_char(out, '}');
}

void trace_effect(struct trace *trace, const char *effect)
{
    trace->effect = effect;
}

int64_t trace_duration_ms(const struct trace *trace)
{
    return clock_monotonic_ms() - trace->begun_ms;
}

char *trace_print(struct trace *trace, enum outcome outcome, const char *reason)
{
    if (trace->effect)
        close_action(trace);
    close_list(&trace->text, "actions", !trace->effect);
    add_number(&trace->text, "duration_ms", trace_duration_ms(trace));
    add_text(&trace->text, "outcome", outcome_name(outcome));
    add_text(&trace->text, "reason", reason);
    buf_add_char(&trace->text, '}');
    return buf_take(&trace->text);
}
