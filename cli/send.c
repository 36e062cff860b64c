/*
 * send.c - hookline send: delivers an event as a vendor would, signed, over HTTP. For trying out a configuration.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "base/ulid.h"
#include "cli/command.h"
#include "cli/delivery.h"
#include "cli/follow.h"
#include "cli/input.h"
#include "cli/local_url.h"
#include "cli/report.h"
#include "cli/session.h"
#include "cli/timeline.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option send_options[] = {
    {"source", OPTION_TEXT, "SOURCE", "the source to send as (required)"},
    {"account", OPTION_TEXT, "ACCOUNT", "for a source that serves several accounts"},
    {"url", OPTION_TEXT, "URL", "the receiver's address (from the configuration)"},
    {"id", OPTION_TEXT, "ID", "the delivery's id (a new one is made)"},
    {"wait", OPTION_FLAG, NULL, "wait until the event is settled, and show it"},
    {"json", OPTION_FLAG, NULL, "print the answer as one line of JSON"},
    {0},
};

/* Waits until the event is settled, and shows it. */
static int show_outcome(struct session *session, const char *id)
{
    cJSON *event = follow_event(session, id);
    struct buf text;

    if (!event)
        return EXIT_FAILURE;
    buf_init(&text, REPORT_MAX);
    timeline_render(event, terminal_has_colour(STDOUT_FILENO), &text);
    int code = report_text(&text);
    if (strcmp(json_get_string(event, "state", ""), "done") != 0)
        code = EXIT_FAILURE;
    cJSON_Delete(event);
    return code;
}

static int wait_for(const struct arguments *arguments, const char *id)
{
    struct session session;
    int code = session_open(&session, arguments);

    if (code != EXIT_SUCCESS)
        return code;
    code = show_outcome(&session, id);
    session_close(&session);
    return code;
}

/* Says what the receiver answered. Returns the event's id, owned; NULL when it was not accepted. */
static char *print_answer(const struct fetched *answer, const char *url, const struct arguments *arguments)
{
    bool is_configured = !arguments_text(arguments, "url", NULL);
    cJSON *body = fetched_json(answer);
    const char *id = json_get_string(body, "id", NULL);
    bool is_accepted = answer->status >= 200 && answer->status < 300 && id;
    char *owned = is_accepted ? mem_string(id) : NULL;

    if (answer->status == 0)
        (void)report_failure("%s: %s%s", url, answer->problem, is_configured ? ": is `hookline serve` up?" : "");
    else if (arguments_flag(arguments, "json") && body)
        (void)report_json(body);
    else if (is_accepted)
        report_note("%d %s, event %s", answer->status, answer->status == 202 ? "queued" : "known already", id);
    else
        (void)report_failure("%s answered %d: %s", url, answer->status, json_get_string(body, "detail", answer->body));
    cJSON_Delete(body);
    return owned;
}

static char *deliver(const struct delivery *delivery, const struct arguments *arguments)
{
    struct loop *loop = loop_new();
    struct http_client *client = http_client_new(loop, &(struct http_client_options){0});
    char *url = delivery_url(delivery);
    struct fetched answer;

    delivery_send(delivery, loop, client, &answer);
    char *id = print_answer(&answer, url, arguments);
    fetched_clear(&answer);
    mem_free(url);
    http_client_free(client);
    loop_free(loop);
    return id;
}

/* Reads the file and sends it; owned id of the event, or NULL. */
static char *send_file(const struct config *config, const struct source *source, const struct arguments *arguments)
{
    char *base_url = local_url(config->listen);
    char made[ULID_SIZE];
    struct error err = {0};
    struct buf body;
    char *id = NULL;

    ulid_new(made);
    buf_init(&body, config->max_body_bytes);
    if (!input_read(arguments->operand_count ? arguments->operands[0] : "-", &body, &err)) {
        (void)report_failure("%s", err.text);
    } else {
        struct delivery delivery = {.base_url = arguments_text(arguments, "url", base_url),
                                    .source = source,
                                    .account = arguments_text(arguments, "account", NULL),
                                    .id = arguments_text(arguments, "id", made),
                                    .body = body.data,
                                    .body_size = body.size};
        id = deliver(&delivery, arguments);
    }
    buf_clear(&body);
    mem_free(base_url);
    return id;
}

static int send_run(const struct arguments *arguments)
{
    const char *name = arguments_text(arguments, "source", NULL);
    int code = EXIT_SUCCESS;

    if (!name)
        return report_usage("send: expected --source SOURCE; hookline send --help tells more");
    struct config *config = session_config(arguments, false);
    if (!config)
        return EXIT_USAGE;
    const struct source *source = session_source(config, name);
    if (!source) {
        config_free(config);
        return EXIT_USAGE;
    }
    char *id = send_file(config, source, arguments);
    if (!id)
        code = EXIT_FAILURE;
    else if (arguments_flag(arguments, "wait"))
        code = wait_for(arguments, id);
    mem_free(id);
    config_free(config);
    return code;
}

const struct command send_command = {
    .name = "send",
    .group = GROUP_DEVELOP,
    .summary = "deliver an event as a vendor would",
    .operands = "[FILE|-]",
    .operands_max = 1,
    .description =
        "Signs a JSON file (or standard input) with the source's first secret and posts it to the receiver.\n"
        "Prints the receiver's answer; with --wait also what became of the event.",
    .example = "hookline send --source skillcheck --wait examples/events/assessment.json",
    .options = send_options,
    .run = send_run,
};
