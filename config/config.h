/*
 * config.h - hookline.json: read, checked, with defaults filled in.
 *
 * JSON with comments and trailing commas; ${NAME} in a string reads the environment. A mistake is one line:
 * "hookline.json:14:23: sources.video.rules[0].on: expected a string". Unknown keys are mistakes. A preset fills in
 * what a source leaves out. Reference: docs/configuration.md, which a test holds to the settings table.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "base/log.h"
#include "http/signature.h"
#include "queue/queue.h"
#include "rules/rules.h"

#include <stddef.h>
#include <stdint.h>

struct account {
    char *name;
    char *base_url; /* "https://acme.pinpointhq.com", no slash at the end */
    char *api_key;
    char *vendor_name;          /* sent as x-vendor-name; "" for none */
    double requests_per_second; /* 0: no limit */
    double burst;
    unsigned max_in_flight; /* events of this account run at a time, over all workers; 0: no limit */
    unsigned weight;        /* how much of the claims it gets beside others that wait */
    size_t max_waiting;     /* its unsettled events; beyond it webhooks are answered with 429; 0: no limit */
    int64_t timeout_ms;     /* of one request */
};

struct source {
    char *name;
    char *preset;  /* "" for none */
    char *account; /* "" when the path names it: /in/{source}/{account} */
    const struct signature_scheme *scheme;
    struct signature_key *keys[SIGNATURE_SECRETS_MAX]; /* of its secrets; the first one signs */
    size_t key_count;
    int64_t tolerance_ms;
    /* plain jq paths into the payload; "" when not set */
    char *type_path;
    char *order_by_path;
    char *occurred_at_path;
    char *delivery_id_path; /* used when the scheme has no id header */
    struct rules *rules;
    int64_t retry_max_ms;    /* give up when an event is older than this */
    unsigned retry_attempts; /* or after so many attempts */
};

struct config {
    char *path;              /* of the file */
    char *redis_url;         /* "" for a private redis-server */
    char *data_dir;          /* of the private redis-server */
    char *redis_appendfsync; /* of the private redis-server */
    char *redis_durability;  /* "ack", "fsync", "replicas": queue.durability in words */
    char *listen;
    size_t max_body_bytes;
    unsigned max_connections;
    char *spill; /* the directory for what Redis cannot store; "" for none */
    size_t spill_max_bytes;
    unsigned worker_processes;
    unsigned in_flight;
    int64_t drain_ms; /* how long stopping may wait for what is in flight */
    enum log_level log_level;
    struct queue_options queue; /* its url is left NULL */
    struct account *accounts;
    size_t account_count;
    struct source *sources;
    size_t source_count;
};

/* NULL and err with one line for people (file:line:column: key: what was expected). compile_rules also compiles every
 * jq program: slow with jq 1.6, and the only way to be sure. */
MUST_CHECK struct config *config_load(const char *path, bool compile_rules, struct error *err);

/* The same for who only looks into the queue: the settings, and of accounts and sources no more than their names. So
 * the environment need not hold their keys and secrets. */
MUST_CHECK struct config *config_load_outline(const char *path, struct error *err);

void config_free(struct config *config); /* takes NULL */

const struct account *config_account(const struct config *config, const char *name); /* NULL when none */
const struct source *config_source(const struct config *config, const char *name);   /* NULL when none */

/* The settings table as a reference, one line each: key, type, default, help. For "hookline check --settings". */
void config_describe(struct buf *out);
