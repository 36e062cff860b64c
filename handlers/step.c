/*
 * step.c - ending a step; called by the handlers only.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers/step.h"

#include "handlers/target.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum step step_send(struct action *action, unsigned stage)
{
    action->stage = stage;
    return STEP_SEND;
}

enum step step_done(struct action *action, const char *effect)
{
    action->effect = effect;
    return STEP_DONE;
}

enum step step_fail(struct error *err, const char *where, const char *format, ...)
{
    char text[sizeof(err->text)];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    error_set_at(err, ERROR_INVALID, where, "%s", text);
    return STEP_FAIL;
}

/* Pinpoint leaves applications of confidential jobs, and their interviews, out of what it shows unless asked. */
static const char *hint(const struct resource *resource, int status)
{
    if (status != 404)
        return "";
    if (strcmp(resource->argument, "application") == 0 || strcmp(resource->argument, "interview") == 0)
        return ": it does not exist, or its job is confidential and Pinpoint hides it";
    return ": it does not exist, or this key may not see it";
}

enum step step_refused(const struct action *action, const struct response *last, struct error *err)
{
    const struct resource *resource = target_resource(action);
    struct buf words;

    buf_init(&words, RESPONSE_WORDS_MAX);
    response_describe(last, &words);
    if (action->target_id)
        error_set(err, ERROR_REFUSED, "%s (%s %s%s)", words.data, resource->argument, action->target_id,
                  hint(resource, last->status));
    else
        error_set(err, ERROR_REFUSED, "%s", words.data);
    buf_clear(&words);
    return STEP_FAIL;
}

bool step_was_refused(const struct response *last)
{
    return response_meaning(last->status) != MEANING_OK;
}
