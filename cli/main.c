/*
 * main.c - the program's entry: finds the subcommand, reads its options, runs it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "cli/command.h"
#include "cli/report.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static bool operands_fit(const struct command *command, const struct arguments *arguments, struct error *err)
{
    if (arguments->operand_count < command->operands_min)
        return error_set(err, ERROR_INVALID, "expected %s; hookline %s --help tells more", command->operands,
                         command->name);
    if (arguments->operand_count > command->operands_max)
        return error_set(err, ERROR_INVALID, "what is \"%.60s\" for? hookline %s --help tells more",
                         arguments->operands[command->operands_max], command->name);
    return true;
}

static int print_help(const struct command *command)
{
    struct buf text;

    buf_init(&text, REPORT_MAX);
    command_help(command, &text);
    return report_text(&text);
}

static int run(const struct command *command, int argc, char *const *argv)
{
    struct arguments arguments;
    struct error err = {0};
    int code;

    if (!arguments_init(&arguments, command->options, argc, argv, &err))
        return report_usage("%s: %s", command->name, err.text);
    if (arguments_flag(&arguments, "help"))
        code = print_help(command);
    else if (operands_fit(command, &arguments, &err))
        code = command->run(&arguments);
    else
        code = report_usage("%s: %s", command->name, err.text);
    arguments_clear(&arguments);
    return code;
}

static int unknown(const char *name)
{
    const struct command *close = command_close_to(name);

    if (close)
        return report_usage("no command \"%.60s\": did you mean %s?", name, close->name);
    return report_usage("no command \"%.60s\"; hookline help lists them", name);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    log_init("hookline", LOG_ERROR); /* processes that stay say more: role.c, the supervisor */
    signal(SIGPIPE, SIG_IGN);        /* a peer that hangs up is an error of that write, not the end of the process */
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        name = help_command.name;
    else if (strcmp(name, "--version") == 0)
        name = version_command.name;
    else if (!*name)
        return report_usage("which command? hookline help lists them");
    const struct command *command = command_named(name);
    return command ? run(command, argc - 2, argv + 2) : unknown(name);
}
