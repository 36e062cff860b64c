/*
 * config.c - reading hookline.json from the file to the struct, and every mistake in it as one line.
 *
 * Called at the start of each process and again on SIGHUP: nothing is kept between two readings.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include "base/json.h"
#include "base/mem.h"
#include "config/account.h"
#include "config/address.h"
#include "config/environment.h"
#include "config/jsonc.h"
#include "config/settings.h"
#include "config/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (1UL << 20) /* bytes of a configuration */

/* The file's text, appended to out. */
static bool read_file(const char *path, struct buf *out, struct error *err)
{
    FILE *file = fopen(path, "rb");
    char chunk[4096];
    size_t size;
    bool is_broken;

    if (file == NULL && errno == ENOENT)
        return error_set(err, ERROR_INVALID,
                         "%s: no such file; --config names another, examples/ has some to start from", path);
    if (file == NULL)
        return error_set(err, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
    while (!out->overflow && (size = fread(chunk, 1, sizeof(chunk), file)) > 0)
        buf_add(out, chunk, size);
    is_broken = ferror(file) != 0;
    fclose(file);
    if (is_broken)
        return error_set(err, ERROR_SYSTEM, "%s: cannot be read", path);
    if (out->overflow)
        return error_set(err, ERROR_LIMIT, "%s: larger than %lu bytes", path, FILE_MAX);
    return true;
}

static bool read_accounts(struct config *config, const cJSON *json, struct error *err)
{
    const cJSON *account;

    if (!cJSON_IsObject(json) || json->child == NULL)
        return error_set(err, ERROR_INVALID, "expected an object with at least one account");
    config->accounts = mem_new((size_t)cJSON_GetArraySize(json) * sizeof(*config->accounts));
    cJSON_ArrayForEach(account, json)
    {
        if (!account_read(&config->accounts[config->account_count++], account, err))
            return error_prefix(err, "%s", account->string);
    }
    return true;
}

static bool read_sources(struct config *config, const cJSON *json, const struct source_context *context,
                         struct error *err)
{
    const cJSON *source;

    if (!cJSON_IsObject(json) || json->child == NULL)
        return error_set(err, ERROR_INVALID, "expected an object with at least one source");
    config->sources = mem_new((size_t)cJSON_GetArraySize(json) * sizeof(*config->sources));
    cJSON_ArrayForEach(source, json)
    {
        if (!source_read(&config->sources[config->source_count++], source, context, err))
            return error_prefix(err, "%s", source->string);
    }
    return true;
}

static bool check_addresses(const struct config *config, struct error *err)
{
    if (!address_check_redis(config->redis_url, err))
        return error_prefix(err, "redis.url");
    if (!address_check_listen(config->listen, err))
        return error_prefix(err, "receiver.listen");
    return true;
}

/* How much of a file is read. */
enum depth { DEPTH_OUTLINE, DEPTH_ALL, DEPTH_COMPILED };

static void read_names(struct config *config, const cJSON *json)
{
    const cJSON *account, *source;

    config->accounts =
        mem_new((size_t)(cJSON_GetArraySize(json_get(json, "accounts")) + 1) * sizeof(*config->accounts));
    cJSON_ArrayForEach(account, json_get(json, "accounts")) config->accounts[config->account_count++].name =
        mem_string(account->string ? account->string : "");
    config->sources = mem_new((size_t)(cJSON_GetArraySize(json_get(json, "sources")) + 1) * sizeof(*config->sources));
    cJSON_ArrayForEach(source, json_get(json, "sources")) config->sources[config->source_count++].name =
        mem_string(source->string ? source->string : "");
}

/* Accounts and sources are emptied before the environment is asked for anything. */
static bool read_outline(struct config *config, cJSON *json, struct error *err)
{
    read_names(config, json);
    if (cJSON_IsObject(json_get(json, "accounts")))
        cJSON_ReplaceItemInObjectCaseSensitive(json, "accounts", cJSON_CreateObject());
    if (cJSON_IsObject(json_get(json, "sources")))
        cJSON_ReplaceItemInObjectCaseSensitive(json, "sources", cJSON_CreateObject());
    return environment_expand(json, err) && settings_read(file_settings, json, config, err) &&
           check_addresses(config, err);
}

static bool read_document(struct config *config, cJSON *json, enum depth depth, struct error *err)
{
    struct source_context context = {config, json_get(json, "retry"), depth == DEPTH_COMPILED};

    if (depth == DEPTH_OUTLINE)
        return read_outline(config, json, err);

    return environment_expand(json, err) && settings_read(file_settings, json, config, err) &&
           check_addresses(config, err) &&
           (read_accounts(config, json_get(json, "accounts"), err) || error_prefix(err, "accounts")) &&
           (read_sources(config, json_get(json, "sources"), &context, err) || error_prefix(err, "sources"));
}

/* "hookline.json:14:23: sources.video.rules[0].on: expected …" */
static void place_error(const char *path, const struct buf *text, struct error *err)
{
    unsigned line, column;
    char where[sizeof(err->where)];

    memcpy(where, err->where, sizeof(where));
    jsonc_locate(text->data, text->size, where, &line, &column);
    error_set_at(err, ERROR_INVALID, where, "%s:%u:%u: %s%s%s", path, line, column, where, where[0] != '\0' ? ": " : "",
                 err->text);
}

static bool read_text(struct config *config, const struct buf *text, enum depth depth, struct error *err)
{
    cJSON *json = jsonc_parse(text->data, text->size, err);
    bool is_fine;

    if (json == NULL)
        return error_set(err, ERROR_INVALID, "%s:%s", config->path, err->text);
    is_fine = read_document(config, json, depth, err);
    if (!is_fine)
        place_error(config->path, text, err);
    cJSON_Delete(json);
    return is_fine;
}

static void take_durability(struct config *config)
{
    const char *name = config->redis_durability;

    if (strcmp(name, "fsync") == 0)
        config->queue.durability = QUEUE_FSYNC;
    else if (strcmp(name, "replicas") == 0)
        config->queue.durability = QUEUE_REPLICAS;
}

/* A directory is meant as seen from the file, wherever the program runs. */
static bool make_absolute(const struct config *config, char **directory, struct error *err)
{
    char *file, *slash, *relative = *directory;

    if (relative[0] == '/')
        return true;
    file = realpath(config->path, NULL);
    if (file == NULL)
        return error_set(err, ERROR_SYSTEM, "%s: %s", config->path, strerror(errno));
    slash = strrchr(file, '/');
    *directory = mem_printf("%.*s/%s", (int)(slash - file), file, relative);
    free(file);
    mem_free(relative);
    return true;
}

static struct config *load(const char *path, enum depth depth, struct error *err)
{
    struct config *config = mem_new(sizeof(*config));
    struct error unread;
    struct buf text;
    bool is_fine;

    if (err == NULL)
        err = &unread; /* messages are made of messages here */
    config->path = mem_string(path);
    buf_init(&text, FILE_MAX);
    is_fine = read_file(path, &text, err) && read_text(config, &text, depth, err) &&
              make_absolute(config, &config->data_dir, err) &&
              (*config->spill == '\0' || make_absolute(config, &config->spill, err));
    buf_clear(&text);
    if (is_fine) {
        take_durability(config);
        return config;
    }
    config_free(config);
    return NULL;
}

struct config *config_load(const char *path, bool compile_rules, struct error *err)
{
    return load(path, compile_rules ? DEPTH_COMPILED : DEPTH_ALL, err);
}

struct config *config_load_outline(const char *path, struct error *err)
{
    return load(path, DEPTH_OUTLINE, err);
}

void config_free(struct config *config)
{
    if (config == NULL)
        return;
    for (size_t i = 0; i < config->account_count; i++)
        account_clear(&config->accounts[i]);
    for (size_t i = 0; i < config->source_count; i++)
        source_clear(&config->sources[i]);
    settings_clear(file_settings, config);
    mem_free(config->accounts);
    mem_free(config->sources);
    mem_free(config->path);
    mem_free(config);
}

const struct account *config_account(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->account_count; i++) {
        if (strcmp(config->accounts[i].name, name) == 0)
            return &config->accounts[i];
    }
    return NULL;
}

const struct source *config_source(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->source_count; i++) {
        if (strcmp(config->sources[i].name, name) == 0)
            return &config->sources[i];
    }
    return NULL;
}

static void describe(const char *prefix, const struct setting *table, struct buf *out)
{
    struct buf type;

    for (; table->key != NULL; table++) {
        char *key = mem_printf("%s%s", prefix, table->key);

        buf_init(&type, 200);
        setting_add_type(table, &type);
        buf_addf(out, "%-42s %-38s %-18s %s\n", key, type.data, setting_default(table), table->help);
        buf_clear(&type);
        mem_free(key);
    }
}

void config_describe(struct buf *out)
{
    describe("", file_settings, out);
    describe("accounts.NAME.", account_settings, out);
    describe("sources.NAME.", source_settings, out);
}
