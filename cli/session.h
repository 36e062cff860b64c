/*
 * session.h - what a command that looks into the queue needs: the configuration, a loop, the queue, and a way to wait
 * for an answer. For commands that do one thing and end; processes that stay are role.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/closest.h"
#include "base/error.h"
#include "base/loop.h"
#include "cli/options.h"
#include "config/config.h"
#include "queue/inspect.h"

#include <cjson/cJSON.h>

struct session {
    struct config *config;
    struct loop *loop;
    struct queue *queue;
};

/* The file that --config, $HOOKLINE_CONFIG or else ./hookline.json names; borrowed. */
const char *session_config_path(const struct arguments *arguments);

/* That file, read; NULL after it was said what is wrong (the command ends with EXIT_USAGE). */
struct config *session_config(const struct arguments *arguments, bool compile_rules);

/* Opens all three and waits until Redis answers. Returns 0, or the exit code after having said what is wrong. */
MUST_CHECK int session_open(struct session *session, const struct arguments *arguments);
void session_close(struct session *session);

/* The account of that name, borrowed; NULL after it was said that there is none, and which one was meant (the command
 * ends with EXIT_USAGE). */
MUST_CHECK const struct account *session_account(const struct config *config, const char *name);

/* Says that the configuration has no such thing ("account", "source"), and which one closest is. Returns EXIT_USAGE. */
int session_unknown(const struct config *config, const char *thing, const struct closest *closest);

/* The source of that name, borrowed; NULL after it was said that there is none (the command ends with EXIT_USAGE). */
const struct source *session_source(const struct config *config, const char *name);

/* Where config's queue is: its Redis, or the private one's socket. Owned (mem_free). */
char *session_queue_url(const struct config *config);

/* One answer that is waited for:
 *
 *     inquiry_init(&inquiry, session.loop);
 *     queue_show(session.queue, id, inquiry_report, &inquiry);
 *     if (!inquiry_wait(&inquiry)) …inquiry.err…
 */
struct inquiry {
    struct loop *loop;
    bool is_waiting, is_answered, has_failed;
    cJSON *report; /* owned, a copy; NULL for none */
    struct error err;
};

void inquiry_init(struct inquiry *inquiry, struct loop *loop);
void inquiry_clear(struct inquiry *inquiry);
void inquiry_report(void *arg, const cJSON *report, const struct error *err); /* a queue_report_fn */
void inquiry_done(void *arg, const struct error *err);                        /* a queue_done_fn */

/* What a command asks the queue, to be answered through fn, and what it makes of the report: the exit code. */
typedef void session_ask_fn(struct queue *queue, const struct arguments *arguments, queue_report_fn *fn, void *arg);
typedef int session_print_fn(const cJSON *report, const struct arguments *arguments);

/* The whole of a command that asks for one report and prints it; the exit code. */
int session_report(const struct arguments *arguments, session_ask_fn *ask, session_print_fn *print);

/* Runs the loop for that long. */
void session_pause(struct loop *loop, int64_t ms);

/* Runs the loop until the answer is there; false, and inquiry->err, when it is an error. */
MUST_CHECK bool inquiry_wait(struct inquiry *inquiry);
