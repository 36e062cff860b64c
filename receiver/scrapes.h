/*
 * scrapes.h - answers to GET /metrics. The queue is asked for its state at most once a second, however many ask.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "http/server.h"

struct receiver;
struct scrapes;

struct scrapes *scrapes_new(struct receiver *receiver);
void scrapes_free(struct scrapes *scrapes); /* after the queue has been closed; takes NULL */

/* Answers the exchange: at once when the queue's state is known well enough, else when the queue has told it. */
void scrapes_add(struct scrapes *scrapes, struct http_exchange *exchange);
