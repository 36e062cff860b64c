/*
 * serve.c - hookline serve: everything on this machine, kept running.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"
#include "cli/command.h"
#include "cli/role.h"
#include "cli/session.h"
#include "worker/supervisor.h"

#include <signal.h>
#include <stddef.h>

static const struct option serve_options[] = {
    {"listen", OPTION_TEXT, "ADDRESS", "host:port, in place of the configuration's"},
    {"redis", OPTION_TEXT, "URL", "in place of the configuration's"},
    {0},
};

/* Under the demo, Ctrl-C reaches this process from the terminal as well as, a moment later, the demo's wish to stop.
 * Both together would mean: kill what still runs. */
static void leave_sigint_to_parent(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

static int serve_run(const struct arguments *arguments)
{
    struct supervisor_options options = {
        .config_path = session_config_path(arguments),
        .listen = arguments_text(arguments, "listen", NULL),
        .redis_url = arguments_text(arguments, "redis", NULL),
    };

    process_follow_parent();
    if (role_is_supervised())
        leave_sigint_to_parent();
    return supervisor_run(&options);
}

const struct command serve_command = {
    .name = "serve",
    .group = GROUP_RUN,
    .summary = "run everything on this machine",
    .operands = "",
    .description =
        "Starts the receiver, the workers, the janitor and, unless the configuration names one, a private Redis;\n"
        "starts again what ends. SIGHUP reads the configuration again, SIGTERM or Ctrl-C drains and stops.",
    .example = "hookline serve --config /etc/hookline.json",
    .options = serve_options,
    .run = serve_run,
};
