/*
 * pause.c - hookline pause and hookline resume: an operator's hand on one account.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "cli/command.h"
#include "cli/report.h"
#include "cli/session.h"
#include "cli/view.h"
#include "queue/inspect.h"

#include <stdlib.h>
#include <string.h>

static const struct option pause_options[] = {
    {"reason", OPTION_TEXT, "TEXT", "why, shown by hookline status"},
    {0},
};

/* Of an account whose state is not known, the answer is no. */
static bool is_suspended(struct session *session, const char *account)
{
    struct inquiry inquiry;

    inquiry_init(&inquiry, session->loop);
    queue_status(session->queue, inquiry_report, &inquiry);
    bool is_known = inquiry_wait(&inquiry);
    const cJSON *row = is_known ? view_account(inquiry.report, account) : NULL;
    bool answer = strcmp(json_get_string(row, "state", ""), "suspended") == 0;
    inquiry_clear(&inquiry);
    return answer;
}

/* Pauses the account that the operand names, with a reason; resumes it without one. */
static int hold(const struct arguments *arguments, const char *reason)
{
    const char *account = arguments->operands[0];
    struct session session;
    struct inquiry inquiry;
    int code = session_open(&session, arguments);

    if (code != EXIT_SUCCESS)
        return code;
    if (!session_account(session.config, account)) {
        session_close(&session);
        return EXIT_USAGE;
    }
    bool was_suspended = !reason && is_suspended(&session, account);
    inquiry_init(&inquiry, session.loop);
    if (reason)
        queue_pause(session.queue, account, reason, inquiry_done, &inquiry);
    else
        queue_resume(session.queue, account, inquiry_done, &inquiry);
    if (!inquiry_wait(&inquiry))
        code = report_failure("%s", inquiry.err.text);
    else if (reason)
        report_note("%s is paused: its events wait until hookline resume %s", account, account);
    else
        report_note("%s goes on%s", account,
                    was_suspended ? "; if its key is still refused it will be suspended again" : "");
    session_close(&session);
    return code;
}

static int pause_run(const struct arguments *arguments)
{
    return hold(arguments, arguments_text(arguments, "reason", "paused by an operator"));
}

static int resume_run(const struct arguments *arguments)
{
    return hold(arguments, NULL);
}

const struct command pause_command = {
    .name = "pause",
    .group = GROUP_ACT,
    .summary = "hold an account's events back",
    .operands = "ACCOUNT",
    .operands_min = 1,
    .operands_max = 1,
    .description = "Lets no further event of the account run until it is resumed; what is running ends as usual.\n"
                   "Events go on being accepted, and no other account is held up.",
    .example = "hookline pause acme --reason \"moving to a new workflow\"",
    .options = pause_options,
    .run = pause_run,
};

const struct command resume_command = {
    .name = "resume",
    .group = GROUP_ACT,
    .summary = "let an account's events run again",
    .operands = "ACCOUNT",
    .operands_min = 1,
    .operands_max = 1,
    .description = "Ends a pause, a suspension (Pinpoint had refused the key) or a rest that Pinpoint asked for.",
    .example = "hookline resume acme",
    .run = resume_run,
};
