/*
 * redis_state.h - what redis.c (the connection's life), redis_handshake.c and redis_calls.c share.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/keys.h"
#include "queue/redis.h"
#include "queue/redis_place.h"
#include "queue/redis_sentinel.h"
#include "queue/redis_url.h"

#include <hiredis/async.h>

enum redis_stage {
    REDIS_DOWN,       /* the timer says when to connect again */
    REDIS_SEEKING,    /* a sentinel was asked where the master is */
    REDIS_CONNECTING, /* the timer says when to give up; log-in and scripts included */
    REDIS_READY,
};

#define SHA1_TEXT_SIZE 41

/* A command that was sent, or one that was refused and waits for the turn on which to say so. */
struct call {
    struct call *next, *previous;
    struct redis *redis; /* NULL once answered while hiredis still knows the call */
    redis_answer_fn *fn;
    void *arg;
    enum script script; /* SCRIPT_COUNT for a plain command */
    char *command;      /* its bytes, kept to repeat a script's call; NULL for a plain command */
    size_t size;
    unsigned repeats;
    int64_t deadline_ms;
};

struct call_list {
    struct call *first, *last;
};

struct redis {
    struct loop *loop;
    struct redis_url url;
    struct redis_place place;  /* of its hosts, unless it is a socket */
    struct sentinel *sentinel; /* that was asked; NULL when none is */
    char *name;                /* for people: where it is, or was last */
    char tag[KEY_TAG_SIZE];
    bool with_scripts;
    bool is_quiet;
    int64_t answer_ms;
    loop_fn *on_ready;
    void *arg;

    enum redis_stage stage;
    redisAsyncContext *context; /* NULL while down */
    void *tls;                  /* redisSSLContext where there is one */
    struct timer *timer;
    unsigned failures;       /* since it was last ready */
    unsigned redirections;   /* likewise */
    unsigned handshake_left; /* replies that must come before it is ready */
    struct error trouble;
    bool was_ready;      /* at least once */
    int64_t lost_ms;     /* monotonic: when it was ready last */
    bool has_complained; /* of the present trouble */
    bool *is_gone;       /* set when redis is closed: for the one who calls back in a loop; may be NULL */

    char sha[SCRIPT_COUNT][SHA1_TEXT_SIZE];
    unsigned loading[SCRIPT_COUNT]; /* SCRIPT LOADs that have not been answered */

    struct call_list sent;
    struct call_list refused;
    size_t call_count; /* in both lists */
    size_t call_bytes;
    struct timer *watchdog; /* runs while something was sent */
    struct timer *refuser;  /* runs while something was refused */
};

/* Drops the connection, says why once, and connects again after a while. The last thing a caller may do with redis:
 * answering what is pending may close it. */
void redis_drop(struct redis *redis, enum error_kind kind, const char *text);

/* A node of a cluster has said ("MOVED …") that another one has the slot: drops the connection and makes one to that
 * node, at once unless they send us round in circles. The last thing, likewise. */
void redis_redirect(struct redis *redis, const char *moved);

/* Sends what must be answered before the connection is ready: it calls redis_ready then. */
void redis_handshake(struct redis *redis);
void redis_ready(struct redis *redis);

/* Sends a script, in the handshake or because Redis has lost it. */
void redis_load(struct redis *redis, enum script script);

void redis_calls_init(struct redis *redis);
void redis_calls_clear(struct redis *redis); /* answers all of them */
