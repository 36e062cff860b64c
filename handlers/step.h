/*
 * step.h - the ways in which a step of a handler ends, in one line each.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "handlers/handler.h"

/* *request is to be sent; its response is for stage. */
enum step step_send(struct action *action, unsigned stage);

/* The action has taken effect; effect is a literal. */
enum step step_done(struct action *action, const char *effect);

/* It never will. where is the argument at fault, or "". */
enum step step_fail(struct error *err, const char *where, const char *format, ...) PRINTF_LIKE(3, 4);

/* It never will: Pinpoint refused, and these are its words, the record acted upon, and a hint where one is known. */
enum step step_refused(const struct action *action, const struct response *last, struct error *err);

bool step_was_refused(const struct response *last);
