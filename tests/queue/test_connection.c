/*
 * test_connection.c - Redis goes away, comes back, forgets scripts, hangs, refuses: what callers hear, and that the
 * queue goes on where it was.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "queue/redis_url.h"
#include "tests/fakes/wait.h"
#include "tests/queue/bench.h"

#include <string.h>

/* ---- helpers ---- */

static const char *const durable[] = {"--appendonly", "yes", "--appendfsync", "always", NULL};

/* A bench with a Redis of its own, which the test may kill. */
static int open_own(void **state)
{
    return bench_open_own(state, durable);
}

static void store(struct bench *bench, const char *key)
{
    assert_int_equal(bench_store(bench, "acme", key, ""), QUEUE_STORED);
}

/* Runs the loop until the queue is ready or not. */
struct readiness {
    struct bench *bench;
    bool is_ready;
};

static bool is_so(void *arg)
{
    struct readiness *readiness = arg;

    return queue_is_ready(readiness->bench->queue) == readiness->is_ready;
}

static void look_again(void *arg)
{
    loop_stop(arg);
}

static void wait_until_ready_is(struct bench *bench, bool is_ready)
{
    struct readiness readiness = {bench, is_ready};
    struct timer *timer = timer_new(bench->loop, look_again, bench->loop);
    bool is_right;

    timer_repeat(timer, 1);
    is_right = wait_until(bench->loop, is_so, &readiness);
    timer_free(timer);
    assert_true(is_right);
}

/* ---- coming and going ---- */

static void redis_is_killed_and_the_queue_goes_on_where_it_was(void **state)
{
    struct bench *bench = *state;
    struct held held;

    store(bench, "k");
    store(bench, "k");
    held = bench_claim_one(bench);
    redis_fixture_kill(bench->redis);
    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_UNAVAILABLE);
    assert_int_equal(bench->err.kind, ERROR_UNAVAILABLE);
    assert_int_equal(bench_claim(bench, 1).failure, ERROR_UNAVAILABLE);
    assert_false(queue_is_ready(bench->queue));
    redis_fixture_start(bench->redis);
    assert_true(bench_when_ready(bench, 4000));
    assert_int_equal(bench_settle(bench, &held, OUTCOME_DONE, 0).refused_count, 0);
    assert_int_equal(bench_claim(bench, 1).claim_count, 1);
}

static void a_closed_connection_comes_back(void **state)
{
    struct bench *bench = *state;

    store(bench, "k");
    redis_fixture_do(bench->redis, "CLIENT KILL TYPE normal SKIPME yes");
    wait_until_ready_is(bench, false);
    assert_true(bench_when_ready(bench, 4000));
    store(bench, "k");
}

static void limits_are_written_again_after_a_reconnection(void **state)
{
    struct bench *bench = *state;

    queue_set_limits(bench->queue, "acme", &(struct queue_limits){7, 2, 3, 0});
    store(bench, "k");
    assert_int_equal(redis_fixture_number(bench->redis, "HGET {q0}:a:acme rate"), 7);
    redis_fixture_flush(bench->redis);
    redis_fixture_do(bench->redis, "CLIENT KILL TYPE normal SKIPME yes");
    wait_until_ready_is(bench, false);
    assert_true(bench_when_ready(bench, 4000));
    store(bench, "k");
    assert_int_equal(redis_fixture_number(bench->redis, "HGET {q0}:a:acme rate"), 7);
}

static void scripts_that_redis_forgot_are_loaded_again(void **state)
{
    struct bench *bench = *state;
    struct held held;

    redis_fixture_do(bench->redis, "SCRIPT FLUSH");
    store(bench, "k");
    redis_fixture_do(bench->redis, "SCRIPT FLUSH");
    held = bench_claim_one(bench);
    redis_fixture_do(bench->redis, "SCRIPT FLUSH");
    assert_int_equal(bench_settle(bench, &held, OUTCOME_DONE, 0).failure, ERROR_NONE);
    redis_fixture_do(bench->redis, "SCRIPT FLUSH");
    bench_upkeep(bench);
}

