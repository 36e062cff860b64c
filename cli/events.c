/*
 * events.c - hookline events: the newest events, of a state or an account.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "cli/command.h"
#include "cli/event_list.h"
#include "cli/report.h"

#include <string.h>

static const struct option events_options[] = {
    {"state", OPTION_TEXT, "STATE", "only waiting, in_flight, retrying, dead or done ones"},
    {"account", OPTION_TEXT, "ACCOUNT", "only this account's"},
    {"limit", OPTION_NUMBER, "N", "at most N, up to 1000 (20)"},
    {"json", OPTION_FLAG, NULL, "as one line of JSON"},
    {0},
};

static bool is_state(const char *state)
{
    static const char *const states[] = {"waiting", "in_flight", "retrying", "dead", "done"};

    for (size_t i = 0; i < COUNT_OF(states); i++) {
        if (strcmp(states[i], state) == 0)
            return true;
    }
    return false;
}

static int events_run(const struct arguments *arguments)
{
    const char *state = arguments_text(arguments, "state", NULL);

    if (state && !is_state(state))
        return report_usage("events: --state: expected waiting, in_flight, retrying, dead or done, got \"%.40s\"",
                            state);
    return event_list_print("events", arguments, state);
}

const struct command events_command = {
    .name = "events",
    .group = GROUP_LOOK,
    .summary = "the newest events",
    .operands = "",
    .description = "Lists events, the newest first, with their state, attempts and the reason of the last failure.",
    .example = "hookline events --state retrying --account acme",
    .options = events_options,
    .run = events_run,
};
