/*
 * receiver.c - hookline receiver: takes webhooks in. Run by the supervisor, or alone on machines of their own.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/receiver.h"

#include "base/mem.h"
#include "cli/command.h"
#include "cli/proof.h"
#include "cli/role.h"
#include "cli/session.h"

#define REDIS_TIMEOUT_MS 1000 /* for a Redis that is being started beside this process */

static const struct option receiver_options[] = {
    {"listen", OPTION_TEXT, "ADDRESS", "host:port, in place of the configuration's"},
    {"redis", OPTION_TEXT, "URL", "in place of the configuration's"},
    {0},
};

/* The receiver borrows the configuration, so somebody must own it. */
struct receiver_role {
    struct receiver *receiver;
    struct config *config;
};

/* A Redis that is not there yet may come; one that is there and is not what it must be is told before anybody sends. */
static struct receiver *open_receiver(struct loop *loop, const struct receiver_options *options, struct error *err)
{
    if (!proof_redis(options->config, options->redis_url, REDIS_TIMEOUT_MS, err) && err->kind != ERROR_UNAVAILABLE)
        return NULL;
    return receiver_open(loop, options, err);
}

static void *role_open(struct loop *loop, struct config *config, const struct arguments *arguments, struct error *err)
{
    struct receiver_role *self = mem_new(sizeof(*self));
    char *url = session_queue_url(config);
    struct receiver_options options = {
        .config = config,
        .redis_url = arguments_text(arguments, "redis", url),
        .listen = arguments_text(arguments, "listen", NULL),
    };

    self->config = config;
    self->receiver = open_receiver(loop, &options, err);
    mem_free(url);
    if (self->receiver)
        return self;
    config_free(config);
    mem_free(self);
    return NULL;
}

static void role_reload(void *arg, struct config *config)
{
    struct receiver_role *self = arg;

    receiver_reload(self->receiver, config);
    config_free(self->config);
    self->config = config;
}

static void role_drain(void *arg, loop_fn *fn, void *fn_arg)
{
    struct receiver_role *self = arg;

    receiver_drain(self->receiver, fn, fn_arg);
}

static void role_close(void *arg)
{
    struct receiver_role *self = arg;

    receiver_close(self->receiver);
    config_free(self->config);
    mem_free(self);
}

static int receiver_run(const struct arguments *arguments)
{
    static const struct role role = {"receiver", role_open, role_reload, role_drain, role_close};

    return role_run(&role, arguments);
}

const struct command receiver_command = {
    .name = "receiver",
    .group = GROUP_RUN,
    .summary = "only take webhooks in (one part of serve)",
    .operands = "",
    .description = "Listens for webhooks, verifies them and queues them in Redis, which the configuration must name\n"
                   "unless hookline serve runs on this machine. SIGHUP reads the configuration again.",
    .example = "hookline receiver --config /etc/hookline.json",
    .options = receiver_options,
    .run = receiver_run,
};