/* The answer of a claim is lost with its connection: the worker does not know that it owns the lane. */
static void on_lost_claim(void *arg, const struct exchange_result *result, const struct error *err)
{
    assert_int_equal(result->claim_count, 0);
    assert_true(result->is_last);
    assert_non_null(err);
    *(bool *)arg = true;
}

/* A frozen Redis runs what it finds in its socket when it goes on, though nobody reads the answer any more. */
static void claims_whose_answer_was_lost_are_given_back_and_count_no_crash(void **state)
{
    struct bench *bench = *state;
    struct exchange exchange = {.worker = "w1", .want = 1};
    struct exchanged exchanged;
    bool is_lost = false;
    struct held other;

    bench_reopen(bench, (struct queue_options){.answer_ms = 100});
    store(bench, "1");
    store(bench, "2");
    other = bench_claim_one(bench);
    redis_fixture_freeze(bench->redis);
    queue_exchange(bench->queue, &exchange, on_lost_claim, &is_lost);
    wait_until_ready_is(bench, false);
    assert_true(is_lost);
    redis_fixture_thaw(bench->redis);
    assert_true(bench_when_ready(bench, 4000));
    exchanged = bench_claim(bench, 10);
    assert_int_equal(exchanged.claim_count, 1);
    assert_true(exchanged.claims[0].token > other.token + 1); /* the lost claim was made */
    assert_int_equal(exchanged.claims[0].crashes, 0);
    assert_false(exchanged.claims[0].was_interrupted);
    assert_int_equal(bench_settle(bench, &other, OUTCOME_DONE, 0).refused_count, 0);
}

/* ---- a Redis that is there and does not answer ---- */

static void a_hanging_redis_is_dropped_and_callers_hear_of_it(void **state)
{
    struct bench *bench = *state;
    struct event event = bench_event("acme", "k");
    enum queue_stored stored;

    bench_reopen(bench, (struct queue_options){.answer_ms = 100});
    redis_fixture_freeze(bench->redis);
    event.delivery_id = "d";
    assert_int_equal(bench_store_event(bench, event), QUEUE_UNAVAILABLE);
    assert_int_equal(bench->err.kind, ERROR_UNAVAILABLE);
    assert_false(queue_is_ready(bench->queue));
    redis_fixture_thaw(bench->redis);
    assert_true(bench_when_ready(bench, 4000));
    stored = bench_store_event(bench, event); /* it may be there already: repeating is safe */
    assert_true(stored == QUEUE_STORED || stored == QUEUE_DUPLICATE);
    assert_int_equal(bench_claim(bench, 10).claim_count, 1);
}

/* A Redis that blocks on BLPOP does not hang. */
static void a_long_wait_is_not_taken_for_a_hanging_redis(void **state)
{
    struct bench *bench = *state;

    bench_reopen(bench, (struct queue_options){.answer_ms = 100});
    assert_true(bench_wait(bench, 400));
    assert_true(queue_is_ready(bench->queue));
    store(bench, "k");
}

static void without_a_redis_callers_hear_so_at_once(void **state)
{
    struct bench *bench = *state;

    redis_fixture_kill(bench->redis);
    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_UNAVAILABLE);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_UNAVAILABLE);
        assert_int_equal(bench->err.kind, ERROR_UNAVAILABLE);
    }
    assert_false(bench_when_ready(bench, 1));
    assert_non_null(strstr(bench->err.text, "redis at"));
    assert_false(bench_wait(bench, 1));
    redis_fixture_start(bench->redis);
    assert_true(bench_when_ready(bench, 4000));
}

/* ---- what is refused ---- */

static void no_memory_left_refuses_events_and_still_lets_the_queue_drain(void **state)
{
    struct bench *bench = *state;
    struct held held;

    store(bench, "k");
    redis_fixture_do(bench->redis, "CONFIG SET maxmemory 1");
    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_UNAVAILABLE);
    assert_non_null(strstr(bench->err.text, "maxmemory"));
    held = bench_claim_one(bench);
    assert_int_equal(bench_settle(bench, &held, OUTCOME_DONE, 0).refused_count, 0);
    redis_fixture_do(bench->redis, "CONFIG SET maxmemory 0");
    store(bench, "k");
}

