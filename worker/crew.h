/*
 * crew.h - the processes of `hookline serve`: one receiver, one janitor, and as many workers as wanted.
 *
 * Each is this same program with another subcommand:
 *   hookline receiver --config FILE [--redis URL] [--listen ADDRESS]
 *   hookline worker   --config FILE [--redis URL] --id ID --no-janitor
 *   hookline janitor  --config FILE [--redis URL]
 * A worker gets a new id with every start, so what its last run held can be told from what it holds now.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "worker/child.h"

#include <stdbool.h>

#define WORKER_ID_MAX 96 /* bytes, its NUL included */

struct crew;

enum crew_role { CREW_RECEIVER, CREW_JANITOR, CREW_WORKER };

/* worker_id is the id the worker ran under, borrowed; NULL for the other roles. */
typedef void crew_ended_fn(void *arg, enum crew_role role, const char *worker_id, const struct child_end *end);

/* All borrowed until crew_free. */
struct crew_options {
    const char *program;
    const char *config_path;
    const char *redis_url; /* NULL: they read it from the configuration */
    const char *listen;    /* NULL: likewise */
    crew_ended_fn *ended;
    void *arg;
};

struct crew *crew_new(struct loop *loop, const struct crew_options *options);
void crew_free(struct crew *crew); /* kills what still runs; takes NULL */

/* Starts the receiver, the janitor and so many workers; called again it starts or stops workers to make it so many. */
void crew_start(struct crew *crew, unsigned workers);

/* SIGTERM, and no further start, to the receiver alone and then to all others: the order of a clean stop. */
void crew_stop_receiver(struct crew *crew);
void crew_stop_others(struct crew *crew);

void crew_signal(struct crew *crew, int number); /* to all that run */
bool crew_has_receiver(const struct crew *crew); /* it runs */
bool crew_is_gone(const struct crew *crew);      /* none runs */
