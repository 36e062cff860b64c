/*
 * control.h - /sandbox/…: the sandbox's own paths, for tests: what was written, what happened, how to misbehave.
 *
 * They ask for no key. A page of another site cannot use them: a request with a foreign Origin is refused.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/parts.h"

/* Answers the exchange, whose path begins with /sandbox/. */
void control_handle(struct sandbox *sandbox, struct http_exchange *exchange);
