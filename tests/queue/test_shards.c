/*
 * test_shards.c - one queue made of four shards: where accounts live, and that claims, settlements, waiting, leases,
 * reports and an operator's hand are as with one.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "queue/keys.h"
#include "tests/fakes/wait.h"
#include "tests/queue/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHARDS = 4, NAMES_MAX = 1000 };

/* ---- helpers ---- */

static int open_four(void **state)
{
    struct bench *bench;

    bench_open(state);
    bench = *state;
    redis_fixture_flush(bench->redis);
    bench_reopen(bench, (struct queue_options){.shards = SHARDS});
    return 0;
}

/* The number-th name of an account that lives in shard; static storage of each. */
static const char *account_in(unsigned shard, unsigned number)
{
    static char names[SHARDS][4][16];

    for (unsigned i = 0; i < NAMES_MAX; i++) {
        char *name = names[shard][number % 4];

        snprintf(name, sizeof(names[0][0]), "account-%u", i);
        if (key_shard_of(name, SHARDS) == shard && number-- == 0)
            return name;
    }
    fail();
    return NULL;
}

static void store_in(struct bench *bench, unsigned shard, char id[ULID_SIZE])
{
    assert_int_equal(bench_store(bench, account_in(shard, 0), "", ""), QUEUE_STORED);
    if (id)
        memcpy(id, bench->stored_id, ULID_SIZE);
}

static void store_in_each(struct bench *bench, unsigned count)
{
    for (unsigned shard = 0; shard < SHARDS; shard++)
        for (unsigned i = 0; i < count; i++)
            store_in(bench, shard, NULL);
}

static unsigned shard_of(const struct held *held)
{
    return key_shard_of(held->account, SHARDS);
}

/* One claim of each shard, by its number. */
static void claim_one_of_each(struct bench *bench, struct held claims[SHARDS])
{
    struct exchanged exchanged;

    store_in_each(bench, 1);
    exchanged = bench_claim(bench, SHARDS);
    assert_int_equal(exchanged.claim_count, SHARDS);
    for (unsigned i = 0; i < SHARDS; i++)
        claims[shard_of(&exchanged.claims[i])] = exchanged.claims[i];
}

static void settle_all(struct bench *bench, const struct held *claims, enum outcome outcome)
{
    struct settlement settlements[SHARDS];
    struct exchanged exchanged;

    for (unsigned i = 0; i < SHARDS; i++) {
        settlements[i] = bench_settlement(&claims[i], outcome);
        settlements[i].reason = "because";
    }
    exchanged = bench_exchange(
        bench, &(struct exchange){.worker = "w1", .settlements = settlements, .settlement_count = SHARDS});
    assert_int_equal(exchanged.failure, ERROR_NONE);
    assert_int_equal(exchanged.refused_count, 0);
    assert_int_equal(exchanged.settled_count, SHARDS);
}

/* ---- where accounts live ---- */

/* Everybody must agree, in all versions to come: events are where these numbers say. */
static void an_account_lives_where_its_name_says(void **state)
{
    static const struct {
        const char *name;
        unsigned of_4, of_7, of_1024;
    } rows[] = {{"acme", 1, 5, 941}, {"globex", 1, 5, 141}, {"a", 2, 2, 274}, {"A.b-c_9", 0, 1, 200}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(key_shard_of(rows[i].name, 1), 0);
        assert_int_equal(key_shard_of(rows[i].name, 4), rows[i].of_4);
        assert_int_equal(key_shard_of(rows[i].name, 7), rows[i].of_7);
        assert_int_equal(key_shard_of(rows[i].name, 1024), rows[i].of_1024);
    }
}

static void accounts_are_spread_evenly(void **state)
{
    unsigned counts[SHARDS] = {0};

    (void)state;
    for (unsigned i = 0; i < NAMES_MAX; i++) {
        char *name = mem_printf("account-%u", i);

        counts[key_shard_of(name, SHARDS)]++;
        mem_free(name);
    }
    for (unsigned i = 0; i < SHARDS; i++)
        assert_in_range(counts[i], NAMES_MAX / SHARDS - 50, NAMES_MAX / SHARDS + 50);
}

static void slots_are_those_of_redis_cluster(void **state)
{
    static const char *const cluster[] = {"--cluster-enabled", "yes", NULL};
    struct redis_fixture *redis = redis_fixture_open(cluster);

    (void)state;
    for (unsigned shard = 0; shard < KEY_SHARDS_MAX; shard++) {
        char tag[KEY_TAG_SIZE];

        key_tag_of(shard, tag);
        assert_int_equal(redis_fixture_number(redis, "CLUSTER KEYSLOT %sl:acme/{x}", tag), key_slot_of(shard));
    }
    redis_fixture_close(redis);
}

