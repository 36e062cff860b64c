/*
 * options.c - the parser behind options.h. It knows no subcommand; main.c gives it the table of the one asked for.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"
#include "base/closest.h"

#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 1000000000L

const struct option common_options[] = {
    {"config", OPTION_TEXT, "FILE", "the configuration ($HOOKLINE_CONFIG, else ./hookline.json)"},
    {"help", OPTION_FLAG, NULL, "this text"},
    {0},
};

static const struct option *table_find(const struct option *table, const char *name, size_t size)
{
    for (; table && table->name; table++) {
        if (strlen(table->name) == size && memcmp(table->name, name, size) == 0)
            return table;
    }
    return NULL;
}

static const struct option *option_find(const struct arguments *arguments, const char *name, size_t size)
{
    const struct option *option = table_find(arguments->table, name, size);

    return option ? option : table_find(common_options, name, size);
}

static bool unknown(const struct arguments *arguments, const char *name, struct error *err)
{
    struct closest closest;

    closest_init(&closest, name);
    for (const struct option *option = arguments->table; option && option->name; option++)
        closest_try(&closest, option->name, strlen(option->name));
    for (const struct option *option = common_options; option->name; option++)
        closest_try(&closest, option->name, strlen(option->name));
    if (*closest.name)
        return error_set(err, ERROR_INVALID, "unknown option --%s: did you mean --%s?", name, closest.name);
    return error_set(err, ERROR_INVALID, "unknown option --%s", name);
}

/* The whole number that text is, or -1. */
static long read_number(const char *text)
{
    char *end;

    if (*text < '0' || *text > '9')
        return -1;
    long number = strtol(text, &end, 10);
    return *end == '\0' && number <= NUMBER_MAX ? number : -1;
}

static bool check_value(const struct option *option, const char *text, struct error *err)
{
    if (option->kind == OPTION_TEXT && *text == '\0')
        return error_set(err, ERROR_INVALID, "--%s: expected %s, got nothing", option->name, option->value);
    if (option->kind == OPTION_NUMBER && read_number(text) < 0)
        return error_set(err, ERROR_INVALID, "--%s: expected a whole number, got \"%.40s\"", option->name, text);
    return true;
}

static bool give(struct arguments *arguments, const struct option *option, const char *text, struct error *err)
{
    if (!check_value(option, text, err))
        return false;
    if (arguments->given_count == OPTIONS_GIVEN_MAX)
        return error_set(err, ERROR_INVALID, "too many options");
    arguments->given[arguments->given_count++] = (struct given){option, text};
    return true;
}

/* Takes in the option that argv[0] is, and its value. *used is how many of argc words it took. */
static bool take_option(struct arguments *arguments, int argc, char *const *argv, int *used, struct error *err)
{
    const char *name = argv[0] + 2;
    size_t size = strcspn(name, "=");
    const char *joined = name[size] == '=' ? name + size + 1 : NULL;
    const struct option *option = option_find(arguments, name, size);

    *used = 1;
    if (!option)
        return unknown(arguments, name, err);
    if (option->kind == OPTION_FLAG)
        return joined ? error_set(err, ERROR_INVALID, "--%s takes no value", option->name)
                      : give(arguments, option, "", err);
    if (joined)
        return give(arguments, option, joined, err);
    if (argc < 2 || strncmp(argv[1], "--", 2) == 0)
        return error_set(err, ERROR_INVALID, "--%s needs a value: --%s %s", option->name, option->name, option->value);
    *used = 2;
    return give(arguments, option, argv[1], err);
}

static bool take_words(struct arguments *arguments, int argc, char *const *argv, struct error *err)
{
    bool options_ended = false;
    int used = 1;

    for (int i = 0; i < argc; i += used) {
        const char *word = argv[i];

        used = 1;
        if (options_ended || word[0] != '-' || strcmp(word, "-") == 0)
            arguments->operands[arguments->operand_count++] = word;
        else if (strcmp(word, "--") == 0)
            options_ended = true;
        else if (strcmp(word, "-h") == 0)
            give(arguments, table_find(common_options, "help", 4), "", NULL);
        else if (word[1] != '-')
            return error_set(err, ERROR_INVALID, "unknown option %s", word);
        else if (!take_option(arguments, argc - i, argv + i, &used, err))
            return false;
    }
    return true;
}

bool arguments_init(struct arguments *arguments, const struct option *table, int argc, char *const *argv,
                    struct error *err)
{
    *arguments = (struct arguments){.table = table};
    arguments->operands = mem_new(((size_t)argc + 1) * sizeof(*arguments->operands));
    if (take_words(arguments, argc, argv, err))
        return true;
    arguments_clear(arguments);
    return false;
}

void arguments_clear(struct arguments *arguments)
{
    mem_free(arguments->operands);
    *arguments = (struct arguments){0};
}

const char *arguments_text(const struct arguments *arguments, const char *name, const char *fallback)
{
    const struct option *option = option_find(arguments, name, strlen(name));

    assert(option);
    for (size_t i = arguments->given_count; i-- > 0;) {
        if (arguments->given[i].option == option)
            return arguments->given[i].text;
    }
    return fallback;
}

bool arguments_flag(const struct arguments *arguments, const char *name)
{
    return arguments_text(arguments, name, NULL) != NULL;
}

long arguments_number(const struct arguments *arguments, const char *name, long fallback)
{
    const char *text = arguments_text(arguments, name, NULL);

    return text ? read_number(text) : fallback;
}
