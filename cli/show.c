/*
 * show.c - hookline show: everything about one event.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/report.h"
#include "cli/session.h"
#include "cli/timeline.h"
#include "queue/inspect.h"

#include <stdlib.h>
#include <unistd.h>

static const struct option show_options[] = {
    {"payload", OPTION_FLAG, NULL, "its payload as well, which may hold personal data"},
    {"json", OPTION_FLAG, NULL, "the whole record, payload included, as one line of JSON"},
    {0},
};

static void add_payload(const cJSON *event, struct buf *text)
{
    char *payload = cJSON_Print(json_get(event, "payload"));

    buf_add_char(text, '\n');
    for (char *line = payload, *end; line && *line; line = end) {
        for (end = line; *end && *end != '\n';)
            end++;
        if (*end)
            *end++ = '\0';
        terminal_add_safe(text, line);
        buf_add_char(text, '\n');
    }
    cJSON_free(payload);
}

static int print_event(const cJSON *event, const struct arguments *arguments)
{
    struct buf text;

    if (!event)
        return report_failure("no event %s", arguments->operands[0]);
    if (arguments_flag(arguments, "json"))
        return report_json(event);
    buf_init(&text, REPORT_MAX);
    timeline_render(event, terminal_has_colour(STDOUT_FILENO), &text);
    if (arguments_flag(arguments, "payload"))
        add_payload(event, &text);
    return report_text(&text);
}

static void ask(struct queue *queue, const struct arguments *arguments, queue_report_fn *fn, void *arg)
{
    queue_show(queue, arguments->operands[0], fn, arg);
}

static int show_run(const struct arguments *arguments)
{
    return session_report(arguments, ask, print_event);
}

const struct command show_command = {
    .name = "show",
    .group = GROUP_LOOK,
    .summary = "one event: each attempt, each request",
    .operands = "ID",
    .operands_min = 1,
    .operands_max = 1,
    .description = "Prints the life of one event: when it was received, what each attempt did, with every request to\n"
                   "Pinpoint, its status and its time, and how it was settled.",
    .example = "hookline show 01JDA1B2C3D4E5F6G7H8J9K0MN",
    .options = show_options,
    .run = show_run,
};
