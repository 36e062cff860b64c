/*
 * api.h - /api/v1: one request after another, as Pinpoint would answer it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/parts.h"
#include "sandbox/write.h"

/* Answers the exchange, now or later. */
void api_handle(struct sandbox *sandbox, struct http_exchange *exchange);

/* Performs a write and tells the webhook of a stage change. False when reply holds the reasons. */
bool api_write(struct sandbox *sandbox, struct write *write, const cJSON *document);
