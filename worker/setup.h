/*
 * setup.h - one reading of the configuration, and what a worker built from it: a gateway per account.
 *
 * A run holds on to the setup it began with, so that a reload changes nothing under it. The last to let go frees it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/loop.h"
#include "config/config.h"
#include "http/client.h"
#include "worker/gateway.h"

struct setup;

/* Takes over config. The caller holds on to it. */
struct setup *setup_new(struct loop *loop, struct queue *queue, struct http_client *client, struct config *config);
struct setup *setup_hold(struct setup *setup);
void setup_release(struct setup *setup); /* takes NULL */

const struct config *setup_config(const struct setup *setup);

/* Events that a worker runs at a time; 0 when there is one account only, which has nobody to leave room for. */
size_t setup_slots_to_share(const struct setup *setup);
struct gateway *setup_gateway(const struct setup *setup, const char *account); /* NULL when there is no such account */