static void a_replica_takes_no_events_and_is_left(void **state)
{
    struct bench *bench = *state;

    redis_fixture_do(bench->redis, "REPLICAOF 127.0.0.1 1");
    redis_fixture_do(bench->redis, "CONFIG SET replica-serve-stale-data yes");
    assert_int_equal(bench_store(bench, "acme", "k", ""), QUEUE_UNAVAILABLE);
    assert_int_equal(bench->err.kind, ERROR_UNAVAILABLE);
    assert_non_null(strstr(bench->err.text, "replica"));
    redis_fixture_do(bench->redis, "REPLICAOF NO ONE");
    wait_until_ready_is(bench, true);
    store(bench, "k");
}

/* ---- logging in ---- */

struct login {
    const char *url;       /* with %s for the socket */
    const char *complaint; /* NULL: it works */
};

static void logins_work_or_say_why_not(void **state)
{
    static const char *const extra[] = {"--requirepass", "s3cret@/:", NULL};
    static const struct login over_tcp[] = {{"redis://:s3cret%%40%%2f%%3a@127.0.0.1:%d", NULL},
                                            {"redis://:s3cret@/:@127.0.0.1:%d", "the url of Redis"},
                                            {"redis://default:s3cret%%40%%2f%%3a@127.0.0.1:%d/3", NULL},
                                            {"redis://:wrong@127.0.0.1:%d", "refuses"},
                                            {"redis://127.0.0.1:%d", "wants a password"},
                                            {"redis://other:wrong@127.0.0.1:%d", "refuses"}};
    struct redis_fixture *redis = redis_fixture_open(extra);
    struct bench bench = {.redis = redis, .loop = loop_new()};
    int port;

    (void)state;
    freeReplyObject(redis_fixture_command(redis, "AUTH %s", "s3cret@/:"));
    port = redis_fixture_listen(redis);
    for (size_t i = 0; i < COUNT_OF(over_tcp); i++) {
        char *url = mem_printf(over_tcp[i].url, port);
        struct queue_options options = {.url = url};
        struct error err = {0};

        bench.queue = queue_open(bench.loop, &options, &err);
        if (bench.queue && bench_when_ready(&bench, over_tcp[i].complaint ? 300 : 4000))
            assert_null(over_tcp[i].complaint);
        else
            assert_non_null(strstr(bench.queue ? bench.err.text : err.text, over_tcp[i].complaint));
        assert_null(strstr(bench.err.text, "s3cret"));
        assert_null(strstr(err.text, "s3cret"));
        queue_close(bench.queue);
        mem_free(url);
    }
    loop_free(bench.loop);
    redis_fixture_close(redis);
}

static void a_database_is_selected_over_a_socket(void **state)
{
    struct bench *bench = *state;
    char *url = mem_printf("%s?db=5", redis_fixture_url(bench->redis));
    struct queue_options options = {.url = url};
    struct error err;

    queue_close(bench->queue);
    redis_fixture_flush(bench->redis);
    bench->queue = queue_open(bench->loop, &options, &err);
    assert_true(bench_when_ready(bench, 4000));
    store(bench, "k");
    assert_int_equal(redis_fixture_number(bench->redis, "DBSIZE"), 0);
    redis_fixture_do(bench->redis, "SELECT 5");
    assert_true(redis_fixture_number(bench->redis, "DBSIZE") > 0);
    redis_fixture_do(bench->redis, "SELECT 0");
    mem_free(url);
}

/* ---- urls ---- */

struct url_case {
    const char *text;
    const char *described; /* NULL: refused */
    const char *user, *password;
    int db;
};

