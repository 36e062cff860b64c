/*
 * source.c - one source: the preset below it, its secrets, and its rules held to the table of handlers.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/source.h"

#include "base/closest.h"
#include "base/json.h"
#include "base/mem.h"
#include "config/account.h"
#include "config/preset.h"
#include "config/settings.h"
#include "handlers/handler.h"

#include <string.h>

static bool read_account(const struct source *source, const struct config *config, struct error *err)
{
    struct closest closest;

    if (source->account[0] == '\0' || config_account(config, source->account) != NULL)
        return true;
    closest_init(&closest, source->account);
    for (size_t i = 0; i < config->account_count; i++)
        closest_try(&closest, config->accounts[i].name, strlen(config->accounts[i].name));
    closest_fail(&closest, "no such account", err);
    return error_prefix(err, "account");
}

static bool add_secret(struct source *source, const cJSON *json, struct error *err)
{
    struct signature_key *key;

    if (source->key_count == SIGNATURE_SECRETS_MAX)
        return error_set(err, ERROR_INVALID, "more than %d secrets", SIGNATURE_SECRETS_MAX);
    if (!cJSON_IsString(json))
        return error_set(err, ERROR_INVALID, "expected a string");
    key = signature_key_new(source->scheme, json->valuestring, err);
    if (!key)
        return false;
    source->keys[source->key_count++] = key;
    return true;
}

static bool read_secrets(struct source *source, const cJSON *json, struct error *err)
{
    const cJSON *secret;
    size_t index = 0;

    if (!cJSON_IsArray(json) || json->child == NULL)
        return error_set(err, ERROR_INVALID, "expected a list of strings");
    cJSON_ArrayForEach(secret, json)
    {
        if (!add_secret(source, secret, err))
            return error_prefix(err, "[%zu]", index);
        index++;
    }
    return true;
}

static bool read_verify(struct source *source, const cJSON *json, struct error *err)
{
    source->scheme = signature_scheme_named(json_get_string(json, "scheme", ""));
    if (source->scheme == NULL)
        return error_set_at(err, ERROR_INVALID, "verify.scheme", "expected one of %s", signature_scheme_names());
    return read_secrets(source, json_get(json, "secrets"), err) || error_prefix(err, "verify.secrets");
}

static bool fail_unknown_action(const char *name, struct error *err)
{
    struct closest closest;

    closest_init(&closest, name);
    for (const struct handler *row = handlers; row->name != NULL; row++)
        closest_try(&closest, row->name, strlen(row->name));
    if (closest.name[0] != '\0')
        return closest_fail(&closest, "unknown action", err);
    return error_set(err, ERROR_INVALID, "unknown action; there are %s", handler_names());
}

static bool check_action(const cJSON *args, struct error *err)
{
    const struct handler *handler = handler_named(args->string);
    bool is_fine = handler != NULL ? handler_check(handler, args, err) : fail_unknown_action(args->string, err);

    return is_fine || error_prefix(err, "%s", args->string);
}

/* rules have passed rules_new: their structure is known to be right. */
static bool check_actions(const cJSON *rules, struct error *err)
{
    const cJSON *rule, *action;
    size_t rule_index = 0, action_index;

    cJSON_ArrayForEach(rule, rules)
    {
        action_index = 0;
        cJSON_ArrayForEach(action, json_get(rule, "do"))
        {
            if (!check_action(action->child, err))
                return error_prefix(err, "[%zu].do[%zu]", rule_index, action_index);
            action_index++;
        }
        rule_index++;
    }
    return true;
}

static bool read_rules(struct source *source, const cJSON *json, const cJSON *params, bool compile, struct error *err)
{
    source->rules = rules_new(json, params, err);
    return source->rules != NULL && check_actions(json, err) && (!compile || rules_compile(source->rules, err));
}

/* $params: those of the preset, changed; without a preset whatever the source has. */
static cJSON *read_params(const cJSON *json, const cJSON *preset, struct error *err)
{
    const cJSON *given = json_get(json, "params");

    if (given != NULL && !cJSON_IsObject(given)) {
        error_set(err, ERROR_INVALID, "expected an object: {…}");
        return NULL;
    }
    if (preset != NULL)
        return preset_params(preset, given, err);
    return given != NULL ? cJSON_Duplicate(given, true) : cJSON_CreateObject();
}

/* json is complete: what the source leaves out has been filled in. */
static bool read_filled(struct source *source, const cJSON *json, const cJSON *preset,
                        const struct source_context *context, struct error *err)
{
    cJSON *params;
    bool is_fine;

    if (!settings_read(source_settings, json, source, err) || !read_account(source, context->config, err) ||
        !read_verify(source, json_get(json, "verify"), err))
        return false;
    params = read_params(json, preset, err);
    if (params == NULL)
        return error_prefix(err, "params");
    is_fine =
        read_rules(source, json_get(json, "rules"), params, context->compile_rules, err) || error_prefix(err, "rules");
    cJSON_Delete(params);
    return is_fine;
}

static void fill_in_retry(cJSON *source, const cJSON *retry)
{
    cJSON *defaults = cJSON_CreateObject();

    if (retry != NULL)
        cJSON_AddItemToObject(defaults, "retry", cJSON_Duplicate(retry, true));
    preset_add_missing(source, defaults);
    cJSON_Delete(defaults);
}

bool source_read(struct source *source, const cJSON *json, const struct source_context *context, struct error *err)
{
    const char *name = json_get_string(json, "preset", NULL);
    cJSON *preset = name != NULL ? preset_load(name, err) : NULL;
    cJSON *filled;
    bool is_fine;

    source->name = mem_string(json->string);
    if (!name_check(source->name, err)) {
        cJSON_Delete(preset);
        return false;
    }
    if (name != NULL && preset == NULL)
        return error_prefix(err, "preset");
    filled = preset_fill_in(json, preset);
    fill_in_retry(filled, context->retry);
    is_fine = read_filled(source, filled, preset, context, err);
    cJSON_Delete(filled);
    cJSON_Delete(preset);
    return is_fine;
}

void source_clear(struct source *source)
{
    settings_clear(source_settings, source);
    for (size_t i = 0; i < source->key_count; i++)
        signature_key_free(source->keys[i]);
    rules_free(source->rules);
    mem_free(source->name);
}
