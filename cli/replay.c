/*
 * replay.c - hookline replay: queues settled events again.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/ulid.h"
#include "cli/command.h"
#include "cli/event_list.h"
#include "cli/report.h"
#include "cli/session.h"
#include "queue/inspect.h"

#include <stdlib.h>
#include <string.h>

static const struct option replay_options[] = {
    {"all-dead", OPTION_FLAG, NULL, "every dead event, up to 1000 at a time"},
    {"account", OPTION_TEXT, "ACCOUNT", "with --all-dead: only this account's"},
    {"done", OPTION_FLAG, NULL, "events that are done may be replayed too"},
    {0},
};

struct tally {
    unsigned replayed, refused;
};

/* A done event is refused too, but could be had with --done. */
static void report_refusal(struct session *session, const char *id, const struct error *err)
{
    struct inquiry inquiry;

    inquiry_init(&inquiry, session->loop);
    queue_show(session->queue, id, inquiry_report, &inquiry);
    bool is_done = inquiry_wait(&inquiry) && strcmp(json_get_string(inquiry.report, "state", ""), "done") == 0;
    (void)report_failure("%s%s", err->text, is_done ? "; with --done it is replayed too" : "");
    inquiry_clear(&inquiry);
}

static void replay_one(struct session *session, const char *id, bool also_done, struct tally *tally)
{
    struct inquiry inquiry;

    if (!ulid_is(id)) {
        tally->refused++;
        (void)report_failure("no event %s", id);
        return;
    }
    inquiry_init(&inquiry, session->loop);
    queue_replay(session->queue, id, also_done, inquiry_done, &inquiry);
    if (inquiry_wait(&inquiry)) {
        tally->replayed++;
        report_note("queued again: %s", id);
    } else {
        tally->refused++;
        report_refusal(session, id, &inquiry.err);
    }
}

static void replay_all_dead(struct session *session, const char *account, struct tally *tally)
{
    struct inquiry inquiry;
    const cJSON *event;

    inquiry_init(&inquiry, session->loop);
    queue_list(session->queue, "dead", account, EVENT_LIST_MAX, inquiry_report, &inquiry);
    if (!inquiry_wait(&inquiry)) {
        tally->refused++;
        (void)report_failure("%s", inquiry.err.text);
    }
    cJSON_ArrayForEach(event, json_get(inquiry.report, "events"))
        replay_one(session, json_get_string(event, "id", ""), false, tally);
    if (tally->replayed == EVENT_LIST_MAX)
        report_note("there may be more: run it again");
    inquiry_clear(&inquiry);
}

static int replay_run(const struct arguments *arguments)
{
    bool all_dead = arguments_flag(arguments, "all-dead");
    const char *account = arguments_text(arguments, "account", NULL);
    struct tally tally = {0};
    struct session session;

    if (all_dead == (arguments->operand_count > 0))
        return report_usage("replay: expected the ids of events, or --all-dead");
    int code = session_open(&session, arguments);
    if (code != EXIT_SUCCESS)
        return code;
    if (account && !session_account(session.config, account)) {
        session_close(&session);
        return EXIT_USAGE;
    }
    if (all_dead)
        replay_all_dead(&session, account, &tally);
    for (size_t i = 0; i < arguments->operand_count; i++)
        replay_one(&session, arguments->operands[i], arguments_flag(arguments, "done"), &tally);
    report_note("%u event%s queued again", tally.replayed, tally.replayed == 1 ? "" : "s");
    session_close(&session);
    return tally.refused == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

const struct command replay_command = {
    .name = "replay",
    .group = GROUP_ACT,
    .summary = "run dead events again",
    .operands = "[ID…]",
    .operands_max = OPERANDS_ANY,
    .description =
        "Queues dead events again, with all their attempts before them. What an earlier attempt wrote is not\n"
        "written a second time.",
    .example = "hookline replay --all-dead --account acme",
    .options = replay_options,
    .run = replay_run,
};