static const struct url_case url_cases[] = {
    {"redis://localhost", "redis at localhost:6379", NULL, NULL, 0},
    {"redis://localhost/", "redis at localhost:6379", NULL, NULL, 0},
    {"redis://h:1/7", "redis at h:1", NULL, NULL, 7},
    {"redis://:p@h", "redis at h:6379", NULL, "p", 0},
    {"redis://u:p@h", "redis at h:6379", "u", "p", 0},
    {"redis://u:p%40%zz@h", "redis at h:6379", "u", "p@%zz", 0},
    {"redis://u:p@q@h", "redis at h:6379", "u", "p@q", 0},
    {"redis://[::1]:99", "redis at [::1]:99", NULL, NULL, 0},
    {"redis+sentinel://a,b:7/m", "redis by the sentinel at a:26379", NULL, NULL, 0},
    {"redis+sentinel://u:p@[::1]:5/my.master/3", "redis by the sentinel at [::1]:5", "u", "p", 3},
    {"redis+cluster://a:1,b:2,c", "redis cluster at a:1", NULL, NULL, 0},
    {"redis+cluster://:p@h/", "redis cluster at h:6379", NULL, "p", 0},
    {"unix:///run/redis.sock", "redis at /run/redis.sock", NULL, NULL, 0},
    {"unix:///run/a%3fb.sock?db=2", "redis at /run/a?b.sock", NULL, NULL, 2},
    {"", NULL, NULL, NULL, 0},
    {"http://h", NULL, NULL, NULL, 0},
    {"redis://", NULL, NULL, NULL, 0},
    {"redis://:p@", NULL, NULL, NULL, 0},
    {"redis://h:0", NULL, NULL, NULL, 0},
    {"redis://h:65536", NULL, NULL, NULL, 0},
    {"redis://h:x", NULL, NULL, NULL, 0},
    {"redis://h:", NULL, NULL, NULL, 0},
    {"redis://h/x", NULL, NULL, NULL, 0},
    {"redis://h/-1", NULL, NULL, NULL, 0},
    {"redis://h/1/2", NULL, NULL, NULL, 0},
    {"redis://h?db=1", NULL, NULL, NULL, 0},
    {"redis://a,b", NULL, NULL, NULL, 0},
    {"rediss+sentinel://a/m", NULL, NULL, NULL, 0},
    {"rediss+cluster://a", NULL, NULL, NULL, 0},
    {"redis+sentinel://a,b", NULL, NULL, NULL, 0},
    {"redis+sentinel://a,b/", NULL, NULL, NULL, 0},
    {"redis+sentinel://a,,b/m", NULL, NULL, NULL, 0},
    {"redis+sentinel://a:0/m", NULL, NULL, NULL, 0},
    {"redis+sentinel://a/m/x", NULL, NULL, NULL, 0},
    {"redis+cluster://", NULL, NULL, NULL, 0},
    {"redis+cluster://a,", NULL, NULL, NULL, 0},
    {"redis+cluster://a/1", NULL, NULL, NULL, 0},
    {"redis+cluster://a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a", NULL, NULL, NULL, 0},
    {"unix://run/redis.sock", NULL, NULL, NULL, 0},
    {"unix:///run/redis.sock?x=2", NULL, NULL, NULL, 0},
    {"unix:///run/redis.sock?db=x", NULL, NULL, NULL, 0},
};

static void urls_are_read_or_refused(void **state)
{

    (void)state;
    for (size_t i = 0; i < COUNT_OF(url_cases); i++) {
        struct redis_url url;
        struct error err = {0};
        bool is_right = redis_url_parse(url_cases[i].text, &url, &err);
        char *described;

        assert_int_equal(is_right, url_cases[i].described != NULL);
        if (!is_right) {
            assert_int_equal(err.kind, ERROR_INVALID);
            continue;
        }
        described = redis_url_describe(&url);
        assert_string_equal(described, url_cases[i].described);
        assert_string_equal(url.user ? url.user : "", url_cases[i].user ? url_cases[i].user : "");
        assert_string_equal(url.password ? url.password : "", url_cases[i].password ? url_cases[i].password : "");
        assert_int_equal(url.db, url_cases[i].db);
        mem_free(described);
        redis_url_clear(&url);
    }
}

static void tls_is_there_or_said_not_to_be(void **state)
{
    struct redis_url url;
    struct error err = {0};

    (void)state;
#ifdef HAVE_HIREDIS_SSL
    assert_true(redis_url_parse("rediss://h", &url, &err));
    redis_url_clear(&url);
#else
    assert_false(redis_url_parse("rediss://h", &url, &err));
    assert_non_null(strstr(err.text, "no TLS"));
#endif
}

/* ---- closing ---- */

static void on_late(void *arg, enum queue_stored result, const char *id, const struct error *err)
{
    unsigned *answers = arg;

    (void)id;
    assert_int_equal(result, QUEUE_UNAVAILABLE);
    assert_int_equal(err->kind, ERROR_UNAVAILABLE);
    (*answers)++;
}