static void each_shard_has_its_own_keys(void **state)
{
    struct bench *bench = *state;

    for (unsigned shard = 0; shard < SHARDS; shard++) {
        store_in(bench, shard, NULL);
        assert_int_equal(redis_fixture_number(bench->redis, "HGET {q%u}:n events", shard), 1);
    }
}

/* ---- claims and settlements ---- */

static void claims_come_from_all_shards_in_equal_shares(void **state)
{
    struct bench *bench = *state;
    unsigned counts[SHARDS] = {0};
    struct exchanged exchanged;

    for (unsigned shard = 0; shard < SHARDS; shard++)
        for (unsigned i = 0; i < 4; i++)
            bench_store(bench, account_in(shard, i), "", "");
    exchanged = bench_claim(bench, 8);
    assert_int_equal(exchanged.claim_count, 8);
    assert_true(exchanged.has_more);
    for (size_t i = 0; i < exchanged.claim_count; i++)
        counts[shard_of(&exchanged.claims[i])]++;
    for (unsigned shard = 0; shard < SHARDS; shard++)
        assert_int_equal(counts[shard], 2);
    exchanged = bench_claim(bench, 100);
    assert_int_equal(exchanged.claim_count, 8);
    assert_false(exchanged.has_more);
}

/* A worker with room for one goes from shard to shard; as long as there is more anywhere, it hears so. */
static void what_was_not_asked_for_is_not_forgotten(void **state)
{
    struct bench *bench = *state;
    size_t claimed = 0;
    bool has_more = true;

    store_in_each(bench, 1);
    for (int i = 0; i < 2 * SHARDS && has_more; i++) {
        struct exchanged exchanged = bench_claim(bench, 1);

        claimed += exchanged.claim_count;
        has_more = exchanged.has_more;
    }
    assert_int_equal(claimed, SHARDS);
    assert_false(has_more);
}

static void all_in_one_shard_is_claimed_by_a_few_exchanges(void **state)
{
    struct bench *bench = *state;
    size_t claimed = 0;

    for (int i = 0; i < 40; i++)
        store_in(bench, 2, NULL);
    for (int i = 0; i < 3; i++)
        claimed += bench_claim(bench, 20).claim_count;
    assert_int_equal(claimed, 40);
}

static void settlements_go_where_their_lanes_are_and_are_answered_by_their_place(void **state)
{
    struct bench *bench = *state;
    struct settlement settlements[SHARDS];
    struct held claims[SHARDS];
    struct exchanged exchanged;

    claim_one_of_each(bench, claims);
    for (unsigned i = 0; i < SHARDS; i++)
        settlements[i] = bench_settlement(&claims[SHARDS - 1 - i], OUTCOME_DONE);
    settlements[2].token += 77;
    exchanged = bench_exchange(
        bench, &(struct exchange){.worker = "w1", .settlements = settlements, .settlement_count = SHARDS});
    assert_int_equal(exchanged.parts, SHARDS);
    assert_int_equal(exchanged.settled_count, SHARDS);
    assert_int_equal(exchanged.refused_count, 1);
    assert_int_equal(exchanged.first_refused, 2);
    for (unsigned shard = 0; shard < SHARDS; shard++)
        assert_int_equal(redis_fixture_number(bench->redis, "ZCARD {q%u}:done", shard), shard != 1);
}

/* The worker looks again when the first of all is due, also when its last exchange was with another shard. */
static void what_is_parked_in_one_shard_is_told_with_anothers_answer(void **state)
{
    struct bench *bench = *state;
    struct held claims[SHARDS];
    struct exchanged exchanged;

    claim_one_of_each(bench, claims);
    exchanged = bench_settle(bench, &claims[3], OUTCOME_RETRY, 60000);
    assert_in_range(exchanged.next_due_ms, 59000, 60000);
    exchanged = bench_settle(bench, &claims[0], OUTCOME_DONE, 0);
    assert_in_range(exchanged.next_due_ms, 58000, 60000);
    exchanged = bench_settle(bench, &claims[1], OUTCOME_RETRY, 20000);
    assert_in_range(exchanged.next_due_ms, 19000, 20000);
}

static void an_exchange_of_nothing_is_answered(void **state)
{
    struct exchanged exchanged = bench_exchange(*state, &(struct exchange){.worker = "w1"});

    assert_int_equal(exchanged.parts, 1);
    assert_int_equal(exchanged.failure, ERROR_NONE);
}

