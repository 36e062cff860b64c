/*
 * bench.h - a workbench for the queue's tests: one Redis for the program, one loop and queue for a test, and the
 * queue's calls as functions that return their answer.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/inspect.h"
#include "queue/queue.h"
#include "tests/fakes/redis_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A claim that stays. */
struct held {
    char lane[300];
    uint64_t token;
    char id[ULID_SIZE];
    char account[65];
    char payload[200];
    unsigned attempts, crashes;
    bool was_interrupted;
    char progress[100];
};

enum { HELD_MAX = 512 };

struct exchanged {
    struct held claims[HELD_MAX];
    size_t claim_count;
    size_t refused_count;
    size_t first_refused; /* of the last part that refused any */
    size_t settled_count;
    unsigned parts; /* of the answer */
    int64_t next_due_ms;
    bool has_more;
    enum error_kind failure; /* ERROR_NONE when it went well */
};

struct bench {
    struct redis_fixture *redis;
    struct loop *loop;
    struct queue *queue;
    char stored_id[ULID_SIZE]; /* of the last bench_store: what the queue answered */
    struct error err;          /* of the last call that failed */
    bool was_woken;            /* for tests that wait beside doing something else */
    size_t storing, to_store;  /* of a batch: answered so far, and in all */
};

/* What became of one event of a batch. */
struct stored {
    struct bench *bench;
    enum queue_stored result;
    char id[ULID_SIZE]; /* as the queue answered */
};

/* For cmocka's group set-up and tear-down, and each test's: these open the queue, and audit and close it. */
int bench_open_redis(void **state);
int bench_close_redis(void **state);
int bench_open(void **state);
int bench_close(void **state);

/* The same with a Redis of the test's own, which it may kill; extra as redis_fixture_open has it. */
int bench_open_own(void **state, const char *const *extra);
int bench_close_own(void **state);

/* A queue with other options on the same Redis, or on the one that they name. The bench's own is closed. The second
 * does not wait until it is ready. */
void bench_reopen(struct bench *bench, struct queue_options options);
void bench_replace(struct bench *bench, struct queue_options options);

/* Stores an event; key "" for one without an order key; delivery "" for an id of its own. */
enum queue_stored bench_store(struct bench *bench, const char *account, const char *key, const char *delivery);
enum queue_stored bench_store_event(struct bench *bench, struct event event);
enum queue_stored bench_store_within(struct bench *bench, struct event event, size_t max_waiting);

/* Stores events in one turn of the loop, so that they share a call; stored has room for count. */
void bench_store_batch(struct bench *bench, const struct event *events, size_t count, struct stored *stored);

/* An event that may be stored as it is: its id is new and it is its own delivery. */
struct event bench_event(const char *account, const char *key);

/* Claims up to want events for worker "w1", or settles one. */
struct exchanged bench_claim(struct bench *bench, size_t want);
struct exchanged bench_claim_as(struct bench *bench, const char *worker, size_t want);
struct held bench_claim_one(struct bench *bench); /* fails the test when there is none */
struct exchanged bench_settle(struct bench *bench, const struct held *held, enum outcome outcome, int64_t delay_ms);
struct exchanged bench_exchange(struct bench *bench, const struct exchange *exchange);
struct settlement bench_settlement(const struct held *held, enum outcome outcome);

bool bench_when_ready(struct bench *bench, int64_t timeout_ms);
struct upkeep bench_upkeep(struct bench *bench);
size_t bench_release(struct bench *bench, const char *worker);
size_t bench_extend(struct bench *bench, const char *worker, const struct lease *leases, size_t count); /* lost ones */
int64_t bench_reserve(struct bench *bench, const char *account, unsigned count, double *interval_ms);
bool bench_wait(struct bench *bench, int64_t timeout_ms);

/* Reports, owned (cJSON_Delete); NULL when there is none. */
cJSON *bench_status(struct bench *bench);
cJSON *bench_list(struct bench *bench, const char *state, const char *account, size_t limit);
cJSON *bench_show(struct bench *bench, const char *id);
cJSON *bench_audit(struct bench *bench);
cJSON *bench_repair(struct bench *bench);

/* Whether it went well; bench->err says why not. */
bool bench_replay(struct bench *bench, const char *id, bool also_done);
bool bench_drop(struct bench *bench, const char *id);
bool bench_pause(struct bench *bench, const char *account);
bool bench_resume(struct bench *bench, const char *account);
bool bench_resume_suspended(struct bench *bench, const char *account);

/* Fails the test when the audit finds anything. */
void bench_expect_order(struct bench *bench);

/* Time passes for one lane: its lease has run out, or what it waits for has come. */
void bench_expire(struct bench *bench, const char *lane);
void bench_make_due(struct bench *bench, const char *lane);