static void on_late_done(void *arg, const struct error *err)
{
    unsigned *answers = arg;

    assert_int_equal(err->kind, ERROR_UNAVAILABLE);
    (*answers)++;
}

static void closing_answers_what_is_pending(void **state)
{
    struct bench *bench = *state;
    struct event event = bench_event("acme", "k");
    unsigned answers = 0;

    redis_fixture_freeze(bench->redis);
    event.delivery_id = "d";
    for (int i = 0; i < 40; i++) /* one batch is sent, one is being gathered */
        queue_enqueue(bench->queue, &event, on_late, &answers);
    queue_wait(bench->queue, 60000, on_late_done, &answers);
    queue_close(bench->queue);
    assert_int_equal(answers, 41);
    redis_fixture_thaw(bench->redis);
    bench->queue = NULL;
    bench_reopen(bench, (struct queue_options){0});
}

static void a_queue_closed_before_it_connected_answers_who_waits(void **state)
{
    struct bench *bench = *state;
    unsigned answers = 0;
    struct queue_options options = {.url = "unix:///nonexistent/redis.sock"};
    struct error err;
    struct queue *queue = queue_open(bench->loop, &options, &err);

    queue_when_ready(queue, 60000, on_late_done, &answers);
    queue_close(queue);
    assert_int_equal(answers, 1);
}

/* An answer may close the queue, as a process does that has seen enough. */
static void close_there(void *arg, enum queue_stored result, const char *id, const struct error *err)
{
    struct bench *bench = arg;
    struct queue *queue = bench->queue;

    (void)result;
    (void)id;
    (void)err;
    bench->queue = NULL;
    queue_close(queue);
    loop_stop(bench->loop);
}

static void an_answer_may_close_the_queue(void **state)
{
    struct bench *bench = *state;
    struct event event = bench_event("acme", "k");
    unsigned answers = 0;

    event.delivery_id = "d";
    queue_enqueue(bench->queue, &event, close_there, bench);
    loop_run(bench->loop);
    assert_null(bench->queue);

    bench_reopen(bench, (struct queue_options){0});
    redis_fixture_kill(bench->redis);
    bench_store(bench, "acme", "k", ""); /* hears that there is no connection */
    queue_enqueue(bench->queue, &event, close_there, bench);
    for (int i = 0; i < 40; i++)
        queue_enqueue(bench->queue, &event, on_late, &answers);
    queue_resume(bench->queue, "acme", on_late_done, &answers);
    loop_run(bench->loop);
    assert_null(bench->queue);
    assert_int_equal(answers, 41);
    redis_fixture_start(bench->redis);
    bench_reopen(bench, (struct queue_options){0});
}

int main(void)
{
#define OWN_TEST(f) cmocka_unit_test_setup_teardown(f, open_own, bench_close_own)
    const struct CMUnitTest tests[] = {
        OWN_TEST(redis_is_killed_and_the_queue_goes_on_where_it_was),
        OWN_TEST(a_closed_connection_comes_back),
        OWN_TEST(limits_are_written_again_after_a_reconnection),
        OWN_TEST(scripts_that_redis_forgot_are_loaded_again),
        OWN_TEST(claims_whose_answer_was_lost_are_given_back_and_count_no_crash),
        OWN_TEST(a_hanging_redis_is_dropped_and_callers_hear_of_it),
        OWN_TEST(a_long_wait_is_not_taken_for_a_hanging_redis),
        OWN_TEST(without_a_redis_callers_hear_so_at_once),
        OWN_TEST(no_memory_left_refuses_events_and_still_lets_the_queue_drain),
        OWN_TEST(a_replica_takes_no_events_and_is_left),
        OWN_TEST(a_database_is_selected_over_a_socket),
        OWN_TEST(closing_answers_what_is_pending),
        OWN_TEST(a_queue_closed_before_it_connected_answers_who_waits),
        OWN_TEST(an_answer_may_close_the_queue),
        cmocka_unit_test(logins_work_or_say_why_not),
        cmocka_unit_test(urls_are_read_or_refused),
        cmocka_unit_test(tls_is_there_or_said_not_to_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
