/*
 * event_list.c - asks the queue for events and prints them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/event_list.h"

#include "base/json.h"
#include "base/mem.h"
#include "cli/report.h"
#include "cli/session.h"
#include "cli/view.h"
#include "queue/inspect.h"

#include <stdlib.h>
#include <string.h>

static const struct column event_columns[] = {
    {"EVENT", COLUMN_TEXT}, {"STATE", COLUMN_TEXT},      {"ACCOUNT", COLUMN_TEXT}, {"TYPE", COLUMN_TEXT},
    {"AGE", COLUMN_TEXT},   {"ATTEMPTS", COLUMN_NUMBER}, {"REASON", COLUMN_PROSE},
};

/* Of dead events the reason is what counts: it gets the room. */
static const struct column dead_columns[] = {
    {"EVENT", COLUMN_TEXT}, {"ACCOUNT", COLUMN_TEXT},    {"SOURCE", COLUMN_TEXT},
    {"AGE", COLUMN_TEXT},   {"ATTEMPTS", COLUMN_NUMBER}, {"REASON", COLUMN_PROSE},
};

static void add_row(struct table *table, const cJSON *event, bool is_dead)
{
    view_add_string(table, event, "id");
    if (!is_dead)
        view_add_state(table, event, "state");
    view_add_string(table, event, "account");
    view_add_string(table, event, is_dead ? "source" : "type");
    view_add_age(table, event, "received_ms");
    view_add_number(table, event, "attempts");
    view_add_string(table, event, "reason");
}

static int print_events(const cJSON *events, bool is_dead)
{
    struct table *table;
    const cJSON *event;

    if (cJSON_GetArraySize(events) == 0) {
        report_note("no such events");
        return EXIT_SUCCESS;
    }
    table =
        is_dead ? table_new(dead_columns, COUNT_OF(dead_columns)) : table_new(event_columns, COUNT_OF(event_columns));
    cJSON_ArrayForEach(event, events) add_row(table, event, is_dead);
    return report_table(table);
}

/* Asks the queue and prints its answer; the exit code. */
static int list(struct session *session, const struct arguments *arguments, const char *state, size_t limit)
{
    struct inquiry inquiry;
    int code;

    inquiry_init(&inquiry, session->loop);
    queue_list(session->queue, state, arguments_text(arguments, "account", NULL), limit, inquiry_report, &inquiry);
    if (!inquiry_wait(&inquiry))
        code = report_failure("%s", inquiry.err.text);
    else if (arguments_flag(arguments, "json"))
        code = report_json(inquiry.report);
    else
        code = print_events(json_get(inquiry.report, "events"), state && strcmp(state, "dead") == 0);
    inquiry_clear(&inquiry);
    return code;
}

int event_list_print(const char *command, const struct arguments *arguments, const char *state)
{
    long limit = arguments_number(arguments, "limit", EVENT_LIST_DEFAULT);
    const char *account = arguments_text(arguments, "account", NULL);
    struct session session;

    if (limit < 1 || limit > EVENT_LIST_MAX)
        return report_usage("%s: --limit: expected 1 to %d, got %ld", command, EVENT_LIST_MAX, limit);
    int code = session_open(&session, arguments);
    if (code != EXIT_SUCCESS)
        return code;
    if (account && !session_account(session.config, account))
        code = EXIT_USAGE;
    else
        code = list(&session, arguments, state, (size_t)limit);
    session_close(&session);
    return code;
}
