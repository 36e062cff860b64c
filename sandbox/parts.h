/*
 * parts.h - what a sandbox is made of, for the files that serve its requests.
 *
 * sandbox.c owns it all; api.c, control.c and pages.c each serve one part of the paths.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "http/server.h"
#include "sandbox/dice.h"
#include "sandbox/ledger.h"
#include "sandbox/sandbox.h"
#include "sandbox/store.h"
#include "sandbox/traffic.h"
#include "sandbox/webhook.h"

struct answer;

struct sandbox {
    struct loop *loop;
    struct http_server *server;
    struct sandbox_options options; /* as opened, for a reset; its strings are not valid any more */
    char *api_key;

    struct store *store;
    struct ledger *ledger;
    struct traffic traffic;
    struct sandbox_faults faults;
    int64_t latency_min_ms, latency_max_ms;
    struct dice dice;
    uint64_t epoch;          /* another one after each reset, for ETags */
    struct webhook *webhook; /* NULL when nobody is told */
    struct answer *answers;  /* held back for a while */
};

/* Everything as it was when the sandbox was opened. */
void sandbox_reset(struct sandbox *sandbox);

/* Answers a page or a control request, which never fail on purpose. Takes document. */
void sandbox_answer_json(struct http_exchange *exchange, int status, cJSON *document);

/* 404 for a path that is neither the API's nor a page's. */
void sandbox_answer_not_found(struct http_exchange *exchange);

/* The number in path between prefix and suffix ("/applications/7/stage"), or 0. */
long long sandbox_path_id(const char *path, const char *prefix, const char *suffix);
