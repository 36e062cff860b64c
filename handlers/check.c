/*
 * check.c - the arguments of an action as they stand in the configuration, held against its handler's table.
 *
 * Called when the configuration is read. What a template will give is checked again when it has given it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/json.h"
#include "handlers/argument.h"
#include "handlers/handler.h"
#include "handlers/target.h"
#include "pinpoint/words.h"

#include <string.h>

#define NAMES_MAX 200 /* bytes of argument names in a message */

static bool is_text(const cJSON *value)
{
    if (cJSON_IsString(value))
        return value->valuestring[strspn(value->valuestring, " \t\r\n")] != '\0';
    return cJSON_IsNumber(value) || cJSON_IsBool(value);
}

static bool check_kind(const struct argument *argument, const cJSON *value, struct error *err)
{
    switch (argument->kind) {
    case ARGUMENT_TEXT:
        return is_text(value) || error_set(err, ERROR_INVALID, "expected a text");
    case ARGUMENT_VALUE:
        return !cJSON_IsNull(value) || error_set(err, ERROR_INVALID, "expected a value, got null");
    case ARGUMENT_TARGET:
        return target_check(resource_named(argument->name), value, err);
    case ARGUMENT_FLAG:
        return cJSON_IsBool(value) || error_set(err, ERROR_INVALID, "expected true or false");
    }
    return false;
}

/* The names of the handler's arguments, of the targets alone when only_targets. */
static void add_names(const struct handler *handler, bool only_targets, struct buf *names)
{
    struct word_list list;

    word_list_init(&list, names, NAMES_MAX);
    for (const struct argument *argument = handler->arguments; argument->name; argument++)
        if (!only_targets || argument->kind == ARGUMENT_TARGET)
            word_list_add(&list, argument->name);
}

static bool fail_unknown(const struct handler *handler, const char *name, struct error *err)
{
    struct buf names;

    buf_init(&names, NAMES_MAX);
    add_names(handler, false, &names);
    error_set_at(err, ERROR_INVALID, name, "is no argument of %s, which takes %s", handler->name, names.data);
    buf_clear(&names);
    return false;
}

static bool check_each(const struct handler *handler, const cJSON *args, struct error *err)
{
    const cJSON *value;

    cJSON_ArrayForEach(value, args)
    {
        const struct argument *argument = argument_named(handler, value->string);

        if (!argument)
            return fail_unknown(handler, value->string, err);
        if (!check_kind(argument, value, err))
            return error_prefix(err, "%s", value->string);
    }
    return true;
}

static bool check_required(const struct handler *handler, const cJSON *args, struct error *err)
{
    for (const struct argument *argument = handler->arguments; argument->name; argument++)
        if (argument->is_required && !json_get(args, argument->name))
            return error_set_at(err, ERROR_INVALID, argument->name, "is missing: %s", argument->help);
    return true;
}

static bool check_one_target(const struct handler *handler, const cJSON *args, struct error *err)
{
    unsigned count = 0;
    struct buf names;

    for (const struct argument *argument = handler->arguments; argument->name; argument++)
        count += argument->kind == ARGUMENT_TARGET && json_get(args, argument->name);
    if (count == 1)
        return true;
    buf_init(&names, NAMES_MAX);
    add_names(handler, true, &names);
    error_set(err, ERROR_INVALID, "expected exactly one of %s", names.data);
    buf_clear(&names);
    return false;
}

bool handler_check(const struct handler *handler, const cJSON *args, struct error *err)
{
    if (!cJSON_IsObject(args))
        return error_set(err, ERROR_INVALID, "expected the arguments of %s as an object", handler->name);
    return check_each(handler, args, err) && check_required(handler, args, err) &&
           check_one_target(handler, args, err) && (!handler->check || handler->check(args, err));
}
