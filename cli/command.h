/*
 * command.h - a subcommand of hookline, and the table of all of them.
 *
 * Each lives in cli/<name>.c and says everything about itself in one struct command; main.c runs it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "cli/options.h"

#include <stdbool.h>
#include <stddef.h>

enum command_group { GROUP_RUN, GROUP_LOOK, GROUP_ACT, GROUP_DEVELOP, GROUP_HIDDEN };

struct command {
    const char *name;
    enum command_group group;
    const char *summary;  /* one line, in the list of commands */
    const char *operands; /* in the usage line: "[FILE]"; "" for none */
    size_t operands_min, operands_max;
    const char *description; /* what it does, in about two lines */
    const char *example;
    const struct option *options;                  /* beside common_options; NULL for none */
    bool reads_no_config;                          /* its help leaves --config out */
    int (*run)(const struct arguments *arguments); /* the exit code; says itself what went wrong */
};

#define OPERANDS_ANY ((size_t)-1)

/* Ended by NULL. To add one: cli/<name>.c, its declaration below, its row in commands.c. */
extern const struct command *const commands[];

extern const struct command audit_command, bench_command, check_command, dead_command, demo_command, events_command,
    exec_command, help_command, janitor_command, pause_command, receiver_command, replay_command, reshard_command,
    resume_command, sandbox_command, send_command, serve_command, show_command, status_command, version_command,
    worker_command;

const struct command *command_named(const char *name); /* NULL when there is none */

/* The command whose name is close to a mistyped one, never a hidden one; NULL when there is none. */
const struct command *command_close_to(const char *name);

/* The --help of one command; the list of all. */
void command_help(const struct command *command, struct buf *out);
void commands_help(struct buf *out);
