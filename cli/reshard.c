/*
 * reshard.c - hookline reshard: changes how many shards the queue is made of.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/reshard.h"

#include "base/mem.h"
#include "cli/command.h"
#include "cli/report.h"
#include "cli/session.h"
#include "queue/keys.h"

#include <stdlib.h>

/* 0 when text is no number of shards. */
static unsigned parse_shards(const char *text)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    return *text >= '1' && *text <= '9' && *end == '\0' && number <= KEY_SHARDS_MAX ? (unsigned)number : 0;
}

static int reshard(const struct config *config, unsigned shards)
{
    struct loop *loop = loop_new();
    struct queue_options options = config->queue;
    char *url = session_queue_url(config);
    struct inquiry inquiry;
    bool is_right;

    options.url = url;
    inquiry_init(&inquiry, loop);
    is_right = queue_reshard(loop, &options, shards, inquiry_done, &inquiry, &inquiry.err) && inquiry_wait(&inquiry);
    mem_free(url);
    loop_free(loop);
    if (!is_right)
        return report_failure("%s", inquiry.err.text);
    report_note("the queue is made of %u shard%s now%s", shards, shards == 1 ? "" : "s",
                shards == config->queue.shards ? "" : ": put the same into queue.shards, everywhere");
    return EXIT_SUCCESS;
}

static int reshard_run(const struct arguments *arguments)
{
    unsigned shards = parse_shards(arguments->operands[0]);
    struct error err = {0};

    if (shards == 0)
        return report_usage("%s is no number of shards: 1 to %d", arguments->operands[0], KEY_SHARDS_MAX);
    struct config *config = config_load_outline(session_config_path(arguments), &err);
    if (!config)
        return report_usage("%s", err.text);
    int code = reshard(config, shards);
    config_free(config);
    return code;
}

const struct command reshard_command = {
    .name = "reshard",
    .group = GROUP_ACT,
    .summary = "change how many shards the queue is made of",
    .operands = "N",
    .operands_min = 1,
    .operands_max = 1,
    .description = "The queue must be empty: no event unsettled, no dead letter, no account paused. What runs with\n"
                   "another number takes no events from then on, until it is started with the new queue.shards.",
    .example = "hookline reshard 4",
    .run = reshard_run,
};
