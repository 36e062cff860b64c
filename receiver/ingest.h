/*
 * ingest.h - the way of one delivery from request to answer.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "receiver/routes.h"

/* Checks the delivery, queues it, and answers once Redis has; or once the spill has it. */
void ingest_delivery(struct receiver *receiver, struct http_exchange *exchange, const struct path_names *names);
