/*
 * action.c - an action's own memory, from its first step to its last.
 *
 * Called by worker/run.c around every attempt.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "handlers/handler.h"

void action_init(struct action *action, const struct handler *handler)
{
    *action = (struct action){.handler = handler};
}

void action_clear(struct action *action)
{
    mem_free(action->target_id);
    cJSON_Delete(action->memo);
    *action = (struct action){0};
}
