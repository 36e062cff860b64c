/*
 * commands.c - the table of subcommands, and looking one up.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/closest.h"
#include "cli/command.h"

#include <string.h>

/* In the order of the help, group by group. */
const struct command *const commands[] = {
    &serve_command,   &receiver_command,
    &worker_command,  &janitor_command,
    &exec_command,    &status_command,
    &events_command,  &show_command,
    &dead_command,    &audit_command,
    &replay_command,  &pause_command,
    &resume_command,  &reshard_command,
    &check_command,   &demo_command,
    &send_command,    &bench_command,
    &sandbox_command, &help_command,
    &version_command, NULL,
};

const struct command *command_named(const char *name)
{
    for (const struct command *const *command = commands; *command; command++) {
        if (strcmp((*command)->name, name) == 0)
            return *command;
    }
    return NULL;
}

const struct command *command_close_to(const char *name)
{
    struct closest closest;

    closest_init(&closest, name);
    for (const struct command *const *command = commands; *command; command++) {
        if ((*command)->group != GROUP_HIDDEN)
            closest_try(&closest, (*command)->name, strlen((*command)->name));
    }
    return *closest.name ? command_named(closest.name) : NULL;
}
