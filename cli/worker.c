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
#include "worker/crew.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct option worker_options[] = {
    {"id", OPTION_TEXT, "ID", "its name in the queue, unique for all time (one is made)"},
    {"no-janitor", OPTION_FLAG, NULL, "leave the queue's upkeep to others"},
    {"redis", OPTION_TEXT, "URL", "in place of the configuration's"},
    {0},
};

static const struct option janitor_options[] = {
    {"redis", OPTION_TEXT, "URL", "in place of the configuration's"},
    {0},
};

/* The rest of options is the caller's. */
static struct worker *open_worker(struct loop *loop, struct worker_options *options, const char *redis_url,
                                  struct error *err)
{
    char *url = redis_url ? mem_string(redis_url) : session_queue_url(options->config);

    options->redis_url = url;
    struct worker *worker = worker_open(loop, options, err);
    mem_free(url);
    return worker;
}

static void *worker_role_open(struct loop *loop, struct config *config, const struct arguments *arguments,
                              struct error *err)
{
    char made[ULID_SIZE];
    struct worker_options options = {.config = config, .has_janitor = !arguments_flag(arguments, "no-janitor")};

    ulid_new(made);
    options.id = arguments_text(arguments, "id", made);
    return open_worker(loop, &options, arguments_text(arguments, "redis", NULL), err);
}

static void *janitor_role_open(struct loop *loop, struct config *config, const struct arguments *arguments,
                               struct error *err)
{
    char made[ULID_SIZE];
    struct worker_options options = {.config = config, .has_janitor = true, .is_idle = true};

    ulid_new(made);
    options.id = made;
    return open_worker(loop, &options, arguments_text(arguments, "redis", NULL), err);
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

    return strspn(id, allowed) == strlen(id) && strlen(id) < WORKER_ID_MAX;
}

static int worker_run(const struct arguments *arguments)
{
    static const struct role role = {"worker", worker_role_open, role_reload, role_drain, role_close};

    if (!is_id(arguments_text(arguments, "id", "")))
        return report_usage("--id: expected at most %d letters, digits, '.', '_' or '-'", WORKER_ID_MAX - 1);
    return role_run(&role, arguments);
}

static int janitor_run(const struct arguments *arguments)
{
    static const struct role role = {"janitor", janitor_role_open, role_reload, role_drain, role_close};

    return role_run(&role, arguments);
}

const struct command worker_command = {
    .name = "worker",
    .group = GROUP_RUN,
    .summary = "only write results into Pinpoint (one part of serve)",
    .operands = "",
    .description =
        "Takes events from the queue and performs their actions; run as many as you like, on as many machines.\n"
        "It does the queue's upkeep as well. SIGHUP reads the configuration again.",
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
    .options = janitor_options,
    .run = janitor_run,
};
