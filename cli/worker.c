/*
 * worker.c - hookline worker, and the hidden hookline janitor: the same process without claims of its own.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/worker.h"

#include "base/mem.h"
#include "base/ulid.h"
#include "cli/command.h"
#include "cli/report.h"
#include "cli/role.h"
#include "cli/session.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct option worker_options[] = {
    {"id", OPTION_TEXT, "ID", "its name in the queue, unique for all time (one is made)"},
    {0},
};

/* A worker that no supervisor watches does the upkeep as well. */
static struct worker *open_worker(struct loop *loop, struct worker_options *options, const struct arguments *arguments,
                                  struct error *err)
{
    char *url = session_queue_url(options->config);
    char made[ULID_SIZE];

    ulid_new(made);
    options->redis_url = url;
    options->id = arguments_text(arguments, "id", made);
    struct worker *worker = worker_open(loop, options, err);
    mem_free(url);
    return worker;
}

static void *worker_role_open(struct loop *loop, struct config *config, const struct arguments *arguments,
                              struct error *err)
{
    struct worker_options options = {.config = config, .has_janitor = !role_is_supervised()};

    return open_worker(loop, &options, arguments, err);
}

static void *janitor_role_open(struct loop *loop, struct config *config, const struct arguments *arguments,
                               struct error *err)
{
    struct worker_options options = {.config = config, .has_janitor = true, .is_idle = true};

    return open_worker(loop, &options, arguments, err);
}

static void role_reload(void *self, struct config *config)
{
    worker_reload(self, config);
}

static void role_drain(void *self, loop_fn *fn, void *arg)
{
    worker_drain(self, fn, arg);
}

static void role_close(void *self)
{
    worker_close(self);
}

/* The id becomes part of keys in Redis. */
static bool is_id(const char *id)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

    return strspn(id, allowed) == strlen(id) && strlen(id) <= 64;
}

static int run(const struct role *role, const struct arguments *arguments)
{
    if (!is_id(arguments_text(arguments, "id", "")))
        return report_usage("--id: expected up to 64 letters, digits, '.', '_' or '-'");
    return role_run(role, arguments);
}

static int worker_run(const struct arguments *arguments)
{
    static const struct role role = {"worker", worker_role_open, role_reload, role_drain, role_close};

    return run(&role, arguments);
}

static int janitor_run(const struct arguments *arguments)
{
    static const struct role role = {"janitor", janitor_role_open, role_reload, role_drain, role_close};

    return run(&role, arguments);
}

const struct command worker_command = {
    .name = "worker",
    .group = GROUP_RUN,
    .summary = "only write results into Pinpoint (one part of serve)",
    .operands = "",
    .description =
        "Takes events from the queue and performs their actions; run as many as you like, on as many machines.\n"
        "Without a supervisor it does the queue's upkeep as well. SIGHUP reads the configuration again.",
    .example = "hookline worker --config /etc/hookline.json",
    .options = worker_options,
    .run = worker_run,
};

const struct command janitor_command = {
    .name = "janitor",
    .group = GROUP_HIDDEN,
    .summary = "only do the queue's upkeep (one part of serve)",
    .operands = "",
    .description = "Wakes events that are due, takes back those of lost workers, forgets old ones.",
    .example = "hookline janitor --config /etc/hookline.json",
    .options = worker_options,
    .run = janitor_run,
};
