/*
 * audit.c - hookline audit: proves the invariants of the queue's keys, and mends what breaks them when told to.
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
    {"repair", OPTION_FLAG, NULL, "mend what is found, and say how; no event is removed"},
    {"json", OPTION_FLAG, NULL, "the whole report as one line of JSON"},
    {0},
};

static const struct column problem_columns[] = {
    {"KEY", COLUMN_PROSE}, {"PROBLEM", COLUMN_PROSE}, {"REPAIR", COLUMN_PROSE}};

static void print_problems(const cJSON *problems, bool is_repair)
{
    struct table *table = table_new(problem_columns, COUNT_OF(problem_columns) - !is_repair);
    const cJSON *problem;

    cJSON_ArrayForEach(problem, problems)
    {
        view_add_string(table, problem, "key");
        view_add_string(table, problem, "problem");
        if (is_repair)
            view_add_string(table, problem, "repair");
    }
    (void)report_table(table);
}

/* "54 keys, 0 lanes with events, 0 events waiting: no problem"; after a repair "…: 2 problems, 1 left" */
static void print_summary(const cJSON *report, int problems, int64_t left, bool is_repair)
{
    long long keys = json_get_integer(report, "keys", 0);
    long long lanes = json_get_integer(report, "lanes", 0);
    long long events = json_get_integer(report, "events", 0);
    char count[VIEW_TEXT_SIZE] = "no", rest[VIEW_TEXT_SIZE] = "";

    if (problems > 0)
        snprintf(count, sizeof(count), "%d", problems);
    if (is_repair && problems > 0)
        snprintf(rest, sizeof(rest), ", %lld left", (long long)left);
    report_note("%lld key%s, %lld lane%s with events, %lld event%s waiting: %s problem%s%s", keys, keys == 1 ? "" : "s",
                lanes, lanes == 1 ? "" : "s", events, events == 1 ? "" : "s", count, problems > 1 ? "s" : "", rest);
}

static int print_audit(const cJSON *report, const struct arguments *arguments)
{
    const cJSON *problems = json_get(report, "problems");
    bool is_repair = arguments_flag(arguments, "repair");
    int count = cJSON_GetArraySize(problems);
    int64_t left = is_repair ? json_get_integer(report, "left", 0) : count;

    if (arguments_flag(arguments, "json"))
        (void)report_json(report);
    else if (count > 0)
        print_problems(problems, is_repair);
    print_summary(report, count, left, is_repair);
    return left == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void ask(struct queue *queue, const struct arguments *arguments, queue_report_fn *fn, void *arg)
{
    if (arguments_flag(arguments, "repair"))
        queue_repair(queue, fn, arg);
    else
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
                   "With --repair it puts in order what is not, as far as that is safe, and audits again.\n"
                   "Exits 1 when it finds a problem (--repair: leaves one). Safe on a live system.",
    .example = "hookline audit",
    .options = audit_options,
    .run = audit_run,
};
