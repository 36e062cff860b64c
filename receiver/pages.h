/*
 * pages.h - what is read from the receiver rather than brought to it: health, readiness, metrics.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "receiver/routes.h"

/* 200 as long as the process answers at all: for whoever restarts it. */
void page_healthz(struct receiver *receiver, struct http_exchange *exchange, const struct path_names *names);

/* 200 when a delivery could be stored now, 503 with the reason otherwise: for whoever sends it traffic. */
void page_readyz(struct receiver *receiver, struct http_exchange *exchange, const struct path_names *names);

void page_metrics(struct receiver *receiver, struct http_exchange *exchange, const struct path_names *names);
