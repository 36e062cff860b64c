/*
 * demo_results.c - the demo's table. What an event asked for is planned again from its rules; what came of it is read
 * from the sandbox as a recruiter's software would read it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo_results.h"

#include "base/embedded.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/demo_reader.h"
#include "cli/report.h"
#include "cli/view.h"
#include "rules/rules.h"

#include <stdlib.h>
#include <string.h>

#define TELLING_BYTES 30

static const struct column columns[] = {
    {"EVENT", COLUMN_TEXT},      {"ACCOUNT", COLUMN_TEXT},
    {"ACTION", COLUMN_TEXT},     {"PINPOINT NOW HOLDS", COLUMN_PROSE},
    {"ATTEMPTS", COLUMN_NUMBER}, {"MS", COLUMN_NUMBER},
};

/* The event as a worker had it: enough of it for its rules. */
static struct event as_event(const struct demo_event *event)
{
    const struct embedded *file = embedded_find(embedded_events, event->sample->event);
    struct event made = {.received_ms = json_get_integer(event->report, "received_ms", 0),
                         .account = json_get_string(event->report, "account", ""),
                         .source = event->sample->source,
                         .type = json_get_string(event->report, "type", ""),
                         .order_key = json_get_string(event->report, "order_key", ""),
                         .delivery_id = json_get_string(event->report, "delivery_id", ""),
                         .headers = "{}",
                         .payload = file->data,
                         .payload_size = file->size};

    memcpy(made.id, event->id, sizeof(made.id));
    return made;
}

/* The cells that an event has but once. */
static void add_event_cells(struct table *table, const struct demo_event *event, bool is_first)
{
    table_add(table, is_first ? json_get_string(event->report, "type", "") : "");
    table_add(table, is_first ? json_get_string(event->report, "account", "") : "");
}

static void add_event_numbers(struct table *table, const struct demo_event *event, bool is_first)
{
    int64_t received_ms = json_get_integer(event->report, "received_ms", 0);
    int64_t settled_ms = json_get_integer(event->report, "settled_ms", received_ms);

    if (is_first) {
        table_addf(table, "%d", cJSON_GetArraySize(json_get(event->report, "attempts_made")));
        table_addf(table, "%lld", (long long)(settled_ms - received_ms));
    } else {
        table_add(table, "");
        table_add(table, "");
    }
}

/* The first line of text is enough for a table, if it says something. */
static void shorten(struct buf *text)
{
    const char *end = text->size > TELLING_BYTES ? strchr(text->data + TELLING_BYTES, '\n') : NULL;

    if (!end)
        return;
    text->size = (size_t)(end - text->data);
    buf_add_string(text, " …");
}

/* One row: an action, and what is there now. Whether it is there. */
static bool add_action(struct demo *demo, struct table *table, const struct demo_event *event,
                       const struct planned *action, bool is_first)
{
    struct buf found;
    bool is_there;

    buf_init(&found, 4000);
    is_there = demo_reader_find(demo, action, &found);
    shorten(&found);
    add_event_cells(table, event, is_first);
    table_add(table, action->name);
    table_add_toned(table, is_there ? TONE_GOOD : TONE_BAD, found.data);
    add_event_numbers(table, event, is_first);
    buf_clear(&found);
    return is_there;
}

static void add_problem(struct table *table, const struct demo_event *event, const char *problem)
{
    add_event_cells(table, event, true);
    table_add(table, "");
    table_add_toned(table, TONE_BAD, problem);
    add_event_numbers(table, event, true);
}

static bool add_event(struct demo *demo, struct table *table, const struct demo_event *event)
{
    const struct source *source = config_source(demo->config, event->sample->source);
    struct event made = as_event(event);
    struct plan plan = {0};
    struct error err = {0};
    bool all = true;

    if (strcmp(demo_event_state(event), "done") != 0) {
        add_problem(table, event, json_get_string(event->report, "reason", "not done"));
        return false;
    }
    if (!rules_plan(source->rules, &made, &plan, &err)) {
        add_problem(table, event, err.text);
        return false;
    }
    for (size_t i = 0; i < plan.count; i++)
        all = add_action(demo, table, event, &plan.actions[i], i == 0) && all;
    if (plan.count == 0)
        add_problem(table, event, "no rule of its source is for it");
    all = all && plan.count > 0;
    plan_clear(&plan);
    return all;
}

bool demo_results_print(struct demo *demo)
{
    struct table *table = table_new(columns, COUNT_OF(columns));
    bool all = true;

    for (size_t i = 0; i < DEMO_SAMPLES; i++)
        all = add_event(demo, table, &demo->events[i]) && all;
    return report_table(table) == EXIT_SUCCESS && all;
}
