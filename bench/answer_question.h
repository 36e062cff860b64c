/*
 * answer_question.h - what the answering machine can be asked about itself: GET /bench/stats, /bench/again and
 * /bench/count, POST /bench/reset.
 *
 * Called by answer_connection.c; what is counted is in answer_stats.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "bench/answer_request.h"
#include "bench/answer_stats.h"

#include <stdbool.h>

/* Whether the path is one of ours: everything below /bench/. */
bool answer_question_is(const struct answer_request *request);

/* Puts the whole answer, head and body, into reply: 404 for what nobody knows. */
void answer_question(struct answer_stats *stats, const struct answer_request *request, struct buf *reply);
