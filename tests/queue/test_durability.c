/*
 * test_durability.c - what the queue demands of a server, and that nothing counts as stored before it is as safe as
 * redis.durability says. With real servers and replicas; WAITAOF with a fake, as the installed Redis may lack it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/mem.h"
#include "tests/fakes/redis_fake.h"
#include "tests/fakes/wait.h"
#include "tests/queue/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- helpers ---- */

static const char *const plain[] = {"--appendonly", "no", NULL};
static const char *const slow_disk[] = {"--appendonly", "yes", "--appendfsync", "everysec", NULL};
static const char *const durable[] = {"--appendonly", "yes", "--appendfsync", "always", NULL};
static const char *const master[] = {"--repl-diskless-sync-delay", "0", NULL};

static int open_plain(void **state)
{
    return bench_open_own(state, plain);
}

static int open_slow_disk(void **state)
{
    return bench_open_own(state, slow_disk);
}

static int open_durable(void **state)
{
    return bench_open_own(state, durable);
}

static int open_master(void **state)
{
    return bench_open_own(state, master);
}

static void expect_refused(struct bench *bench, struct queue_options options, const char *words)
{
    bench_replace(bench, options);
    assert_false(bench_when_ready(bench, 4000));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    assert_non_null(strstr(bench->err.text, words));
}

static void expect_unavailable(struct bench *bench, const char *delivery, const char *words)
{
    assert_int_equal(bench_store(bench, "acme", "k", delivery), QUEUE_UNAVAILABLE);
    assert_int_equal(bench->err.kind, ERROR_UNAVAILABLE);
    if (!strstr(bench->err.text, words))
        fail_msg("'%s' is not in: %s", words, bench->err.text);
}

static void break_connections(struct bench *bench)
{
    redis_fixture_do(bench->redis, "CLIENT KILL TYPE normal SKIPME yes");
}

/* How often a command has been called since the server started, or CONFIG RESETSTAT. */
static long calls_of(struct bench *bench, const char *command)
{
    redisReply *reply = redis_fixture_command(bench->redis, "INFO commandstats");
    char *start = mem_printf("cmdstat_%s:calls=", command);
    const char *line = strstr(reply->str, start);
    long calls = line ? strtol(line + strlen(start), NULL, 10) : 0;

    mem_free(start);
    freeReplyObject(reply);
    return calls;
}

/* How many have been made since the server started, or CONFIG RESETSTAT. */
static long connections_of(struct bench *bench)
{
    static const char start[] = "total_connections_received:";
    redisReply *reply = redis_fixture_command(bench->redis, "INFO stats");
    long connections = strtol(strstr(reply->str, start) + strlen(start), NULL, 10);

    freeReplyObject(reply);
    return connections;
}

static bool has_waitaof(struct bench *bench)
{
    return redis_fixture_has(bench->redis, "waitaof");
}

/* ---- fsync ---- */

static const struct queue_options with_fsync = {.durability = QUEUE_FSYNC};

static void fsync_is_refused_by_a_redis_without_an_append_only_file(void **state)
{
    struct bench *bench = *state;

    expect_refused(bench, with_fsync, "redis.durability is fsync, but redis has appendonly no");
    assert_false(queue_is_ready(bench->queue));
    expect_unavailable(bench, "d", "appendonly no");
    assert_int_equal(bench_claim(bench, 1).failure, ERROR_UNAVAILABLE);
    assert_false(bench_wait(bench, 1));
    bench_reopen(bench, (struct queue_options){0});
}

/* It is asked again every few seconds, and whenever the connection is new. */
static void a_server_that_was_put_right_is_taken(void **state)
{
    struct bench *bench = *state;
    int64_t deadline_ms = clock_monotonic_ms() + 8000;

    expect_refused(bench, with_fsync, "appendonly no");
    redis_fixture_do(bench->redis, "CONFIG SET appendonly yes appendfsync always");
    while (!bench_when_ready(bench, 100))
        assert_true(clock_monotonic_ms() < deadline_ms);
    redis_fixture_do(bench->redis, "CONFIG SET appendonly no");
    break_connections(bench);
    while (queue_is_ready(bench->queue))
        bench_store(bench, "acme", "k", "");
    expect_refused(bench, with_fsync, "appendonly no");
    bench_reopen(bench, (struct queue_options){0});
}

