/*
 * answer_reply.h - what the answering machine says: the same for every write, and for every read of a kind.
 *
 * The documents are Pinpoint's, as bench/answer/nginx.conf.in has them. Called by answer_connection.c.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "bench/answer_request.h"

/* The whole answer to a request of the API, head and body, static. */
struct piece answer_reply(const struct answer_request *request);
