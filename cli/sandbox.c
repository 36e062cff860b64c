/*
 * sandbox.c - hookline sandbox: a stand-in for Pinpoint on a port of this machine.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/sandbox.h"

#include "base/log.h"
#include "cli/command.h"
#include "cli/report.h"
#include "cli/role.h"

#include <stdlib.h>

static const struct option sandbox_options[] = {
    {"listen", OPTION_TEXT, "ADDRESS", "host:port (" SANDBOX_LISTEN ")"},
    {"api-key", OPTION_TEXT, "KEY", "the key it asks for ($HOOKLINE_SANDBOX_KEY, else " SANDBOX_API_KEY ")"},
    {"rate", OPTION_NUMBER, "N", "answer 429 beyond N requests a second (no limit)"},
    {"burst", OPTION_NUMBER, "N", "requests that may come at once (the rate)"},
    {"latency", OPTION_TEXT, "MS", "hold each answer back: 40, or 20-80"},
    {"fault", OPTION_TEXT, "FAULTS", "misbehave: 500=0.05,lost=0.02,429=0.1 (docs/sandbox.md)"},
    {"seed", OPTION_NUMBER, "N", "the same faults and latencies every time (random)"},
    {"webhook-url", OPTION_TEXT, "URL", "tell this address of stage changes"},
    {"webhook-secret", OPTION_TEXT, "SECRET", "sign them with it ($HOOKLINE_SANDBOX_WEBHOOK_SECRET)"},
    {"applications", OPTION_NUMBER, "N", "this many applications beside the usual ones"},
    {0},
};

static bool read_options(const struct arguments *arguments, struct sandbox_options *options, struct error *err)
{
    *options = (struct sandbox_options){
        .listen = arguments_text(arguments, "listen", NULL),
        .api_key = arguments_text(arguments, "api-key", getenv("HOOKLINE_SANDBOX_KEY")),
        .rate = (double)arguments_number(arguments, "rate", 0),
        .burst = (unsigned)arguments_number(arguments, "burst", 0),
        .seed = (uint64_t)arguments_number(arguments, "seed", 0),
        .webhook_url = arguments_text(arguments, "webhook-url", NULL),
        .webhook_secret = arguments_text(arguments, "webhook-secret", getenv("HOOKLINE_SANDBOX_WEBHOOK_SECRET")),
        .seed_applications = (unsigned)arguments_number(arguments, "applications", 0),
    };
    return sandbox_latency_parse(arguments_text(arguments, "latency", "0"), &options->latency_min_ms,
                                 &options->latency_max_ms, err) &&
           sandbox_faults_parse(arguments_text(arguments, "fault", ""), &options->faults, err);
}

static void *role_open(struct loop *loop, struct config *config, const struct arguments *arguments, struct error *err)
{
    struct sandbox_options options;

    (void)config;
    if (!read_options(arguments, &options, err))
        return NULL;
    struct sandbox *sandbox = sandbox_open(loop, &options, err);
    if (sandbox)
        log_info("listening on %s", sandbox_address(sandbox));
    return sandbox;
}

static void role_drain(void *self, loop_fn *fn, void *arg)
{
    (void)self; /* all it has is in memory and goes with it */
    fn(arg);
}

static void role_close(void *self)
{
    sandbox_close(self);
}

static int sandbox_run(const struct arguments *arguments)
{
    static const struct role role = {"sandbox", role_open, NULL, role_drain, role_close};
    struct sandbox_options options;
    struct error err = {0};

    if (!read_options(arguments, &options, &err))
        return report_usage("sandbox: %s", err.text);
    return role_run(&role, arguments);
}

const struct command sandbox_command = {
    .name = "sandbox",
    .group = GROUP_DEVELOP,
    .summary = "a stand-in for Pinpoint, to develop against",
    .operands = "",
    .description =
        "Answers Pinpoint's API from memory, shows every application on a page, and misbehaves when asked to.\n"
        "Nothing is kept when it ends.",
    .example = "hookline sandbox --fault 500=0.05,lost=0.02 --latency 20-80",
    .options = sandbox_options,
    .reads_no_config = true,
    .run = sandbox_run,
};
