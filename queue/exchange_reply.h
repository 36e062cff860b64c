/*
 * exchange_reply.h - what the exchange script answered, as claims.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/queue.h"

#include <hiredis/hiredis.h>

/* Everything points into the reply. */
struct exchange_reply {
    struct exchange_result result;
    uint64_t newest_token;         /* 0 when nothing was claimed */
    struct settlement *unreadable; /* claims whose record cannot be read, and what is to become of them */
    struct error *reasons;         /* of each of those */
    size_t unreadable_count;
};

/* Fills answer, which exchange_reply_clear frees. */
MUST_CHECK bool exchange_reply_read(const redisReply *reply, struct exchange_reply *answer, struct error *err);

/* Every claim may have been run before, whatever Redis knows of it. */
void exchange_reply_doubt(struct exchange_reply *answer);

void exchange_reply_clear(struct exchange_reply *answer);
