/*
 * spoil.h - what each fault makes of an answer.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sandbox/answer.h"
#include "sandbox/reply.h"

/* For a fault that speaks instead of the API: its words into reply or, when it is a proxy's page, into answer. */
void spoil_reply(struct reply *reply, struct answer *answer, enum fault fault);

/* Makes of answer, which says what would have been said, what fault leaves of it. */
void spoil_answer(struct answer *answer, enum fault fault);
