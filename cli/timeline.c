/*
 * timeline.c - the head of an event, then one paragraph for each attempt. Times count from its acceptance.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/timeline.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/view.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define PATH_BYTES_MAX 2000

struct timeline {
    struct buf *out;
    bool colour;
    int64_t received_ms;
};

static void add_string(struct timeline *timeline, const cJSON *object, const char *name)
{
    terminal_add_safe(timeline->out, json_get_string(object, name, ""));
}

/* "  key        value", left out when there is none. */
static void add_line(struct timeline *timeline, const char *key, const char *value)
{
    if (!*value)
        return;
    buf_addf(timeline->out, "%-10s ", key);
    terminal_add_safe(timeline->out, value);
    buf_add_char(timeline->out, '\n');
}

static void add_head(struct timeline *timeline, const cJSON *event)
{
    const char *state = json_get_string(event, "state", "");
    char received[CLOCK_TEXT_SIZE];

    add_line(timeline, "event", json_get_string(event, "id", ""));
    buf_addf(timeline->out, "%-10s ", "state");
    terminal_add_toned(timeline->out, view_tone(state), timeline->colour, view_state(state));
    buf_add_char(timeline->out, '\n');
    add_line(timeline, "reason", json_get_string(event, "reason", ""));
    add_line(timeline, "account", json_get_string(event, "account", ""));
    add_line(timeline, "source", json_get_string(event, "source", ""));
    add_line(timeline, "type", json_get_string(event, "type", ""));
    add_line(timeline, "order key", json_get_string(event, "order_key", ""));
    add_line(timeline, "delivery", json_get_string(event, "delivery_id", ""));
    add_line(timeline, "received", clock_format(timeline->received_ms, received));
}

/* Begins a line of the timeline: how long after the event's acceptance it happened. */
static void add_moment(struct timeline *timeline, int64_t at_ms)
{
    char after[VIEW_TEXT_SIZE];
    char words[VIEW_TEXT_SIZE + 1];

    clock_format_duration(at_ms > timeline->received_ms ? at_ms - timeline->received_ms : 0, after, sizeof(after));
    snprintf(words, sizeof(words), "+%s", after);
    buf_addf(timeline->out, "%-10s ", words);
}

/* The path of a request; brackets are easier to read than %5B and %5D. */
static void add_path(struct timeline *timeline, const char *path)
{
    struct buf plain;

    buf_init(&plain, PATH_BYTES_MAX);
    for (const char *c = path; *c; c++) {
        bool is_bracket = strncmp(c, "%5B", 3) == 0 || strncmp(c, "%5D", 3) == 0;

        buf_add_char(&plain, !is_bracket ? *c : c[2] == 'B' ? '[' : ']');
        c += is_bracket ? 2 : 0;
    }
    terminal_add_safe(timeline->out, plain.data);
    buf_clear(&plain);
}

static void add_request(struct timeline *timeline, const cJSON *request)
{
    int64_t status = json_get_integer(request, "status", 0);
    char words[VIEW_TEXT_SIZE] = "-";
    enum tone tone = status >= 200 && status < 300 ? TONE_GOOD : status == 0 || status >= 500 ? TONE_WARN : TONE_BAD;

    if (status > 0)
        snprintf(words, sizeof(words), "%lld", (long long)status);
    buf_add_string(timeline->out, "               ");
    terminal_add_toned(timeline->out, tone, timeline->colour, words);
    buf_addf(timeline->out, "%*s%6lld ms  ", status > 0 ? 0 : 2, "", (long long)json_get_integer(request, "ms", 0));
    add_string(timeline, request, "method");
    buf_add_char(timeline->out, ' ');
    add_path(timeline, json_get_string(request, "path", ""));
    if (*json_get_string(request, "problem", "")) {
        buf_add_string(timeline->out, "  ");
        add_string(timeline, request, "problem");
    }
    buf_add_char(timeline->out, '\n');
}

static void add_action(struct timeline *timeline, const cJSON *action)
{
    const cJSON *request;

    buf_add_string(timeline->out, "             ");
    add_string(timeline, action, "where");
    if (*json_get_string(action, "effect", "")) {
        buf_add_string(timeline->out, ": ");
        add_string(timeline, action, "effect");
    }
    buf_add_char(timeline->out, '\n');
    cJSON_ArrayForEach(request, json_get(action, "requests")) add_request(timeline, request);
}

static void add_attempt(struct timeline *timeline, const cJSON *attempt)
{
    const char *outcome = json_get_string(attempt, "outcome", "");
    char took[VIEW_TEXT_SIZE];
    const cJSON *action;

    add_moment(timeline, json_get_integer(attempt, "started_ms", 0));
    buf_addf(timeline->out, "attempt %lld, ", (long long)json_get_integer(attempt, "attempt", 0));
    terminal_add_toned(timeline->out, view_tone(outcome), timeline->colour, view_state(outcome));
    buf_addf(timeline->out, " after %s, worker ", view_duration(attempt, "duration_ms", took));
    add_string(timeline, attempt, "worker");
    if (*json_get_string(attempt, "reason", "")) {
        buf_add_string(timeline->out, ": ");
        add_string(timeline, attempt, "reason");
    }
    buf_add_char(timeline->out, '\n');
    cJSON_ArrayForEach(action, json_get(attempt, "actions")) add_action(timeline, action);
}

/* A lost worker leaves no attempt behind: this says why the first one listed may come late. */
static void add_crashes(struct timeline *timeline, int64_t crashes)
{
    if (crashes > 0)
        buf_addf(timeline->out, "           %lld worker%s lost while running it\n", (long long)crashes,
                 crashes == 1 ? " was" : "s were");
}

static void add_end(struct timeline *timeline, const cJSON *event)
{
    const cJSON *settled = json_get(event, "settled_ms");
    const cJSON *due = json_get(event, "due_ms");
    char text[CLOCK_TEXT_SIZE];

    if (cJSON_IsNumber(settled)) {
        add_moment(timeline, (int64_t)settled->valuedouble);
        buf_addf(timeline->out, "settled: %s\n", view_state(json_get_string(event, "state", "")));
    } else if (cJSON_IsNumber(due)) {
        add_moment(timeline, (int64_t)due->valuedouble);
        buf_addf(timeline->out, "next attempt, at %s\n", clock_format((int64_t)due->valuedouble, text));
    }
}

void timeline_render(const cJSON *event, bool colour, struct buf *out)
{
    struct timeline timeline = {out, colour, json_get_integer(event, "received_ms", 0)};
    const cJSON *attempt;

    add_head(&timeline, event);
    buf_add_char(out, '\n');
    add_moment(&timeline, timeline.received_ms);
    buf_add_string(out, "received\n");
    add_crashes(&timeline, json_get_integer(event, "crashes", 0));
    cJSON_ArrayForEach(attempt, json_get(event, "attempts_made")) add_attempt(&timeline, attempt);
    add_end(&timeline, event);
}