/* ---- waiting ---- */

static void on_woken(void *arg, const struct error *err)
{
    struct bench *bench = arg;

    assert_null(err);
    bench->was_woken = true;
    loop_stop(bench->loop);
}

static void an_idle_worker_is_woken_by_an_event_in_any_shard(void **state)
{
    struct bench *bench = *state;

    for (unsigned shard = 0; shard < SHARDS; shard++) {
        int64_t start_ms = clock_monotonic_ms();

        bench->was_woken = false;
        queue_wait(bench->queue, 60000, on_woken, bench);
        store_in(bench, shard, NULL);
        assert_true(wait_for(bench->loop, &bench->was_woken));
        assert_true(clock_monotonic_ms() - start_ms < 5000);
        assert_int_equal(bench_claim(bench, 10).claim_count, 1);
    }
}

/* Who was woken in one shard has stopped waiting in the others; what is left of that wakes nobody early. */
static void a_wait_with_nothing_to_wait_for_takes_its_time(void **state)
{
    struct bench *bench = *state;

    bench->was_woken = false;
    queue_wait(bench->queue, 60000, on_woken, bench);
    store_in(bench, 1, NULL);
    assert_true(wait_for(bench->loop, &bench->was_woken));
    assert_int_equal(bench_claim(bench, 10).claim_count, 1);
    for (int i = 0; i < 2; i++) {
        int64_t start_ms = clock_monotonic_ms();

        assert_true(bench_wait(bench, 100));
        assert_true(clock_monotonic_ms() - start_ms >= 99);
    }
}

/* ---- leases ---- */

static void on_extended(void *arg, const enum lease_state *states, size_t count, const struct error *err)
{
    struct bench *bench = arg;

    assert_null(err);
    assert_int_equal(count, SHARDS);
    for (unsigned i = 0; i < SHARDS; i++)
        assert_int_equal(states[i], i == 1 ? LEASE_LOST : LEASE_EXTENDED);
    on_woken(bench, NULL);
}

static void leases_are_extended_and_lost_in_their_own_shards(void **state)
{
    struct bench *bench = *state;
    struct lease leases[SHARDS];
    struct held claims[SHARDS];

    claim_one_of_each(bench, claims);
    for (unsigned i = 0; i < SHARDS; i++)
        leases[i] = (struct lease){claims[SHARDS - 1 - i].lane, claims[SHARDS - 1 - i].token};
    leases[1].token++;
    bench->was_woken = false;
    queue_extend(bench->queue, "w1", leases, SHARDS, on_extended, bench);
    assert_true(wait_for(bench->loop, &bench->was_woken));
}

static void a_dead_worker_gives_its_lanes_back_in_all_shards(void **state)
{
    struct bench *bench = *state;
    struct held claims[SHARDS];

    claim_one_of_each(bench, claims);
    assert_int_equal(bench_release(bench, "w2"), 0);
    assert_int_equal(bench_release(bench, "w1"), SHARDS);
}

/* ---- reports ---- */

static void a_worker_is_shown_once_and_counts_are_sums(void **state)
{
    struct bench *bench = *state;
    struct held claims[SHARDS];
    const cJSON *worker;
    cJSON *status;

    claim_one_of_each(bench, claims);
    bench_extend(bench, "w1", NULL, 0);
    store_in_each(bench, 2);
    status = bench_status(bench);
    worker = json_get(status, "workers")->child;
    assert_int_equal(cJSON_GetArraySize(json_get(status, "workers")), 1);
    assert_string_equal(json_get_string(worker, "id", ""), "w1");
    assert_int_equal(json_get_integer(worker, "in_flight", -1), SHARDS);
    assert_int_equal(json_get_integer(status, "in_flight", -1), SHARDS);
    assert_int_equal(json_get_integer(status, "waiting", -1), 2 * SHARDS);
    assert_int_equal(cJSON_GetArraySize(json_get(status, "accounts")), SHARDS);
    assert_true(json_get_integer(status, "oldest_waiting_ms", -1) >= 0);
    cJSON_Delete(status);
}

/* Fails unless the ids of the list's events are these. */
static void expect_list(struct bench *bench, const char *state, size_t limit, const char *const *ids, size_t count)
{
    cJSON *report = bench_list(bench, state, NULL, limit);
    const cJSON *event = json_get(report, "events")->child;

    for (size_t i = 0; i < count; i++, event = event->next) {
        assert_non_null(event);
        assert_string_equal(json_get_string(event, "id", ""), ids[i]);
    }
    assert_null(event);
    cJSON_Delete(report);
}

