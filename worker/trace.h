/*
 * trace.h - the record of one attempt, for the event's timeline (hookline show).
 *
 * {"attempt":1,"worker":s,"started_ms":n,"duration_ms":n,"outcome":s,"reason":s,"actions":[{"name":s,"where":s,
 *  "requests":[{"method":s,"path":s,"status":n,"ms":n,"problem":s}],"effect":s}]}
 *
 * It holds no payload, no argument and no key, and no e-mail address that a record was looked for by; paths may hold
 * ids.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "queue/queue.h"

#include <stdint.h>

#define TRACE_REQUESTS_MAX 50 /* an action */

struct trace {
    struct buf text;    /* JSON, as far as it is known: the current action is still open */
    const char *effect; /* of the current action; NULL before the first */
    unsigned requests;  /* of the current action */
    int64_t started_ms;
    int64_t begun_ms; /* the same moment, monotonic */
};

void trace_init(struct trace *trace, unsigned attempt, const char *worker);
void trace_clear(struct trace *trace);

void trace_action(struct trace *trace, const char *name, const char *where);
void trace_request(struct trace *trace, const char *method, const char *path, int status, int64_t duration_ms,
                   const char *problem);
void trace_effect(struct trace *trace, const char *effect); /* a literal */

/* How long the attempt has taken so far; no matter what is done to the machine's clock. */
int64_t trace_duration_ms(const struct trace *trace);

/* Closes the record and gives its text, owned (mem_free). Nothing can be added afterwards. */
char *trace_print(struct trace *trace, enum outcome outcome, const char *reason);

/* "done", "retry", "postpone", "dead", "give_back", "limited", "suspended". */
const char *outcome_name(enum outcome outcome);