static void fsync_is_refused_when_the_disk_is_a_second_behind_and_cannot_be_waited_for(void **state)
{
    struct bench *bench = *state;

    if (has_waitaof(bench))
        skip();
    expect_refused(bench, with_fsync, "redis has appendfsync everysec and no WAITAOF");
    bench_reopen(bench, (struct queue_options){0});
}

static void fsync_needs_no_wait_where_redis_writes_before_it_answers(void **state)
{
    struct bench *bench = *state;

    bench_reopen(bench, with_fsync);
    redis_fixture_do(bench->redis, "CONFIG RESETSTAT");
    assert_int_equal(bench_store(bench, "acme", "k", "d"), QUEUE_STORED);
    assert_int_equal(bench_store(bench, "acme", "k", "d"), QUEUE_DUPLICATE);
    assert_int_equal(calls_of(bench, "wait") + calls_of(bench, "waitaof"), 0);
    assert_int_equal(redis_fixture_number(bench->redis, "HEXISTS {q0}:n marks"), 0);
}

/* A Redis that does not permit CONFIG tells less; nothing more is demanded of it than what was asked for. */
static void a_redis_that_hides_its_configuration_is_taken_unless_it_must_be_known(void **state)
{
    struct bench *bench = *state;

    redis_fixture_do(bench->redis, "ACL SETUSER default -config");
    bench_reopen(bench, (struct queue_options){0});
    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_STORED);
    if (!has_waitaof(bench))
        expect_refused(bench, with_fsync, "does not permit CONFIG");
    redis_fixture_do(bench->redis, "ACL SETUSER default +config");
    bench_reopen(bench, (struct queue_options){0});
}

static void fsync_waits_for_the_disk_where_redis_can(void **state)
{
    struct bench *bench = *state;

    if (!has_waitaof(bench))
        skip();
    bench_reopen(bench, with_fsync);
    redis_fixture_do(bench->redis, "CONFIG RESETSTAT");
    assert_int_equal(bench_store(bench, "acme", "k", "d"), QUEUE_STORED);
    assert_int_equal(bench_store(bench, "acme", "k", "d"), QUEUE_DUPLICATE);
    assert_int_equal(calls_of(bench, "waitaof"), 2);
}

/* ---- WAITAOF, by a Redis that says what it is told to ---- */

struct modern {
    const char *waitaof; /* its reply */
    char seen[400];      /* commands since the proof, by name */
    bool had_flag;       /* the script was told that it is to be confirmed */
};

static void answer_as_modern(void *arg, const char *const *words, size_t count, struct buf *out)
{
    struct modern *modern = arg;
    size_t used = strlen(modern->seen);

    snprintf(modern->seen + used, sizeof(modern->seen) - used, "%s ", words[0]);
    if (strcmp(words[0], "INFO") == 0)
        redis_fake_add_text(out, "redis_version:7.2.4\r\nrun_id:abc\r\naof_enabled:1\r\n");
    else if (strcmp(words[0], "CONFIG") == 0)
        buf_add_string(out, "-NOPERM no\r\n");
    else if (strcmp(words[0], "WAITAOF") == 0)
        buf_add_string(out, strcmp(words[1], "0") == 0 ? "*2\r\n:0\r\n:0\r\n" : modern->waitaof);
    else if (count == 6) /* shards.lua */
        buf_add_string(out, ":1\r\n");
    else if (count == 16) { /* enqueue.lua with one event */
        modern->had_flag = strcmp(words[8], "1") == 0;
        buf_add_string(out, "*1\r\n:0\r\n");
    } else
        buf_add_string(out, "-ERR the fake does not know this\r\n");
}

static void what_is_not_on_the_disk_yet_does_not_count_as_stored(void **state)
{
    struct bench bench = {.loop = loop_new()};
    struct modern modern = {.waitaof = "*2\r\n:1\r\n:0\r\n"};
    struct redis_fake *fake = redis_fake_open(bench.loop, answer_as_modern, &modern);
    struct queue_options options = with_fsync;

    (void)state;
    options.url = redis_fake_url(fake);
    bench_reopen(&bench, options);
    modern.seen[0] = '\0';
    assert_int_equal(bench_store(&bench, "acme", "k", "d"), QUEUE_STORED);
    assert_string_equal(modern.seen, "EVALSHA WAITAOF ");
    assert_true(modern.had_flag);
    modern.waitaof = "*2\r\n:0\r\n:0\r\n";
    expect_unavailable(&bench, "d", "not on redis's disk yet");
    modern.waitaof = "-ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.\r\n";
    assert_int_equal(bench_store(&bench, "acme", "k", "d"), QUEUE_UNAVAILABLE);
    queue_close(bench.queue);
    redis_fake_close(fake);
    loop_free(bench.loop);
}

