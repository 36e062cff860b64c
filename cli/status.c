/*
 * status.c - hookline status: how full the queue is, how each account fares, which workers are there.
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

static const struct option status_options[] = {
    {"quiet", OPTION_FLAG, NULL, "print nothing; exit 0 when Redis answers and a worker is there"},
    {"json", OPTION_FLAG, NULL, "the whole report as one line of JSON"},
    {0},
};

static const struct column account_columns[] = {
    {"ACCOUNT", COLUMN_TEXT}, {"STATE", COLUMN_TEXT},  {"WAITING", COLUMN_NUMBER},    {"IN FLIGHT", COLUMN_NUMBER},
    {"DONE", COLUMN_NUMBER},  {"DEAD", COLUMN_NUMBER}, {"REQUESTS/S", COLUMN_NUMBER}, {"WHY", COLUMN_PROSE},
};

static const struct column worker_columns[] = {
    {"WORKER", COLUMN_TEXT},
    {"IN FLIGHT", COLUMN_NUMBER},
    {"LAST HEARD", COLUMN_NUMBER},
};

static void print_summary(const cJSON *report)
{
    char oldest[VIEW_TEXT_SIZE];
    struct buf text;

    buf_init(&text, REPORT_MAX);
    buf_addf(&text, "%lld waiting (oldest %s), %lld in flight, %lld retrying, %lld dead, %lld done\n\n",
             (long long)json_get_integer(report, "waiting", 0), view_duration(report, "oldest_waiting_ms", oldest),
             (long long)json_get_integer(report, "in_flight", 0), (long long)json_get_integer(report, "retrying", 0),
             (long long)json_get_integer(report, "dead", 0), (long long)json_get_integer(report, "done", 0));
    (void)report_text(&text);
}

static void print_accounts(const cJSON *accounts)
{
    struct table *table = table_new(account_columns, COUNT_OF(account_columns));
    const cJSON *account;

    cJSON_ArrayForEach(account, accounts)
    {
        view_add_string(table, account, "name");
        view_add_state(table, account, "state");
        view_add_number(table, account, "waiting");
        view_add_number(table, account, "in_flight");
        view_add_number(table, account, "done");
        view_add_number(table, account, "dead");
        view_add_number(table, account, "rate");
        view_add_string(table, account, "reason");
    }
    (void)report_table(table);
}

static int print_workers(const cJSON *workers)
{
    struct table *table = table_new(worker_columns, COUNT_OF(worker_columns));
    const cJSON *worker;

    cJSON_ArrayForEach(worker, workers)
    {
        view_add_string(table, worker, "id");
        view_add_number(table, worker, "in_flight");
        view_add_duration(table, worker, "heartbeat_ms_ago");
    }
    return report_table(table);
}

static int print_report(const cJSON *report, const struct arguments *arguments)
{
    if (arguments_flag(arguments, "quiet"))
        return cJSON_GetArraySize(json_get(report, "workers")) > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    if (arguments_flag(arguments, "json"))
        return report_json(report);
    print_summary(report);
    if (cJSON_GetArraySize(json_get(report, "accounts")) > 0) {
        print_accounts(json_get(report, "accounts"));
        putchar('\n');
    }
    if (cJSON_GetArraySize(json_get(report, "workers")) > 0)
        return print_workers(json_get(report, "workers"));
    report_note("no worker is running");
    return EXIT_SUCCESS;
}

static void ask(struct queue *queue, const struct arguments *arguments, queue_report_fn *fn, void *arg)
{
    (void)arguments;
    queue_status(queue, fn, arg);
}

static int status_run(const struct arguments *arguments)
{
    return session_report(arguments, ask, print_report);
}

const struct command status_command = {
    .name = "status",
    .group = GROUP_LOOK,
    .summary = "how full the queue is, how each account fares",
    .operands = "",
    .description = "Prints how many events wait, run, retry and died, and for each account its state and rate.\n"
                   "Workers are listed with the time since they were last heard of.",
    .example = "hookline status --json",
    .options = status_options,
    .run = status_run,
};
