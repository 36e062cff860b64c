/*
 * audit.c - hookline audit: proves the invariants of the queue's keys.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/report.h"
#include "cli/session.h"
#include "cli/view.h"
#include "queue/inspect.h"

#include <stdio.h>
#include <stdlib.h>

static const struct option audit_options[] = {
    {"json", OPTION_FLAG, NULL, "the whole report as one line of JSON"},
    {0},
};

static const struct column problem_columns[] = {{"KEY", COLUMN_PROSE}, {"PROBLEM", COLUMN_PROSE}};

static void print_problems(const cJSON *problems)
{
    struct table *table = table_new(problem_columns, COUNT_OF(problem_columns));
    const cJSON *problem;

    cJSON_ArrayForEach(problem, problems)
    {
        view_add_string(table, problem, "key");
        view_add_string(table, problem, "problem");
    }
    (void)report_table(table);
}

/* "54 keys, 0 lanes with events, 0 events waiting: no problem" */
static void print_summary(const cJSON *report, int problems)
{
    long long keys = json_get_integer(report, "keys", 0);
    long long lanes = json_get_integer(report, "lanes", 0);
    long long events = json_get_integer(report, "events", 0);
    char count[VIEW_TEXT_SIZE] = "no";

    if (problems > 0)
        snprintf(count, sizeof(count), "%d", problems);
    report_note("%lld key%s, %lld lane%s with events, %lld event%s waiting: %s problem%s", keys, keys == 1 ? "" : "s",
                lanes, lanes == 1 ? "" : "s", events, events == 1 ? "" : "s", count, problems > 1 ? "s" : "");
}

static int print_audit(const cJSON *report, const struct arguments *arguments)
{
    const cJSON *problems = json_get(report, "problems");
    int count = cJSON_GetArraySize(problems);

    if (arguments_flag(arguments, "json"))
        (void)report_json(report);
    else if (count > 0)
        print_problems(problems);
    print_summary(report, count);
    return count == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void ask(struct queue *queue, const struct arguments *arguments, queue_report_fn *fn, void *arg)
{
    (void)arguments;
    queue_audit(queue, fn, arg);
}

static int audit_run(const struct arguments *arguments)
{
    return session_report(arguments, ask, print_audit);
}

const struct command audit_command = {
    .name = "audit",
    .group = GROUP_LOOK,
    .summary = "prove that the queue is in order",
    .operands = "",
    .description = "Walks all keys of the queue and checks its invariants: nothing lost, nothing in two places.\n"
                   "Exits 1 when it finds a problem. Safe on a live system.",
    .example = "hookline audit",
    .options = audit_options,
    .run = audit_run,
};
