/*
 * options.h - the options of a subcommand: a table to parse by and to print help from.
 *
 * --name value, --name=value, and --name alone for a flag; "--" ends the options; everything else is an operand.
 * A mistake is one line for people and ends the program with EXIT_USAGE.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* EXIT_SUCCESS and EXIT_FAILURE are 0 and 1: the work went well, or did not. */
#define EXIT_USAGE 2 /* it was asked for wrongly: the command line or the configuration */

enum option_kind {
    OPTION_FLAG,   /* takes no value */
    OPTION_TEXT,   /* any text that is not empty */
    OPTION_NUMBER, /* a whole number, 0 to 1,000,000,000 */
};

/* Tables end with a row without a name. */
struct option {
    const char *name; /* without the dashes */
    enum option_kind kind;
    const char *value; /* what the help calls the value: "FILE"; NULL for a flag */
    const char *help;
};

/* Options that every subcommand takes, beside its own table. */
extern const struct option common_options[];

#define OPTIONS_GIVEN_MAX 32

/* What was given on the command line; borrows the texts of argv. */
struct arguments {
    const struct option *table; /* the subcommand's own; NULL for none */
    struct given {
        const struct option *option;
        const char *text; /* "" for a flag */
    } given[OPTIONS_GIVEN_MAX];
    size_t given_count;
    const char **operands; /* owned; operands[operand_count] is NULL */
    size_t operand_count;
};

/* Parses argv[0] … argv[argc - 1], which hold neither the program's name nor the subcommand's. */
MUST_CHECK bool arguments_init(struct arguments *arguments, const struct option *table, int argc, char *const *argv,
                               struct error *err);
void arguments_clear(struct arguments *arguments);

/* name must be in the table or a common option. Given more than once, the last one counts. */
bool arguments_flag(const struct arguments *arguments, const char *name);
const char *arguments_text(const struct arguments *arguments, const char *name, const char *fallback);
long arguments_number(const struct arguments *arguments, const char *name, long fallback);
