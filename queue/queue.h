/*
 * queue.h - the durable queue of events; this folder is the only one that talks to Redis.
 *
 * The receiver enqueues. A worker claims events, each of which closes its lane (the FIFO of one account and
 * ordering key), then settles them: done, retry, dead, or given back. Keys, states and scripts: docs/queue.md.
 *
 * Everything is asynchronous on one loop. A callback is called exactly once, never from inside the call that
 * asked for it; with ERROR_UNAVAILABLE when Redis is not there. The connection comes back by itself, forever.
 * What was sent before the connection broke has an unknown outcome: every operation here is safe to repeat.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "base/loop.h"
#include "queue/event.h"

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

struct queue;

/* What an event must have reached before it counts as stored. */
enum queue_durability {
    QUEUE_ACK,      /* Redis, which does with it as it is configured */
    QUEUE_FSYNC,    /* its disk */
    QUEUE_REPLICAS, /* so many replicas as well */
};

/* Durations in milliseconds; 0 takes the default in brackets. */
struct queue_options {
    const char *url;             /* of Redis, its sentinels or its cluster: see redis_url.h */
    unsigned shards;             /* parts of the queue, each in a slot of its own; everybody must say the same [1] */
    int64_t lease_ms;            /* how long a claim holds its lane without a heartbeat [30 s] */
    int64_t duplicate_window_ms; /* how long a delivery id is remembered [72 h] */
    int64_t done_keep_ms;        /* how long settled events stay visible [24 h] */
    size_t done_keep_count;      /* and how many at most [100,000] */
    size_t max_events;           /* waiting events, over all accounts [1,000,000] */
    size_t max_bytes;            /* bytes of waiting events [1 GiB] */
    int64_t answer_ms;    /* a Redis that takes longer to answer is taken for hung, and the connection dropped [5 s] */
    unsigned max_crashes; /* workers an event may kill before it is dead as poison [3] */
    enum queue_durability durability;
    unsigned replicas;   /* for QUEUE_REPLICAS [1] */
    bool stores_nothing; /* no event is stored through this queue: the server's durability is not judged */
};

/* Whether text is a url for queue_options; calls nobody. The error never holds it, as it may hold a password. */
MUST_CHECK bool queue_check_url(const char *text, struct error *err);

/* Checks the url and starts connecting; does not wait for it. */
MUST_CHECK struct queue *queue_open(struct loop *loop, const struct queue_options *options, struct error *err);
void queue_close(struct queue *queue); /* answers what is pending with ERROR_UNAVAILABLE; takes NULL */

bool queue_is_ready(const struct queue *queue); /* connected, the server proven: all shards */

/* Whether at least one shard is: what concerns others is answered with ERROR_UNAVAILABLE. */
bool queue_is_usable(const struct queue *queue);

/* Whether the shard that a lane is in is ready. */
bool queue_has_lane(const struct queue *queue, const char *lane);

typedef void queue_done_fn(void *arg, const struct error *err); /* err is NULL when it went well */

/* Calls fn as soon as all shards are ready (at once, on a later turn, when they are), or with an error: ERROR_REFUSED
 * as soon as a server is not what it must be, ERROR_UNAVAILABLE when timeout_ms passes. */
void queue_when_ready(struct queue *queue, int64_t timeout_ms, queue_done_fn *fn, void *arg);

/* Why the queue is not ready, in err. */
void queue_trouble(const struct queue *queue, struct error *err);

/* Has fn called each time that a shard is ready, for the first time or again. One at a time. */
void queue_on_return(struct queue *queue, loop_fn *fn, void *arg);

/* ---- enqueue ---- */

enum queue_stored {
    QUEUE_STORED,       /* on Redis, as durable as its fsync policy */
    QUEUE_DUPLICATE,    /* this (account, source, delivery id) is known: id is the first event's */
    QUEUE_FULL,         /* max_events or max_bytes reached: nothing stored */
    QUEUE_ACCOUNT_FULL, /* the account has max_waiting unsettled events: nothing stored */
    QUEUE_UNAVAILABLE,  /* Redis cannot store now; err says why. It may have been stored: repeating is safe */
};

typedef void queue_stored_fn(void *arg, enum queue_stored result, const char *id, const struct error *err);

/* Stores event; its bytes are copied before the call returns. Those of one turn of the loop are stored by few calls. */
void queue_enqueue(struct queue *queue, const struct event *event, queue_stored_fn *fn, void *arg);

/* The same, unless event's account has max_waiting unsettled events (0: no limit). It is told with each event, and not
 * kept in Redis, so that it holds before any worker has run, after a FLUSH, and from the next event when it changes. */
void queue_enqueue_within(struct queue *queue, const struct event *event, size_t max_waiting, queue_stored_fn *fn,
                          void *arg);

/* ---- settle and claim ---- */

enum outcome {
    OUTCOME_DONE,      /* written (or nothing to do) */
    OUTCOME_RETRY,     /* again after delay_ms; the lane stays closed until then; counts as an attempt */
    OUTCOME_DEAD,      /* failed for good, with reason */
    OUTCOME_GIVE_BACK, /* not run to its end, no fault of its own: again at once, no attempt counted */
    OUTCOME_LIMITED,   /* 429: like give back, and the account rests for delay_ms and is slowed down */
    OUTCOME_SUSPENDED, /* 401, 403: like give back, and the account is suspended until resumed, with reason */
    OUTCOME_POSTPONE,  /* like retry, and no attempt counted: this program cannot run it, a newer one may */
};

