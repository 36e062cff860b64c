/*
 * answer_connection.h - the connections to the answering machine: each reads a request, waits, and answers.
 *
 * The wait is the same for all, so those who wait stand in one line, in the order in which they came.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"

#include <stdint.h>

struct answerer;

/* delay_ms: how long a request waits for its answer; hold: the first so many writes are never answered. */
struct answerer *answerer_new(struct loop *loop, int64_t delay_ms, uint64_t hold);
void answerer_free(struct answerer *answerer); /* closes every connection; takes NULL */

/* Takes over a new connection, non-blocking, and closes it in the end. */
void answerer_add(struct answerer *answerer, int fd);