static int later_id_first(const void *one, const void *other)
{
    return strcmp(other, one);
}

static void a_list_is_in_order_and_cut_over_all_shards(void **state)
{
    struct bench *bench = *state;
    char ids[SHARDS][ULID_SIZE];

    for (unsigned shard = 0; shard < SHARDS; shard++)
        store_in(bench, shard, ids[shard]);
    qsort(ids, SHARDS, sizeof(ids[0]), later_id_first);
    expect_list(bench, NULL, 20, (const char *[]){ids[0], ids[1], ids[2], ids[3]}, 4);
    expect_list(bench, "waiting", 2, (const char *[]){ids[0], ids[1]}, 2);
    expect_list(bench, "dead", 20, NULL, 0);
}

static void dead_letters_come_by_when_they_died_and_retries_by_when_they_are_due(void **state)
{
    struct bench *bench = *state;
    struct held claims[SHARDS];

    claim_one_of_each(bench, claims);
    bench_settle(bench, &claims[2], OUTCOME_DEAD, 0);
    /* another millisecond has to come on the clock of Redis */
    while (redis_fixture_number(bench->redis, "EVAL %s 0",
                                "local t = redis.call('TIME') return t[1] * 1000 + math.floor(t[2] / 1000)") <=
           redis_fixture_number(bench->redis, "ZSCORE {q2}:dead %s", claims[2].id))
        continue;
    bench_settle(bench, &claims[1], OUTCOME_DEAD, 0);
    expect_list(bench, "dead", 20, (const char *[]){claims[1].id, claims[2].id}, 2);
    bench_settle(bench, &claims[0], OUTCOME_RETRY, 60000);
    bench_settle(bench, &claims[3], OUTCOME_RETRY, 30000);
    expect_list(bench, "retrying", 20, (const char *[]){claims[3].id, claims[0].id}, 2);
}

static void an_event_is_found_in_whatever_shard_it_is(void **state)
{
    struct bench *bench = *state;
    struct held claims[SHARDS];

    claim_one_of_each(bench, claims);
    settle_all(bench, claims, OUTCOME_DEAD);
    for (unsigned i = 0; i < SHARDS; i++) {
        cJSON *shown = bench_show(bench, claims[i].id);

        assert_string_equal(json_get_string(shown, "reason", ""), "because");
        cJSON_Delete(shown);
    }
    assert_true(bench_replay(bench, claims[1].id, false));
    assert_false(bench_replay(bench, claims[1].id, false));
    assert_int_equal(bench->err.kind, ERROR_REFUSED);
    assert_true(bench_drop(bench, claims[2].id));
    assert_false(bench_drop(bench, claims[2].id));
    assert_int_equal(bench->err.kind, ERROR_INVALID);
    assert_null(bench_show(bench, claims[2].id));
    assert_int_equal(bench_claim(bench, 10).claim_count, 1);
}

static void the_audit_adds_up_and_finds_what_is_in_the_wrong_shard(void **state)
{
    struct bench *bench = *state;
    cJSON *report;
    char *text;

    store_in_each(bench, 2);
    report = bench_audit(bench);
    assert_int_equal(json_get_integer(report, "events", -1), 2 * SHARDS);
    assert_int_equal(cJSON_GetArraySize(json_get(report, "problems")), 0);
    cJSON_Delete(report);
    redis_fixture_do(bench->redis, "EVAL %s 0",
                     "for _, key in ipairs(redis.call('KEYS', '{q1}:*')) do "
                     "redis.call('RENAME', key, '{q2}' .. string.sub(key, 5)) end");
    report = bench_audit(bench);
    text = json_print(json_get(report, "problems"));
    assert_non_null(strstr(text, "event of an account of shard 1"));
    mem_free(text);
    cJSON_Delete(report);
    redis_fixture_flush(bench->redis);
}

static void an_operators_hand_is_on_one_account(void **state)
{
    struct bench *bench = *state;
    struct exchanged exchanged;

    store_in_each(bench, 1);
    assert_true(bench_pause(bench, account_in(2, 0)));
    exchanged = bench_claim(bench, 10);
    assert_int_equal(exchanged.claim_count, SHARDS - 1);
    assert_true(bench_resume(bench, account_in(2, 0)));
    exchanged = bench_claim(bench, 10);
    assert_int_equal(exchanged.claim_count, 1);
    assert_int_equal(shard_of(&exchanged.claims[0]), 2);
}

