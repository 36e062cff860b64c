/*
 * model.h - the queue in a few lines of C: what the scripts must do, with none of Redis's structures.
 *
 * test_model.c does each operation on the real queue and tells the model what was done; model.c works out what has to
 * become of it; model_compare.c holds the keys in Redis to that. A fixed number of events, so that a run may be of any
 * length: one that is gone and forgotten makes room for the next.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tests/queue/bench.h"

enum {
    MODEL_ACCOUNTS = 3,
    MODEL_KEYS = 3,
    MODEL_WORKERS = 3,
    MODEL_SHARDS_MAX = 3,
    MODEL_EVENTS = 20,
    MODEL_MAX_CRASHES = 3,
};

#define MODEL_LONG_MS  INT64_C(3600000) /* longer than any run */
#define MODEL_RATE     1e-6             /* requests a second: no token comes back during a run */
#define MODEL_SOON_MAX 1e4              /* scores below this one are in the past */

enum place {
    EMPTY,   /* no event */
    WAITING, /* behind others of its lane */
    READY,   /* from here on it is the head of its lane, and that lane is … */
    LEASED,
    PARKED,
    DEAD, /* from here on it is in no lane */
    DONE,
    GONE /* trimmed or dropped; its delivery is remembered */
};

struct model_event {
    enum place place;
    char id[ULID_SIZE];
    unsigned account, key;
    size_t bytes;  /* of its record */
    uint64_t turn; /* order within its lane */
    int64_t since; /* READY: order among the account's ready lanes; equal where any order is right */
    bool is_due;   /* PARKED and due, or LEASED and expired: until somebody looks */
    unsigned attempts, crashes, traces;
    bool is_cut;
    unsigned progress; /* 0 for none */
    struct held held;  /* its last claim */
    unsigned worker;   /* who made that */
    double settled;    /* DONE: its score, once it was seen; HUGE_VAL before */
};

enum hold { HOLD_NONE, HOLD_LIMITED, HOLD_SUSPENDED, HOLD_PAUSED };

struct model_account {
    enum hold hold;
    bool is_due; /* parked until a time that has come: until somebody looks */
    unsigned max_in_flight;
    bool is_rated;
    double burst, factor;
    double debt_ms; /* theoretical arrival time, from now */
    unsigned done_ever;
    int64_t claimed_upto; /* `since` of the last of its lanes that this step has claimed */
};

/* What the last exchange said of what is left. */
enum said { SAID_NOTHING, SAID_NO_MORE, SAID_MORE };

struct model {
    struct bench *bench;
    struct queue *other; /* beside the bench's own: whose answers get lost */
    unsigned shards;
    size_t max_events, done_keep; /* of one shard */
    uint64_t dice, step;
    struct model_event events[MODEL_EVENTS];
    struct model_account accounts[MODEL_ACCOUNTS];
    uint64_t turns;
    int64_t last, first; /* ends of all ready lists: what becomes ready comes last, what is given back first */
    size_t trimmed[MODEL_SHARDS_MAX]; /* how many done events this step must have trimmed */
    enum said said_more;
    uint64_t seen_token; /* the newest that the bench's own queue has heard of */
    struct held stale;   /* a claim that was lost */
    unsigned stale_worker;
};

extern const char *const model_accounts[MODEL_ACCOUNTS], *const model_keys[MODEL_KEYS],
                                                             *const model_workers[MODEL_WORKERS];

void model_init(struct model *model, struct bench *bench, uint64_t seed, unsigned shards);

unsigned model_roll(struct model *model, unsigned sides); /* 0 to sides - 1 */
unsigned model_shard_of(const struct model *model, const struct model_event *event);
unsigned model_shard_of_account(const struct model *model, unsigned account);

bool event_is_unsettled(const struct model_event *event);
bool event_is_head(const struct model_event *event); /* and in no place but its lane */
char *event_lane(const struct model_event *event);   /* owned */

/* Any event in that place, and that one only; NULL for none. */
struct model_event *model_any(struct model *model, enum place place);
struct model_event *model_named(struct model *model, const char *id); /* fails the test when there is none */
size_t model_count(const struct model *model, unsigned shard, enum place place);
size_t model_unsettled(const struct model *model, unsigned shard);
unsigned model_in_flight(const struct model *model, unsigned account);

/* Whole tokens in the account's bucket; a great many when it has no rate. */
double account_tokens(const struct model_account *account);
void account_take_tokens(struct model_account *account, unsigned count);

/* What was done, in the order in which scripts do it. */
void model_begin_step(struct model *model);
bool model_has_room(const struct model *model, unsigned shard); /* for one more unsettled event */
struct model_event *model_store(struct model *model, const struct event *event, unsigned account, unsigned key);
void model_wake_due(struct model *model); /* lanes and accounts: at each exchange and upkeep */
void model_claim(struct model *model, const struct held *held, unsigned worker);
void model_settle(struct model *model, struct model_event *event, enum outcome outcome, unsigned progress);
void model_lose(struct model *model, struct model_event *event);      /* of several at once, in any order: */
void model_give_back(struct model *model, struct model_event *event); /* last++ or first-- comes before the first */
void model_replay(struct model *model, struct model_event *event);
void model_trim(struct model *model, unsigned shard, size_t most);

/* An event that a worker must get when it asks for enough, and has not got: fails the test. */
void model_expect_nothing_left(const struct model *model, unsigned worker);

/* Reads all keys of all shards and fails the test where they differ from the model. Takes over what only Redis can
 * decide: the order of lanes that became ready at once, which of two events settled in the same millisecond is trimmed,
 * suspects put aside. Runs the audit too. */
void model_compare(struct model *model);
