/*
 * reply.h - reading Redis replies. A reply is outside data: every access checks type and size.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"

#include <hiredis/hiredis.h>
#include <stdint.h>

/* Turns an error reply into err and returns false; true for any other. What Redis cannot do now but may later, and what
 * an operator must put right, is ERROR_UNAVAILABLE; the rest ERROR_REFUSED. */
MUST_CHECK bool reply_check(const redisReply *reply, struct error *err);

/* Whether reply is an error that starts with that word. */
bool reply_is_error(const redisReply *reply, const char *word);

/* Whether reply is an array of at least count elements; err otherwise. */
MUST_CHECK bool reply_has(const redisReply *reply, size_t count, struct error *err);

/* Element at of an array that has it, or NULL. */
const redisReply *reply_at(const redisReply *reply, size_t at);
size_t reply_count(const redisReply *reply); /* 0 when reply is no array */

int64_t reply_number(const redisReply *reply);   /* of an integer or a numeric string; 0 for anything else */
const char *reply_text(const redisReply *reply); /* "" for anything but a string */

/* A copy that outlives the callback; owned (reply_free). */
redisReply *reply_copy(const redisReply *reply);
void reply_free(redisReply *copy); /* takes NULL */