/* ---- replicas ---- */

static const struct queue_options with_replica = {.durability = QUEUE_REPLICAS, .replicas = 1, .answer_ms = 500};

/* What is written while the replica is brought up to date comes with that; what is written then shows that it follows.
 */
static struct redis_fixture *open_replica(struct bench *bench)
{
    char *port = mem_printf("%d", redis_fixture_listen(bench->redis));
    const char *const extra[] = {"--replicaof", "127.0.0.1", port, NULL};
    struct redis_fixture *replica = redis_fixture_open(extra);

    mem_free(port);
    for (int i = 0; i < 2; i++) {
        redis_fixture_do(bench->redis, "SET before %d", i);
        assert_int_equal(redis_fixture_number(bench->redis, "WAIT 1 10000"), 1);
    }
    return replica;
}

static void without_its_replica_nothing_counts_as_stored(void **state)
{
    struct bench *bench = *state;

    bench_reopen(bench, with_replica);
    expect_unavailable(bench, "d", "redis.durability is replicas: 0 of 1 have it");
    assert_true(queue_is_ready(bench->queue));
}

static void what_the_replica_has_counts_as_stored(void **state)
{
    struct bench *bench = *state;
    struct redis_fixture *replica = open_replica(bench);

    bench_reopen(bench, with_replica);
    assert_int_equal(bench_store(bench, "acme", "k", "d"), QUEUE_STORED);
    assert_true(redis_fixture_number(replica, "HGET {q0}:n events") == 1);
    redis_fixture_close(replica);
}

/* The third delivery comes over a connection that has written nothing. All that WAIT promises is to cover what its
 * connection wrote (Redis 7.0 covers what others wrote, too), so the script must write something. */
static void a_duplicate_is_as_safe_as_the_first(void **state)
{
    struct bench *bench = *state;
    struct redis_fixture *replica = open_replica(bench);

    bench_reopen(bench, with_replica);
    assert_int_equal(bench_store(bench, "acme", "k", "other"), QUEUE_STORED);
    redis_fixture_freeze(replica);
    expect_unavailable(bench, "d", "0 of 1");
    expect_unavailable(bench, "d", "0 of 1");
    bench_reopen(bench, with_replica);
    redis_fixture_do(bench->redis, "HSET {q0}:n marks 0");
    expect_unavailable(bench, "d", "0 of 1");
    assert_int_equal(redis_fixture_number(bench->redis, "HGET {q0}:n marks"), 1);
    redis_fixture_thaw(replica);
    assert_int_equal(bench_store(bench, "acme", "k", "d"), QUEUE_DUPLICATE);
    redis_fixture_close(replica);
}

/* What no replica knows of is not run: a master that is about to be none would forget that it was. */
static void what_no_replica_knows_of_is_not_claimed(void **state)
{
    struct bench *bench = *state;
    struct redis_fixture *replica = open_replica(bench);

    bench_reopen(bench, with_replica);
    assert_int_equal(bench_store(bench, "acme", "k", "d"), QUEUE_STORED);
    redis_fixture_freeze(replica);
    assert_int_equal(bench_claim(bench, 1).failure, ERROR_UNAVAILABLE);
    assert_non_null(strstr(bench->err.text, "0 of 1 have it"));
    redis_fixture_thaw(replica);
    assert_int_equal(bench_claim_one(bench).crashes, 0);
    redis_fixture_close(replica);
}

static void a_run_that_was_cut_short_stays_so_when_its_next_claim_is_not_confirmed(void **state)
{
    struct bench *bench = *state;
    struct redis_fixture *replica = open_replica(bench);
    struct held held;

    bench_reopen(bench, with_replica);
    assert_int_equal(bench_store(bench, "acme", "k", "d"), QUEUE_STORED);
    held = bench_claim_one(bench);
    bench_expire(bench, held.lane);
    assert_int_equal(bench_upkeep(bench).reclaimed, 1);
    redis_fixture_freeze(replica);
    assert_int_equal(bench_claim(bench, 1).failure, ERROR_UNAVAILABLE);
    redis_fixture_thaw(replica);
    held = bench_claim_one(bench);
    assert_true(held.was_interrupted);
    assert_int_equal(held.crashes, 1);
    redis_fixture_close(replica);
}

