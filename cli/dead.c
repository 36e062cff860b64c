/*
 * dead.c - hookline dead: events that failed for good; forgetting one.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ulid.h"
#include "cli/command.h"
#include "cli/event_list.h"
#include "cli/report.h"
#include "cli/session.h"
#include "queue/inspect.h"

#include <stdlib.h>
#include <string.h>

static const struct option dead_options[] = {
    {"account", OPTION_TEXT, "ACCOUNT", "only this account's"},
    {"limit", OPTION_NUMBER, "N", "at most N, up to 1000 (20)"},
    {"drop", OPTION_TEXT, "ID", "forget this dead event for good"},
    {"json", OPTION_FLAG, NULL, "as one line of JSON"},
    {0},
};

static int drop(const struct arguments *arguments, const char *id)
{
    struct session session;
    struct inquiry inquiry;

    if (!ulid_is(id))
        return report_failure("no event %s", id);
    int code = session_open(&session, arguments);
    if (code != EXIT_SUCCESS)
        return code;
    inquiry_init(&inquiry, session.loop);
    queue_drop(session.queue, id, inquiry_done, &inquiry);
    if (inquiry_wait(&inquiry))
        report_note("dropped %s", id);
    else
        code = report_failure("%s", inquiry.err.text);
    session_close(&session);
    return code;
}

static int dead_run(const struct arguments *arguments)
{
    const char *id = arguments_text(arguments, "drop", NULL);

    return id ? drop(arguments, id) : event_list_print("dead", arguments, "dead");
}

const struct command dead_command = {
    .name = "dead",
    .group = GROUP_LOOK,
    .summary = "events that failed for good, and why",
    .operands = "",
    .description =
        "Lists dead events with the reason of each. They are kept until they are replayed (hookline replay)\n"
        "or dropped.",
    .example = "hookline dead --account acme",
    .options = dead_options,
    .run = dead_run,
};
