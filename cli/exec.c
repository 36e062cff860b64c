/*
 * exec.c - hookline _exec: becomes another program that ends when its parent does. For the private redis-server,
 * which cannot ask for that itself.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "queue/private_redis.h"

static int exec_run(const struct arguments *arguments)
{
    return private_redis_exec((char *const *)arguments->operands);
}

const struct command exec_command = {
    .name = "_exec",
    .group = GROUP_HIDDEN,
    .summary = "another program, ended with this one's parent",
    .operands = "PROGRAM [ARGUMENT]…",
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    .description = "Becomes PROGRAM, which is ended when the process that started this one ends.",
    .example = "hookline _exec redis-server redis.conf",
    .run = exec_run,
};
