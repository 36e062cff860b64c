/*
 * stage.h - a whole Hookline on a free port: the real program, a private Redis, and the sandbox as Pinpoint.
 *
 * Every test opens a stage of its own in a directory of its own. Calls run the loop until they are answered; what
 * takes time is waited for by asking again, with a deadline that fails the test.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/loop.h"
#include "http/client.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define STAGE_SECRET    "whsec_c3RhZ2Utc2VjcmV0LWZvci1lbmQtdG8tZW5kLXRlc3Rz"
#define STAGE_WAIT_MS   30000
#define STAGE_ANSWER_MS 10000

struct stage {
    struct loop *loop;
    struct http_client *client;
    char directory[64];
    unsigned receiver_port;
    unsigned sandbox_port;
    struct process *sandbox;
    struct process *serve;
    int serve_exit; /* -1 while it runs */
    int serve_signal;
    int sandbox_exit;
};

struct stage_options {
    const char *sources;         /* JSON members of "sources"; NULL: one source "s" that comments (see stage.c) */
    const char *sandbox_args[8]; /* more arguments for the sandbox, ended by NULL */
    unsigned processes;          /* workers; 0 means 2 */
    const char *more;            /* JSON members beside "accounts" and "sources", each followed by a comma; or NULL */
    const char *receiver;        /* JSON members of "receiver", each after a comma; or NULL */
    const char *limits;          /* the account's; NULL: none ("requests_per_second": 0) */
    unsigned accounts;           /* more than 1: beside "acme" also "acme2", "acme3", …, so many in all */
    const char *more_accounts;   /* JSON members of "accounts" before it, each followed by a comma; or NULL */
};

/* Starts sandbox and serve and waits until the receiver is ready. Fails the test when they do not start. */
void stage_open(struct stage *stage, const struct stage_options *options);

/* SIGTERM, wait, check that serve ended with 0, that the audit finds nothing (before stopping) and that no process met
 * an assertion or a sanitizer; removes the directory. */
void stage_close(struct stage *stage);

/* The program under test: $HOOKLINE, else the one that plain `make` builds. */
const char *stage_program(void);

/* Removes a test's directory below /tmp and all in it. */
void stage_remove_directory(const char *directory);

struct stage_reply {
    enum http_outcome outcome;
    int status;
    char *body; /* owned (mem_free) */
};

/* One request to the receiver or the sandbox; headers as http/client's. */
struct stage_reply stage_request(struct stage *stage, const char *method, const char *url, const char *const *headers,
                                 const char *body);

/* GET of a path of the sandbox, parsed: owned (cJSON_Delete). Fails the test unless 200. */
cJSON *stage_sandbox(struct stage *stage, const char *path);

/* Posts body, signed, to source with that delivery id; gives the status, and the event's id when id is not NULL. */
int stage_post(struct stage *stage, const char *source, const char *delivery_id, const char *body, char id[27]);

/* One post, body signed, to a path of the receiver ("/in/s"); fn as http/client has it. */
void stage_send(struct stage *stage, const char *path, const char *delivery_id, const struct buf *body,
                http_response_fn *fn, void *arg);

/* Posts count bodies made by fn, connections at a time, each signed and with delivery id "load-<n>". Gives how many
 * were answered 202 (also_unanswered: a request without an answer is posted again until it has one). */
typedef void stage_body_fn(void *arg, size_t n, struct buf *body);
size_t stage_post_many(struct stage *stage, size_t count, size_t connections, stage_body_fn *fn, void *arg);

/* The same for the count bodies from number first on. */
size_t stage_post_range(struct stage *stage, size_t first, size_t count, size_t connections, stage_body_fn *fn,
                        void *arg);

/* Asks every 20 ms until fn says true; fails the test after STAGE_WAIT_MS with what was waited for. */
typedef bool stage_fn(struct stage *stage, void *arg);
void stage_wait(struct stage *stage, const char *what, stage_fn *fn, void *arg);
void stage_wait_for(struct stage *stage, int64_t most_ms, const char *what, stage_fn *fn, void *arg);

/* Runs the loop for that long. */
void stage_pass(struct stage *stage, int64_t ms);

/* SIGKILL to serve alone: what it has started ends by itself, and that is not waited for. */
void stage_kill_serve(struct stage *stage);

/* Starts serve again over the same directory, when it has ended; and until the receiver is ready, tried again while
 * what is left of the last one is in the way. */
void stage_start_serve(struct stage *stage);
void stage_serve_again(struct stage *stage);

/* Writes in the sandbox's ledger. */
size_t stage_writes(struct stage *stage);
void stage_wait_writes(struct stage *stage, size_t count);

/* Runs a command of the program ("status", "--json", …; ended by NULL) with the stage's configuration; gives the exit
 * status, and what it printed on standard output (owned, mem_free). */
int stage_command(struct stage *stage, char **output, ...) __attribute__((sentinel));

/* The same as JSON: owned; NULL when it is none. */
cJSON *stage_command_json(struct stage *stage, const char *command, const char *argument);

/* The state ("done", "dead", …) of the event, or "" when there is none; static storage. */
const char *stage_state(struct stage *stage, const char *id);
void stage_wait_state(struct stage *stage, const char *id, const char *state);

/* What serve and all it has started have logged so far, owned (mem_free). */
char *stage_log(struct stage *stage);

/* The pids of serve's children whose command line holds text; at most max; gives how many. */
size_t stage_pids(struct stage *stage, const char *text, pid_t *pids, size_t max);
