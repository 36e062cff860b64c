/*
 * breakage.c - see breakage.h. To add a way to break the queue: a row in breakages.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/queue/breakage.h"

#include "base/mem.h"

#include <string.h>

#define CALL(...) "redis.call(" __VA_ARGS__ ") "

const struct breakage breakages[] = {
    {"lane in no place", CALL("'LREM', '{q0}:r:acme', 0, 'acme/ready'"), "lane must be in one of"},
    {"lane in two places", CALL("'ZADD', '{q0}:park', 1, 'acme/ready'"), "lane must be in one of"},
    {"lane in flight and parked", CALL("'ZADD', '{q0}:park', 1, 'acme/leased'"), "lane must be in one of"},
    {"lane in flight and ready", CALL("'RPUSH', '{q0}:r:acme', 'acme/leased'"), "lane must be in one of"},
    {"lane ready twice", CALL("'RPUSH', '{q0}:r:acme', 'acme/ready'"), "lane must be in one of"},
    {"lane without its owner", CALL("'HDEL', '{q0}:own', 'acme/leased'"), "has no owner"},
    {"owner without a lease", CALL("'ZREM', '{q0}:lease', 'acme/leased'"), "is not leased"},
    {"unreadable owner", CALL("'HSET', '{q0}:own', 'acme/leased', 'x'"), "cannot be read"},
    {"another event in flight", CALL("'LPUSH', '{q0}:l:acme/leased', 'READY'"), "not the head"},
    {"leased lane is empty", CALL("'DEL', '{q0}:l:acme/leased'"), "leased lane is empty"},
    {"parked lane is empty", CALL("'DEL', '{q0}:l:acme/parked'"), "parked lane is empty"},
    {"lane of a settled event", CALL("'ZADD', '{q0}:park', 1, 'acme:DONE'"), "parked lane is empty"},
    {"ready lane is empty", CALL("'DEL', '{q0}:l:acme/ready'"), "ready lane is empty"},
    {"lane of another account", CALL("'RPUSH', '{q0}:r:acme', 'gamma/x'"), "lane of another account"},
    {"account out of the ring", CALL("'LREM', '{q0}:ring', 0, 'acme'"), "must be in one of ring and apark"},
    {"account in ring and parked", CALL("'ZADD', '{q0}:apark', 1, 'acme'"), "must be in one of ring and apark"},
    {"account in the ring twice", CALL("'RPUSH', '{q0}:ring', 'acme'"), "in the ring twice"},
    {"account without lanes in the ring", CALL("'RPUSH', '{q0}:ring', 'gamma'"), "has no ready lane"},
    {"reason without parking", CALL("'HSET', '{q0}:a:acme', 'why', 'paused'"), "exactly while it has a reason"},
    {"parking without reason", CALL("'HSET', '{q0}:a:beta', 'why', ''"), "for no reason"},
    {"wrong count in flight", CALL("'HINCRBY', '{q0}:a:acme', 'in_flight', 1"), "lanes in flight, and counts 2"},
    {"capped with nothing in flight", CALL("'HSET', '{q0}:a:beta', 'why', 'capped'"), "waits for a lane in flight"},
    {"wrong count of an account", CALL("'HINCRBY', '{q0}:a:acme', 'waiting', 1"), "unsettled events, there are 4"},
    {"wrong count of the queue", CALL("'HINCRBY', '{q0}:n', 'events', 1"), "the queue counts 6 unsettled"},
    {"wrong bytes of the queue", CALL("'HINCRBY', '{q0}:n', 'bytes', 1"), "bytes of unsettled"},
    {"unlisted account", CALL("'SREM', '{q0}:accounts', 'acme'"), "is not listed"},
    {"listed account that is none", CALL("'SADD', '{q0}:accounts', 'gamma'"), "is not known"},
    {"event in no lane", CALL("'LREM', '{q0}:l:acme/ready', 0, 'READY'"), "not in its lane"},
    {"lone event in no place", CALL("'LREM', '{q0}:r:beta', 0, 'beta:LONE'"), "lane must be in one of"},
    {"event in another lane too", CALL("'RPUSH', '{q0}:l:acme/parked', 'READY'"), "in the lane is of another"},
    {"event in another lane only",
     CALL("'LREM', '{q0}:l:acme/ready', 0, 'READY'") CALL("'LPUSH', '{q0}:l:acme/parked', 'READY'"),
     "in the lane is of another"},
    {"event twice in a lane", CALL("'RPUSH', '{q0}:l:acme/ready', 'READY'"), "in the lane twice"},
    {"event gone", CALL("'DEL', '{q0}:e:READY'"), "is gone or settled"},
    {"damaged event", CALL("'SETRANGE', '{q0}:e:READY', 1, string.rep('!', 40)"), "damaged"},
    {"state of no event", CALL("'HSET', '{q0}:s:x', 'state', 'done'"), "belongs to no event"},
    {"timeline of no event", CALL("'RPUSH', '{q0}:t:x', '{}'"), "belongs to no event"},
    {"finish of no event", CALL("'SET', '{q0}:f:x', ''"), "belongs to no event"},
    {"done event without its finish", CALL("'DEL', '{q0}:f:DONE'"), "event is not done"},
    {"dead event not listed", CALL("'ZREM', '{q0}:dead', 'DEAD'"), "state and place of a settled event differ"},
    {"dead event done", CALL("'HSET', '{q0}:s:DEAD', 'state', 'done'"), "state and place of a settled event differ"},
    {"done event gone", CALL("'DEL', '{q0}:e:DONE', '{q0}:s:DONE'"), "there is no such event"},
    {"suspect nobody runs", CALL("'HSET', '{q0}:suspect', 'w9', 'acme/ready'"), "does not run its suspect"},
    {"delivery that says no time", CALL("'HSET', '{q0}:d:000', '0123456789', 'x'"), "delivery cannot be read"},
    {"deliveries that expire",
     CALL("'HSET', '{q0}:d:000', '0123456789', '01234567890123456789'") CALL("'EXPIRE', '{q0}:d:000', 1000"),
     "expires, and must not"},
    {"event that expires", CALL("'EXPIRE', '{q0}:e:DEAD', 1000"), "expires, and must not"},
    {"unknown key", CALL("'SET', '{q0}:zzz', '1'"), "no key of the queue"},
    {"wrong type", CALL("'DEL', '{q0}:wake'") CALL("'SET', '{q0}:wake', '1'"), "is not a list"},
    {"another number of shards", CALL("'HSET', '{q0}:n', 'shards', 2"), "the number of shards must be 1, and is 2"},
    {"no number of shards", CALL("'HDEL', '{q0}:n', 'shards'"), "the number of shards must be 1, and is nothing"},
    {"too many tokens", CALL("'RPUSH', '{q0}:wake', 1, 1, 1, 1, 1"), "more tokens than it may hold"},
};

const size_t breakage_count = COUNT_OF(breakages);

static void store(struct bench *bench, const char *account, const char *key, char id[ULID_SIZE])
{
    assert_int_equal(bench_store(bench, account, key, ""), QUEUE_STORED);
    if (id)
        memcpy(id, bench->stored_id, ULID_SIZE);
}

static void claim_and_settle(struct bench *bench, enum outcome outcome)
{
    struct held held = bench_claim_one(bench);

    bench_settle(bench, &held, outcome, 60000);
}

struct cast breakage_scene(struct bench *bench)
{
    struct cast cast;

    redis_fixture_flush(bench->redis);
    bench_reopen(bench, (struct queue_options){0}); /* or it would notice that its data are gone */
    store(bench, "acme", "dead", cast.dead);
    claim_and_settle(bench, OUTCOME_DEAD);
    store(bench, "acme", "done", cast.done);
    claim_and_settle(bench, OUTCOME_DONE);
    store(bench, "acme", "parked", cast.unsettled[3]);
    claim_and_settle(bench, OUTCOME_RETRY);
    store(bench, "acme", "leased", cast.leased);
    bench_claim_one(bench);
    store(bench, "acme", "ready", cast.ready);
    store(bench, "acme", "ready", cast.unsettled[1]);
    store(bench, "beta", "", cast.lone);
    assert_true(bench_pause(bench, "beta"));
    bench_expect_order(bench);
    memcpy(cast.unsettled[0], cast.ready, ULID_SIZE);
    memcpy(cast.unsettled[2], cast.leased, ULID_SIZE);
    memcpy(cast.unsettled[4], cast.lone, ULID_SIZE);
    return cast;
}

/* text with every occurrence of name replaced by value, owned. */
static char *replaced(char *text, const char *name, const char *value)
{
    char *at = strstr(text, name), *out;

    if (!at)
        return text;
    out = mem_printf("%.*s%s%s", (int)(at - text), text, value, at + strlen(name));
    mem_free(text);
    return replaced(out, name, value);
}

void breakage_run(struct bench *bench, const struct breakage *breakage, const struct cast *cast)
{
    char *script = mem_string(breakage->script);

    script = replaced(script, "READY", cast->ready);
    script = replaced(script, "DEAD", cast->dead);
    script = replaced(script, "DONE", cast->done);
    script = replaced(script, "LONE", cast->lone);
    redis_fixture_do(bench->redis, "EVAL %s 0", script);
    mem_free(script);
}
