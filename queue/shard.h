/*
 * shard.h - one shard of the queue: all keys of one hash tag, and its own connection to the Redis that has them.
 *
 * Inside this folder only. An account lives in one shard, so a shard is a whole queue of fewer accounts; queue.c
 * and the queue_*.c files make one queue of them. The functions are those of queue.h and inspect.h for one shard, with
 * the same contracts.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "queue/inspect.h"
#include "queue/keys.h"
#include "queue/queue.h"
#include "queue/redis.h"
#include "queue/shard_proof.h"

struct batch;
struct confirm;
struct shard_calls;
struct wait;

/* What an account is allowed, as its owner told us. */
struct limit {
    char *account;
    struct queue_limits limits;
};

/* What a shard tells whoever opened it. */
struct shard_owner {
    loop_fn *on_ready;   /* each time it is connected, and its server proven */
    loop_fn *on_refused; /* each time its server has been refused: shard_trouble says why */
    void *arg;
};

struct shard {
    struct loop *loop;
    unsigned number;
    char tag[KEY_TAG_SIZE];
    struct queue_options *options; /* the queue's; its bounds are one shard's share */
    struct shard_owner owner;
    const struct shard *first; /* shard 0, which says first how many there are; it may be this one */

    struct redis *redis;
    struct proof *proof;
    struct shard_calls *calls;

    struct batch *batch; /* events stored in this turn, to be sent in the next; NULL for none */
    struct timer *batch_timer;
    struct confirm *confirm;

    struct wait *wait;
    bool has_token; /* the last wait was ended by a token: here is something to claim */

    struct limit *limits;
    size_t limit_count;

    bool was_ready;      /* at least once */
    int64_t returned_ms; /* monotonic: when it was ready again, after having been away for long; long ago for never */

    uint64_t last_token; /* the newest claim this shard has seen */
    char *unseen_worker; /* whose exchange got no answer: it may own claims it does not know; NULL for none */
};

/* options is borrowed, but for its url, which is not looked at again. first is shard 0; NULL for that one itself. */
MUST_CHECK struct shard *shard_open(struct loop *loop, const struct shard *first, unsigned number,
                                    struct queue_options *options, const struct shard_owner *owner, struct error *err);
void shard_close(struct shard *shard); /* answers what is pending with ERROR_UNAVAILABLE; takes NULL */

/* Until then everything is refused with ERROR_UNAVAILABLE. */
bool shard_is_ready(const struct shard *shard);

/* Why it is not ready; its text is "" when there is nothing to say yet. ERROR_REFUSED when waiting alone mends nothing.
 * Borrowed. */
const struct error *shard_trouble(const struct shard *shard);

void shard_enqueue(struct shard *shard, const struct event *event, size_t max_waiting, queue_stored_fn *fn, void *arg);
void shard_exchange(struct shard *shard, const struct exchange *exchange, queue_exchange_fn *fn, void *arg);
void shard_wait(struct shard *shard, int64_t timeout_ms, queue_done_fn *fn, void *arg);
void shard_wake(struct shard *shard);
void shard_stop_waiting(struct shard *shard); /* and answers nobody */
void shard_extend(struct shard *shard, const char *worker, const struct lease *leases, size_t count,
                  queue_extended_fn *fn, void *arg);
void shard_set_limits(struct shard *shard, const char *account, const struct queue_limits *limits);
void shard_reserve(struct shard *shard, const char *account, unsigned count, queue_reserved_fn *fn, void *arg);
void shard_upkeep(struct shard *shard, queue_upkeep_fn *fn, void *arg);
void shard_release(struct shard *shard, const char *worker, queue_count_fn *fn, void *arg);

void shard_status(struct shard *shard, queue_report_fn *fn, void *arg);
void shard_list(struct shard *shard, const char *state, const char *account, size_t limit, queue_report_fn *fn,
                void *arg);
void shard_show(struct shard *shard, const char *id, queue_report_fn *fn, void *arg);
void shard_replay(struct shard *shard, const char *id, bool also_done, queue_done_fn *fn, void *arg);
void shard_drop(struct shard *shard, const char *id, queue_done_fn *fn, void *arg);
void shard_pause(struct shard *shard, const char *account, const char *reason, queue_done_fn *fn, void *arg);
void shard_resume(struct shard *shard, const char *account, queue_done_fn *fn, void *arg);
void shard_resume_suspended(struct shard *shard, const char *account, queue_done_fn *fn, void *arg);
void shard_audit(struct shard *shard, queue_report_fn *fn, void *arg);
void shard_repair(struct shard *shard, queue_report_fn *fn, void *arg);

/* ---- between the files of a shard ---- */

/* Sends the limits again, when the shard is ready. */
void shard_send_limits(struct shard *shard);

/* Gives back what unseen_worker was promised and never told. */
void shard_release_unseen(struct shard *shard);

/* Sends the events that are gathered for the next turn; when the shard is closed. */
void shard_batch_close(struct shard *shard);

MUST_CHECK struct wait *wait_open(struct shard *shard, const char *url, struct error *err);
void wait_close(struct wait *wait); /* takes NULL */

/* redis.h's calls, for all but the proof: refused until the server is proven. block_ms as there. */
void shard_command(struct shard *shard, const struct args *args, redis_answer_fn *fn, void *arg);
void shard_blocking(struct shard *shard, const struct args *args, int64_t block_ms, redis_answer_fn *fn, void *arg);
void shard_script(struct shard *shard, enum script script, const struct args *args, redis_answer_fn *fn, void *arg);

struct shard_calls *shard_calls_new(struct shard *shard);
void shard_calls_answer(struct shard_calls *calls); /* those that wait to be refused */
void shard_calls_free(struct shard_calls *calls);   /* takes NULL */

/* False when reply is, instead of an answer, the number of shards: it has been changed, and the server is asked anew.
 */
MUST_CHECK bool shard_check_number(struct shard *shard, const redisReply *reply, struct error *err);

/* A script whose answer is no more than "it went well": answered through fn. */
void shard_run(struct shard *shard, enum script script, const struct args *args, queue_done_fn *fn, void *arg);
