/*
 * check.c - hookline check: is the configuration right, and do the keys and Redis work?
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/proof.h"
#include "cli/report.h"
#include "cli/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REDIS_TIMEOUT_MS 3000

static const struct option check_options[] = {
    {"offline", OPTION_FLAG, NULL, "only read the file, call nobody"},
    {"settings", OPTION_FLAG, NULL, "print every setting with its type and default, and end"},
    {"ready", OPTION_TEXT, "URL", "only ask the receiver or sandbox at URL whether it is ready"},
    {"json", OPTION_FLAG, NULL, "the result as one line of JSON"},
    {0},
};

static const struct column account_columns[] = {
    {"ACCOUNT", COLUMN_TEXT}, {"ADDRESS", COLUMN_PROSE}, {"RESULT", COLUMN_PROSE}};

static const struct column source_columns[] = {
    {"SOURCE", COLUMN_TEXT}, {"PATH FOR THE VENDOR", COLUMN_TEXT}, {"SCHEME", COLUMN_TEXT}, {"RULES", COLUMN_NUMBER}};

static char *source_path(const struct source *source)
{
    return mem_printf("/in/%s%s", source->name, *source->account ? "" : "/{account}");
}

static void print_tables(const struct config *config, const struct proof *proofs, bool is_offline)
{
    struct table *accounts = table_new(account_columns, COUNT_OF(account_columns));
    struct table *sources = table_new(source_columns, COUNT_OF(source_columns));

    for (size_t i = 0; i < config->account_count; i++) {
        table_add(accounts, config->accounts[i].name);
        table_add(accounts, config->accounts[i].base_url);
        if (is_offline)
            table_add(accounts, "not called");
        else
            table_add_toned(accounts, proofs[i].is_ok ? TONE_GOOD : TONE_BAD, proofs[i].result);
    }
    for (size_t i = 0; i < config->source_count; i++) {
        char *path = source_path(&config->sources[i]);

        table_add(sources, config->sources[i].name);
        table_add(sources, path);
        table_add(sources, signature_scheme_name(config->sources[i].scheme));
        table_addf(sources, "%zu", rules_count(config->sources[i].rules));
        mem_free(path);
    }
    (void)report_table(accounts);
    putchar('\n');
    (void)report_table(sources);
}

static void print_json(const struct config *config, const struct proof *proofs, const char *redis)
{
    cJSON *root = cJSON_CreateObject();
    cJSON *accounts = cJSON_AddArrayToObject(root, "accounts");
    cJSON *sources = cJSON_AddArrayToObject(root, "sources");

    cJSON_AddStringToObject(root, "redis", redis);
    for (size_t i = 0; i < config->account_count; i++) {
        cJSON *account = cJSON_CreateObject();

        cJSON_AddStringToObject(account, "name", config->accounts[i].name);
        cJSON_AddStringToObject(account, "base_url", config->accounts[i].base_url);
        cJSON_AddStringToObject(account, "result", proofs[i].result);
        cJSON_AddItemToArray(accounts, account);
    }
    for (size_t i = 0; i < config->source_count; i++) {
        cJSON *source = cJSON_CreateObject();
        char *path = source_path(&config->sources[i]);

        cJSON_AddStringToObject(source, "name", config->sources[i].name);
        cJSON_AddStringToObject(source, "path", path);
        cJSON_AddStringToObject(source, "scheme", signature_scheme_name(config->sources[i].scheme));
        cJSON_AddNumberToObject(source, "rules", (double)rules_count(config->sources[i].rules));
        cJSON_AddItemToArray(sources, source);
        mem_free(path);
    }
    (void)report_json(root);
    cJSON_Delete(root);
}

/* Calls every account, and Redis when one is configured; whether all is well. redis says how it stands. */
static bool prove(const struct config *config, struct proof *proofs, char *redis, size_t size)
{
    struct error err = {0};
    bool is_ok = true;

    proof_accounts(config, proofs);
    for (size_t i = 0; i < config->account_count; i++)
        is_ok = is_ok && proofs[i].is_ok;
    if (!*config->redis_url) {
        snprintf(redis, size, "private, in %s", config->data_dir);
        return is_ok;
    }
    if (proof_redis(config, config->redis_url, REDIS_TIMEOUT_MS, &err)) {
        snprintf(redis, size, "ok");
        return is_ok;
    }
    snprintf(redis, size, "%s", err.text);
    return false;
}

/* The last line. proofs is NULL when nobody was called. */
static void print_summary(const struct config *config, const struct proof *proofs, bool is_ok)
{
    size_t failed = 0;

    for (size_t i = 0; proofs && i < config->account_count; i++)
        failed += !proofs[i].is_ok;
    if (!proofs)
        printf("%s: the file is right; nobody was called\n", config->path);
    else if (is_ok)
        printf("%s: all is well\n", config->path);
    else if (failed > 0)
        printf("%s: %zu of %zu account%s failed\n", config->path, failed, config->account_count,
               config->account_count == 1 ? "" : "s");
    else
        printf("%s: Redis failed\n", config->path);
}

static int check(const struct config *config, const struct arguments *arguments)
{
    bool is_offline = arguments_flag(arguments, "offline");
    struct proof *proofs = mem_new((config->account_count + 1) * sizeof(*proofs));
    char redis[sizeof(((struct error *)0)->text)] = "not called";
    bool is_ok = is_offline || prove(config, proofs, redis, sizeof(redis));

    if (arguments_flag(arguments, "json")) {
        print_json(config, proofs, redis);
    } else {
        print_tables(config, proofs, is_offline);
        printf("\nRedis: %s\n\n", redis);
        print_summary(config, is_offline ? NULL : proofs, is_ok);
    }
    mem_free(proofs);
    return is_ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int check_ready(const char *url)
{
    struct error err = {0};

    return proof_ready(url, &err) ? EXIT_SUCCESS : report_failure("%s", err.text);
}

static int check_run(const struct arguments *arguments)
{
    const char *url = arguments_text(arguments, "ready", NULL);
    struct buf settings;

    if (url)
        return check_ready(url);
    if (arguments_flag(arguments, "settings")) {
        buf_init(&settings, REPORT_MAX);
        config_describe(&settings);
        return report_text(&settings);
    }
    struct config *config = session_config(arguments, true);
    if (!config)
        return EXIT_USAGE;
    int code = check(config, arguments);
    config_free(config);
    return code;
}

const struct command check_command = {
    .name = "check",
    .group = GROUP_ACT,
    .summary = "is the configuration right, do the keys work?",
    .operands = "",
    .description =
        "Reads the configuration, compiles its rules, proves each account's key by an authenticated call, and\n"
        "tries Redis. A mistake in the file is one line with its place; the exit code is 2 then.\n"
        "It does not look whether the custom fields that rules name exist in Pinpoint.",
    .example = "hookline check --config hookline.json",
    .options = check_options,
    .run = check_run,
};