static void what_was_settled_and_not_confirmed_is_settled_again(void **state)
{
    struct bench *bench = *state;
    struct redis_fixture *replica = open_replica(bench);
    struct held held;

    bench_reopen(bench, with_replica);
    assert_int_equal(bench_store(bench, "acme", "k", "d"), QUEUE_STORED);
    held = bench_claim_one(bench);
    redis_fixture_freeze(replica);
    assert_int_equal(bench_settle(bench, &held, OUTCOME_DONE, 0).failure, ERROR_UNAVAILABLE);
    redis_fixture_thaw(replica);
    assert_int_equal(bench_settle(bench, &held, OUTCOME_DONE, 0).refused_count, 1); /* it had been, here */
    redis_fixture_close(replica);
}

static void on_one_of_many(void *arg, enum queue_stored result, const char *id, const struct error *err)
{
    unsigned *left = arg;

    (void)id;
    (void)err;
    assert_int_equal(result, QUEUE_STORED);
    (*left)--;
}

static bool is_none_left(void *arg)
{
    return *(unsigned *)arg == 0;
}

static void look_again(void *arg)
{
    loop_stop(arg);
}

static void store_many(struct bench *bench, unsigned count)
{
    struct timer *timer = timer_new(bench->loop, look_again, bench->loop);
    unsigned left = count;

    for (unsigned i = 0; i < count; i++) {
        struct event event = bench_event("acme", "k");

        event.delivery_id = event.id;
        queue_enqueue(bench->queue, &event, on_one_of_many, &left);
    }
    timer_repeat(timer, 1);
    assert_true(wait_until(bench->loop, is_none_left, &left));
    timer_free(timer);
}

static void all_events_of_a_turn_share_one_wait(void **state)
{
    struct bench *bench = *state;
    struct redis_fixture *replica = open_replica(bench);

    bench_reopen(bench, with_replica);
    redis_fixture_do(bench->redis, "CONFIG RESETSTAT");
    store_many(bench, 100);
    assert_int_equal(calls_of(bench, "evalsha"), 7);
    assert_int_equal(calls_of(bench, "wait"), 1);
    redis_fixture_close(replica);
}

/* The script is loaded and run behind the WAIT that was to cover it: there must be another. */
static void a_script_that_was_lost_is_confirmed_too(void **state)
{
    struct bench *bench = *state;
    struct redis_fixture *replica = open_replica(bench);

    bench_reopen(bench, with_replica);
    redis_fixture_do(bench->redis, "SCRIPT FLUSH");
    redis_fixture_do(bench->redis, "CONFIG RESETSTAT");
    store_many(bench, 1);
    assert_int_equal(calls_of(bench, "wait"), 2);
    redis_fixture_close(replica);
}

static void on_closed(void *arg, enum queue_stored result, const char *id, const struct error *err)
{
    unsigned *answers = arg;

    (void)id;
    assert_int_equal(result, QUEUE_UNAVAILABLE);
    assert_int_equal(err->kind, ERROR_UNAVAILABLE);
    (*answers)++;
}

/* The first is on its way with its WAIT; the others gather for the next. */
static void closing_answers_what_waits_for_a_replica(void **state)
{
    struct bench *bench = *state;
    struct event event = bench_event("acme", "k");
    unsigned answers = 0;

    bench_reopen(bench, with_replica);
    event.delivery_id = "d";
    queue_enqueue(bench->queue, &event, on_closed, &answers);
    assert_int_equal(bench_exchange(bench, &(struct exchange){.worker = "w1"}).failure, ERROR_NONE);
    for (int i = 0; i < 40; i++)
        queue_enqueue(bench->queue, &event, on_closed, &answers);
    queue_close(bench->queue);
    bench->queue = NULL;
    assert_int_equal(answers, 41);
    bench_reopen(bench, (struct queue_options){0});
}

/* ---- a replica ---- */

