/*
 * version.c - hookline version.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/report.h"

static int version_run(const struct arguments *arguments)
{
    struct buf text;

    (void)arguments;
    buf_init(&text, REPORT_MAX);
    buf_add_string(&text, "hookline " HOOKLINE_VERSION "\n");
    return report_text(&text);
}

const struct command version_command = {
    .name = "version",
    .group = GROUP_DEVELOP,
    .summary = "the version of this program",
    .operands = "",
    .description = "Prints the version of this program.",
    .example = "hookline version",
    .reads_no_config = true,
    .run = version_run,
};
