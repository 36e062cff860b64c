/*
 * help.c - hookline help: the list of commands, and what one of them takes, printed from their tables.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/report.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 64 /* bytes of an option's name and value */

static const char *const group_titles[] = {
    [GROUP_RUN] = "Run", [GROUP_LOOK] = "Look", [GROUP_ACT] = "Act", [GROUP_DEVELOP] = "Develop"};

/* "--name VALUE"; its size. */
static int option_words(const struct option *option, char *words, size_t size)
{
    return snprintf(words, size, "--%s%s%s", option->name, option->value ? " " : "",
                    option->value ? option->value : "");
}

static int widest_words(const struct option *option)
{
    char words[WORDS_MAX];
    int widest = 0;

    for (; option && option->name; option++) {
        int size = option_words(option, words, sizeof(words));

        widest = size > widest ? size : widest;
    }
    return widest;
}

static void add_option(const struct option *option, int width, struct buf *out)
{
    char words[WORDS_MAX];

    option_words(option, words, sizeof(words));
    buf_addf(out, "  %-*s  %s\n", width, words, option->help);
}

/* What every command takes; --config only where it is read. */
static void add_common_options(const struct command *command, int width, struct buf *out)
{
    for (const struct option *option = common_options; option->name; option++) {
        if (!command->reads_no_config || strcmp(option->name, "config") != 0)
            add_option(option, width, out);
    }
}

void command_help(const struct command *command, struct buf *out)
{
    int own = widest_words(command->options), common = widest_words(common_options);
    int width = own > common ? own : common;

    buf_addf(out, "usage: hookline %s [OPTION]…%s%s\n\n%s\n\n", command->name, *command->operands ? " " : "",
             command->operands, command->description);
    for (const struct option *option = command->options; option && option->name; option++)
        add_option(option, width, out);
    add_common_options(command, width, out);
    buf_addf(out, "\nexample: %s\n", command->example);
}

void commands_help(struct buf *out)
{
    buf_add_string(out, "hookline takes webhooks from vendors and writes their results into Pinpoint.\n\n"
                        "usage: hookline COMMAND [OPTION]…\n");
    for (enum command_group group = GROUP_RUN; group < GROUP_HIDDEN; group++) {
        buf_addf(out, "\n%s\n", group_titles[group]);
        for (const struct command *const *command = commands; *command; command++) {
            if ((*command)->group == group)
                buf_addf(out, "  %-10s %s\n", (*command)->name, (*command)->summary);
        }
    }
    buf_add_string(out, "\nhookline COMMAND --help tells more. Exit: 0 well, 1 failed, 2 asked for wrongly.\n");
}

static int help_run(const struct arguments *arguments)
{
    const struct command *command = NULL;
    struct buf text;

    if (arguments->operand_count > 0 && !(command = command_named(arguments->operands[0])))
        return report_usage("no command \"%s\"; hookline help lists them", arguments->operands[0]);
    buf_init(&text, REPORT_MAX);
    if (command)
        command_help(command, &text);
    else
        commands_help(&text);
    return report_text(&text);
}

const struct command help_command = {
    .name = "help",
    .group = GROUP_DEVELOP,
    .summary = "this list, or what a command does",
    .operands = "[COMMAND]",
    .operands_max = 1,
    .description = "Lists the commands; with the name of one, says what it does and takes.",
    .example = "hookline help send",
    .reads_no_config = true,
    .run = help_run,
};