/* It may be what a failover has left behind: it is looked at twice, and then connected to anew; in no hurry. */
static void a_replica_is_refused_without_a_rush(void **state)
{
    struct bench *bench = *state;
    long before;

    redis_fixture_do(bench->redis, "REPLICAOF 127.0.0.1 1");
    redis_fixture_do(bench->redis, "CONFIG RESETSTAT");
    before = connections_of(bench);
    bench_replace(bench, (struct queue_options){0});
    assert_false(bench_when_ready(bench, 1000));
    assert_non_null(strstr(bench->err.text, "is a replica and takes no writes"));
    assert_in_range(connections_of(bench) - before, 1, 16); /* two connections, each with backoff */
    redis_fixture_do(bench->redis, "REPLICAOF NO ONE");
    assert_true(bench_when_ready(bench, 5000));
}

/* ---- another server than before ---- */

static struct held claim_new(struct bench *bench)
{
    assert_int_equal(bench_store(bench, "acme", "", ""), QUEUE_STORED);
    return bench_claim_one(bench);
}

static void restart(struct bench *bench)
{
    redis_fixture_kill(bench->redis);
    redis_fixture_start(bench->redis);
    while (queue_is_ready(bench->queue))
        bench_store(bench, "acme", "", "");
    assert_true(bench_when_ready(bench, 4000));
}

static void after_a_restart_claims_count_as_interrupted_for_a_minute(void **state)
{
    struct bench *bench = *state;

    assert_false(claim_new(bench).was_interrupted);
    restart(bench);
    assert_true(claim_new(bench).was_interrupted);
    clock_freeze(clock_monotonic_ms() + 59000);
    assert_true(claim_new(bench).was_interrupted);
    clock_freeze(clock_monotonic_ms() + 2000);
    assert_false(claim_new(bench).was_interrupted);
    clock_release();
}

static void a_new_connection_to_the_same_server_is_no_reason_to_doubt(void **state)
{
    struct bench *bench = *state;

    assert_false(claim_new(bench).was_interrupted);
    break_connections(bench);
    while (queue_is_ready(bench->queue))
        bench_store(bench, "acme", "", "");
    assert_true(bench_when_ready(bench, 4000));
    assert_false(claim_new(bench).was_interrupted);
}

int main(void)
{
#define SERVER_TEST(f, open) cmocka_unit_test_setup_teardown(f, open, bench_close_own)
    const struct CMUnitTest tests[] = {
        SERVER_TEST(fsync_is_refused_by_a_redis_without_an_append_only_file, open_plain),
        SERVER_TEST(a_server_that_was_put_right_is_taken, open_plain),
        SERVER_TEST(fsync_is_refused_when_the_disk_is_a_second_behind_and_cannot_be_waited_for, open_slow_disk),
        SERVER_TEST(fsync_needs_no_wait_where_redis_writes_before_it_answers, open_durable),
        SERVER_TEST(a_redis_that_hides_its_configuration_is_taken_unless_it_must_be_known, open_durable),
        SERVER_TEST(fsync_waits_for_the_disk_where_redis_can, open_slow_disk),
        cmocka_unit_test(what_is_not_on_the_disk_yet_does_not_count_as_stored),
        SERVER_TEST(without_its_replica_nothing_counts_as_stored, open_master),
        SERVER_TEST(what_the_replica_has_counts_as_stored, open_master),
        SERVER_TEST(a_duplicate_is_as_safe_as_the_first, open_master),
        SERVER_TEST(what_no_replica_knows_of_is_not_claimed, open_master),
        SERVER_TEST(a_run_that_was_cut_short_stays_so_when_its_next_claim_is_not_confirmed, open_master),
        SERVER_TEST(what_was_settled_and_not_confirmed_is_settled_again, open_master),
        SERVER_TEST(all_events_of_a_turn_share_one_wait, open_master),
        SERVER_TEST(a_script_that_was_lost_is_confirmed_too, open_master),
        SERVER_TEST(a_replica_is_refused_without_a_rush, open_plain),
        SERVER_TEST(closing_answers_what_waits_for_a_replica, open_master),
        SERVER_TEST(after_a_restart_claims_count_as_interrupted_for_a_minute, open_durable),
        SERVER_TEST(a_new_connection_to_the_same_server_is_no_reason_to_doubt, open_durable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
