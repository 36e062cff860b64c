/*
 * target.h - the one record that an action is about: by its id, or found by e-mail or external reference.
 *
 * For the handlers, which give their first step to it. What is found is checked before it is trusted: an API that
 * ignored a filter would otherwise have us write on a stranger's application.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "handlers/handler.h"
#include "pinpoint/resource.h"

/* Whether value can name a record of that kind, templates or not. err->where is empty, or the member of value. */
MUST_CHECK bool target_check(const struct resource *resource, const cJSON *value, struct error *err);

/* The kind of record that the action's arguments name; they name exactly one. */
const struct resource *target_resource(const struct action *action);

/* STEP_DONE when action->target_id is known; STEP_SEND when *request finds it (its response is for target_found, and
 * the caller sets the stage); or STEP_FAIL. */
enum step target_find(struct action *action, struct request *request, struct error *err);

/* STEP_DONE, with action->target_id set, or STEP_FAIL. */
enum step target_found(struct action *action, const struct response *last, struct error *err);