/* ---- closing ---- */

/* What closes the queue in its answer, and how many answers come in all. */
struct closing {
    struct bench *bench;
    unsigned answers;
};

static void close_queue(struct closing *closing)
{
    struct queue *queue = closing->bench->queue;

    closing->answers++;
    closing->bench->queue = NULL;
    loop_stop(closing->bench->loop);
    if (queue)
        queue_close(queue);
}

static void close_on_part(void *arg, const struct exchange_result *result, const struct error *err)
{
    (void)result;
    (void)err;
    close_queue(arg);
}

static void close_on_done(void *arg, const struct error *err)
{
    (void)err;
    close_queue(arg);
}

static void close_on_report(void *arg, const cJSON *report, const struct error *err)
{
    (void)report;
    (void)err;
    close_queue(arg);
}

static void close_on_extended(void *arg, const enum lease_state *states, size_t count, const struct error *err)
{
    (void)states;
    (void)count;
    (void)err;
    close_queue(arg);
}

static void run_and_reopen(struct closing *closing, unsigned answers)
{
    loop_run(closing->bench->loop);
    assert_null(closing->bench->queue);
    assert_int_equal(closing->answers, answers);
    closing->answers = 0;
    bench_reopen(closing->bench, (struct queue_options){.shards = SHARDS});
}

static void any_answer_may_close_the_queue(void **state)
{
    struct bench *bench = *state;
    struct closing closing = {.bench = bench};
    const struct exchange exchange = {.worker = "w1", .want = SHARDS};

    queue_exchange(bench->queue, &exchange, close_on_part, &closing);
    run_and_reopen(&closing, SHARDS);
    queue_wait(bench->queue, 1, close_on_done, &closing);
    run_and_reopen(&closing, 1);
    queue_wait(bench->queue, 60000, close_on_done, &closing);
    queue_wake(bench->queue);
    run_and_reopen(&closing, 1);
    queue_status(bench->queue, close_on_report, &closing);
    queue_list(bench->queue, NULL, NULL, 10, close_on_report, &closing);
    run_and_reopen(&closing, 2);
    queue_extend(bench->queue, "w1", NULL, 0, close_on_extended, &closing);
    queue_audit(bench->queue, close_on_report, &closing);
    run_and_reopen(&closing, 2);
    queue_when_ready(bench->queue, 1000, close_on_done, &closing);
    queue_when_ready(bench->queue, 1000, close_on_done, &closing);
    run_and_reopen(&closing, 2);
}

int main(void)
{
#define SHARDS_TEST(f) cmocka_unit_test_setup_teardown(f, open_four, bench_close)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_account_lives_where_its_name_says),
        cmocka_unit_test(accounts_are_spread_evenly),
        cmocka_unit_test(slots_are_those_of_redis_cluster),
        SHARDS_TEST(each_shard_has_its_own_keys),
        SHARDS_TEST(claims_come_from_all_shards_in_equal_shares),
        SHARDS_TEST(what_was_not_asked_for_is_not_forgotten),
        SHARDS_TEST(all_in_one_shard_is_claimed_by_a_few_exchanges),
        SHARDS_TEST(settlements_go_where_their_lanes_are_and_are_answered_by_their_place),
        SHARDS_TEST(what_is_parked_in_one_shard_is_told_with_anothers_answer),
        SHARDS_TEST(an_exchange_of_nothing_is_answered),
        SHARDS_TEST(an_idle_worker_is_woken_by_an_event_in_any_shard),
        SHARDS_TEST(a_wait_with_nothing_to_wait_for_takes_its_time),
        SHARDS_TEST(leases_are_extended_and_lost_in_their_own_shards),
        SHARDS_TEST(a_dead_worker_gives_its_lanes_back_in_all_shards),
        SHARDS_TEST(a_worker_is_shown_once_and_counts_are_sums),
        SHARDS_TEST(a_list_is_in_order_and_cut_over_all_shards),
        SHARDS_TEST(dead_letters_come_by_when_they_died_and_retries_by_when_they_are_due),
        SHARDS_TEST(an_event_is_found_in_whatever_shard_it_is),
        SHARDS_TEST(the_audit_adds_up_and_finds_what_is_in_the_wrong_shard),
        SHARDS_TEST(an_operators_hand_is_on_one_account),
        SHARDS_TEST(any_answer_may_close_the_queue),
    };

    return cmocka_run_group_tests(tests, bench_open_redis, bench_close_redis);
}