struct settlement {
    const char *id;   /* the event */
    const char *lane; /* as claimed */
    uint64_t token;   /* as claimed; with an old token the settlement is refused and changes nothing */
    enum outcome outcome;
    int64_t delay_ms;     /* RETRY, POSTPONE, LIMITED; a week at most */
    const char *reason;   /* DEAD, RETRY, POSTPONE, SUSPENDED: for people; "" otherwise */
    const char *progress; /* opaque, returned with the next claim; "" for none */
    const char *trace;    /* JSON text of this attempt for the timeline (see queue_show); "" for none */
};

struct claim {
    const char *lane;
    uint64_t token;
    struct event event;   /* borrowed until the callback returns: copy what must stay */
    unsigned attempts;    /* attempts counted so far, this one not included */
    unsigned crashes;     /* how often a worker was lost while holding it */
    bool was_interrupted; /* an earlier run may have ended without being settled: what it sent is unknown */
    const char *progress; /* of the last settlement; "" for none */
};

#define QUEUE_BATCH_MAX 1000 /* settlements, claims or leases in one call */

struct exchange {
    const char *worker; /* this worker's id */
    const struct settlement *settlements;
    size_t settlement_count;
    size_t want; /* claims wanted at most; 0 for none; fewer come when their records are large */

    /* How many events this worker runs at a time. The last eighth of what all workers can run is then kept for accounts
     * with little in flight, so that who comes finds room at once; 0: none is. */
    size_t slots;
};

/* One part of the answer: what one shard says. Each settlement is in exactly one part.
 * claims[i] answers "run this". settled lists the indexes of the settlements that this part is about; refused those
 * among them whose token was old.
 * next_due_ms: in how many ms a parked lane or account becomes due; -1 when nothing is parked.
 * has_more: lanes stay ready beyond what was claimed. */
struct exchange_result {
    const struct claim *claims;
    size_t claim_count;
    const size_t *settled;
    size_t settled_count;
    const size_t *refused;
    size_t refused_count;
    int64_t next_due_ms;
    bool has_more;
    bool is_last; /* no further part comes */
};

/* result is never NULL; when err is not, the part has failed: its settlements are to be sent again. */
typedef void queue_exchange_fn(void *arg, const struct exchange_result *result, const struct error *err);

/* Settles and claims in one round trip for each shard that it concerns; fn is called once for each of these, which is
 * once when there is one shard. Everything in exchange is copied. Lanes due are woken on the way. One token of the
 * account's rate (see queue_reserve) is taken for each claim: its first request is paid for. */
void queue_exchange(struct queue *queue, const struct exchange *exchange, queue_exchange_fn *fn, void *arg);

/* Waits, on a connection of its own, until lanes may be ready or timeout_ms has passed; one wait at a time. */
void queue_wait(struct queue *queue, int64_t timeout_ms, queue_done_fn *fn, void *arg);

/* Makes a pending queue_wait return now. */
void queue_wake(struct queue *queue);

/* Extends leases that this worker holds, and its heartbeat (also with none). states[i] says what became of leases[i]:
 * a lost one is somebody else's; an unknown one is of a shard that did not answer, and err says why. */
enum lease_state { LEASE_UNKNOWN, LEASE_EXTENDED, LEASE_LOST };
typedef void queue_extended_fn(void *arg, const enum lease_state *states, size_t count, const struct error *err);
struct lease {
    const char *lane;
    uint64_t token;
};
void queue_extend(struct queue *queue, const char *worker, const struct lease *leases, size_t count,
                  queue_extended_fn *fn, void *arg);

/* ---- the rate of an account, shared by all workers on all machines ---- */

/* What one account may do, whoever does it; 0 means no limit. */
struct queue_limits {
    double requests_per_second;
    double burst; /* at least 1 */
    unsigned max_in_flight;
    unsigned weight; /* how much of the claims it gets beside others that wait: as many times what weight 1 does [1] */
};

/* Tells the queue (that is: all its scripts) what an account may do. Kept by this struct queue and written to Redis now
 * and after each reconnection. */
void queue_set_limits(struct queue *queue, const char *account, const struct queue_limits *limits);

/* Takes count requests' worth of the account's rate; answers how many ms the first may not be sent for (0: now), and
 * how many ms apart the following ones are to be. Always granted, so the wait may be long: do not ask for more than is
 * needed. */
typedef void queue_reserved_fn(void *arg, int64_t wait_ms, double interval_ms, const struct error *err);
void queue_reserve(struct queue *queue, const char *account, unsigned count, queue_reserved_fn *fn, void *arg);

/* ---- care ---- */

/* One bounded step of upkeep: wakes what is due, takes back lanes whose lease ran out (dead as poison after
 * max_crashes), trims done events. Safe to run anywhere, any number at a time. */
struct upkeep {
    unsigned woken, reclaimed, buried, trimmed;
    int64_t next_due_ms; /* -1: nothing parked or leased */
    bool has_more;       /* it stopped at a bound: the next step should come soon */
};
typedef void queue_upkeep_fn(void *arg, const struct upkeep *upkeep, const struct error *err);
void queue_upkeep(struct queue *queue, queue_upkeep_fn *fn, void *arg);

/* Takes back at once every lane that worker holds: it is known to be dead. count is how many. */
typedef void queue_count_fn(void *arg, size_t count, const struct error *err);
void queue_release(struct queue *queue, const char *worker, queue_count_fn *fn, void *arg);
