/*
 * test_spill.c - deliveries while Redis is away: taken, kept, and queued in order, once. Over real HTTP, with a real
 * Redis that is killed, frozen and started again.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/ulid.h"
#include "http/client.h"
#include "queue/inspect.h"
#include "receiver/receiver.h"
#include "receiver/spill_file.h"
#include "tests/fakes/redis_fixture.h"
#include "tests/fakes/wait.h"
#include "tests/receiver/signing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SECRET     "whsec_b2xkIHNlY3JldCBvZiB0aGUgcmVjZWl2ZXIncyB0ZXN0cw=="
#define WAIT_MS    10000
#define EVENTS_MAX 600

static char any_port[] = "127.0.0.1:0";

static struct account accounts[] = {{.name = (char[]){"acme"}}};

static struct source sources[] = {{.name = (char[]){"quiz"},
                                   .preset = (char[]){""},
                                   .account = (char[]){"acme"},
                                   .tolerance_ms = 300000,
                                   .type_path = (char[]){".type"},
                                   .order_by_path = (char[]){".key"},
                                   .occurred_at_path = (char[]){""},
                                   .delivery_id_path = (char[]){""}}};

/* ---- the disk, in place of libc's ---- */

static bool disk_fails;
static size_t disk_waits;

int fdatasync(int fd)
{
    disk_waits++;
    if (!disk_fails)
        return (int)syscall(SYS_fdatasync, fd);
    errno = EIO;
    return -1;
}

/* ---- the scene ---- */

struct scene {
    struct loop *loop;
    struct redis_fixture *redis;
    struct receiver *receiver;
    struct http_client *client;
    struct queue *queue; /* what the workers would see */
    struct config config;
    char directory[64];
    int padding; /* bytes more in each body */
};

struct reply {
    struct scene *scene;
    bool has_come;
    int status;
    char body[20000];
};

static void on_response(void *arg, const struct http_response *response)
{
    struct reply *reply = arg;

    reply->has_come = true;
    reply->status = response->status;
    snprintf(reply->body, sizeof(reply->body), "%s", response->body);
    loop_stop(reply->scene->loop);
}

static void send(struct scene *scene, struct http_request *request, const char *path, struct reply *reply)
{
    char *url = mem_printf("%s%s", receiver_address(scene->receiver), path);

    request->url = url;
    *reply = (struct reply){.scene = scene};
    http_client_send(scene->client, request, on_response, reply);
    mem_free(url);
}

/* Posts event n of a lane; the reply comes while the loop runs. */
static void post(struct scene *scene, const char *lane, size_t n, struct reply *reply)
{
    const char *headers[8] = {"Content-Type: application/json"};
    char *body = mem_printf("{\"type\":\"t\",\"key\":\"%s\"%*s}", lane, scene->padding, ""),
         *id = mem_printf("%s-%04zu", lane, n);
    struct buf lines;
    size_t count = 1;

    buf_init(&lines, 2000);
    signature_sign(sources[0].keys[0], id, clock_now_ms(), body, strlen(body), &lines);
    count += signing_split(lines.data, headers + count);
    headers[count] = NULL;
    struct http_request request = {.method = "POST", .headers = headers, .body = body, .body_size = strlen(body)};
    send(scene, &request, "/in/quiz", reply);
    buf_clear(&lines);
    mem_free(body);
    mem_free(id);
}

static int deliver(struct scene *scene, const char *lane, size_t n)
{
    struct reply reply;

    post(scene, lane, n, &reply);
    assert_true(wait_for(scene->loop, &reply.has_come));
    return reply.status;
}

static int get(struct scene *scene, const char *path, struct reply *reply)
{
    struct http_request request = {.method = "GET"};

    send(scene, &request, path, reply);
    assert_true(wait_for(scene->loop, &reply->has_come));
    return reply->status;
}

/* Asks /readyz until it says text. */
static void await_readiness(struct scene *scene, const char *text)
{
    int64_t until_ms = clock_monotonic_ms() + WAIT_MS;
    struct reply reply;

    do {
        get(scene, "/readyz", &reply);
        if (clock_monotonic_ms() > until_ms)
            fail_msg("/readyz says \"%s\", not \"%s\"", reply.body, text);
    } while (!strstr(reply.body, text));
}

static void await_drained(struct scene *scene)
{
    await_readiness(scene, "ready\n");
}

static void open_receiver(struct scene *scene)
{
    struct error err = {0};
    const struct receiver_options options = {.config = &scene->config, .redis_url = redis_fixture_url(scene->redis)};

    scene->receiver = receiver_open(scene->loop, &options, &err);
    if (!scene->receiver)
        fail_msg("%s", err.text);
}

static void close_receiver(struct scene *scene)
{
    receiver_close(scene->receiver);
    scene->receiver = NULL;
}

/* The next run over the same files. */
static void reopen_receiver(struct scene *scene)
{
    close_receiver(scene);
    open_receiver(scene);
}

static void on_queue_ready(void *arg, const struct error *err)
{
    bool *is_ready = arg;

    assert_null(err);
    *is_ready = true;
}

static void open_queue(struct scene *scene)
{
    struct error err = {0};
    bool is_ready = false;

    scene->queue = queue_open(scene->loop, &(struct queue_options){.url = redis_fixture_url(scene->redis)}, &err);
    assert_non_null(scene->queue);
    queue_when_ready(scene->queue, WAIT_MS, on_queue_ready, &is_ready);
    while (!is_ready)
        await_readiness(scene, "ready");
}

static int scene_open(void **state)
{
    struct scene *scene = mem_new(sizeof(*scene));

    scene->redis = *state;
    redis_fixture_flush(scene->redis);
    snprintf(scene->directory, sizeof(scene->directory), "/tmp/hookline-spill-XXXXXX");
    assert_non_null(mkdtemp(scene->directory));
    scene->config = (struct config){.listen = any_port,
                                    .max_body_bytes = 200000,
                                    .accounts = accounts,
                                    .account_count = COUNT_OF(accounts),
                                    .sources = sources,
                                    .source_count = COUNT_OF(sources),
                                    .spill = scene->directory,
                                    .spill_max_bytes = 1 << 20,
                                    .queue = {.answer_ms = 300}};
    scene->loop = loop_new();
    scene->client = http_client_new(scene->loop, &(struct http_client_options){0});
    open_receiver(scene);
    await_drained(scene);
    *state = scene;
    return 0;
}

static int scene_close(void **state)
{
    struct scene *scene = *state;

    http_client_free(scene->client);
    receiver_close(scene->receiver);
    queue_close(scene->queue);
    loop_free(scene->loop);
    redis_fixture_remove_files(scene->directory);
    mem_free(scene);
    return 0;
}

/* ---- what the queue has ---- */

/* The delivery ids, in the order in which workers get them. */
struct taken {
    struct scene *scene;
    char ids[EVENTS_MAX][EVENT_KEY_MAX + 1];
    size_t count;
    bool has_come;
    struct settlement settlements[EVENTS_MAX];
    char event_ids[EVENTS_MAX][ULID_SIZE];
    char lanes[EVENTS_MAX][300];
    size_t claimed;
};

static void on_exchanged(void *arg, const struct exchange_result *result, const struct error *err)
{
    struct taken *taken = arg;

    assert_null(err);
    taken->claimed = result->claim_count;
    for (size_t i = 0; i < result->claim_count; i++) {
        const struct claim *claim = &result->claims[i];

        assert_true(taken->count < EVENTS_MAX);
        snprintf(taken->ids[taken->count++], EVENT_KEY_MAX + 1, "%s", claim->event.delivery_id);
        snprintf(taken->event_ids[i], ULID_SIZE, "%s", claim->event.id);
        snprintf(taken->lanes[i], sizeof(taken->lanes[i]), "%s", claim->lane);
        taken->settlements[i] = (struct settlement){.id = taken->event_ids[i],
                                                    .lane = taken->lanes[i],
                                                    .token = claim->token,
                                                    .outcome = OUTCOME_DONE,
                                                    .reason = "",
                                                    .progress = "",
                                                    .trace = ""};
    }
    taken->has_come = true;
    loop_stop(taken->scene->loop);
}

/* Runs the queue empty, as workers do: what is claimed is settled with the next exchange. Owned (mem_free). */
static struct taken *take_all(struct scene *scene)
{
    struct taken *taken = mem_new(sizeof(*taken));

    if (!scene->queue)
        open_queue(scene);
    taken->scene = scene;
    do {
        const struct exchange exchange = {
            .worker = "w", .settlements = taken->settlements, .settlement_count = taken->claimed, .want = 100};

        taken->has_come = false;
        queue_exchange(scene->queue, &exchange, on_exchanged, taken);
        assert_true(wait_for(scene->loop, &taken->has_come));
    } while (taken->claimed > 0);
    return taken;
}

/* The queue has count events of the lane and no others, each once and in order. */
static void expect_lane(struct scene *scene, const char *lane, size_t count)
{
    struct taken *taken = take_all(scene);

    assert_int_equal(taken->count, count);
    for (size_t n = 0; n < count; n++) {
        char *id = mem_printf("%s-%04zu", lane, n);

        assert_string_equal(taken->ids[n], id);
        mem_free(id);
    }
    mem_free(taken);
}

/* ---- Redis away and back ---- */

static void what_comes_while_redis_is_away_is_taken_and_queued_in_order(void **state)
{
    struct scene *scene = *state;
    struct reply reply;

    assert_int_equal(deliver(scene, "a", 0), 202);
    redis_fixture_kill(scene->redis);
    for (size_t n = 1; n < 20; n++)
        assert_int_equal(deliver(scene, "a", n), 202);
    assert_int_equal(get(scene, "/readyz", &reply), 200);
    assert_non_null(strstr(reply.body, "until Redis is there; 19 are in it"));
    get(scene, "/metrics", &reply);
    assert_non_null(strstr(reply.body, "result=\"accepted\"} 1\n"));
    assert_non_null(strstr(reply.body, "result=\"spilled\"} 19\n"));
    assert_non_null(strstr(reply.body, "\nhookline_spill_events 19\n"));
    redis_fixture_start(scene->redis);
    await_drained(scene);
    assert_int_equal(deliver(scene, "a", 20), 202);
    expect_lane(scene, "a", 21);
    get(scene, "/metrics", &reply);
    assert_non_null(strstr(reply.body, "\nhookline_spill_events 0\n"));
    assert_non_null(strstr(reply.body, "\nhookline_spill_bytes 20\n"));
}

static void many_at_once_come_once_each(void **state)
{
    static struct reply replies[200];
    struct scene *scene = *state;

    redis_fixture_kill(scene->redis);
    disk_waits = 0;
    for (size_t i = 0; i < COUNT_OF(replies); i++)
        post(scene, (const char *const[]){"a", "b", "c", "d"}[i % 4], i / 4, &replies[i]);
    for (size_t i = 0; i < COUNT_OF(replies); i++) {
        assert_true(wait_for(scene->loop, &replies[i].has_come));
        assert_int_equal(replies[i].status, 202);
    }
    assert_in_range(disk_waits, 1, COUNT_OF(replies) / 2); /* those of one turn share one */
    redis_fixture_start(scene->redis);
    await_drained(scene);
    struct taken *taken = take_all(scene);
    assert_int_equal(taken->count, COUNT_OF(replies));
    for (size_t i = 0; i < taken->count; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(taken->ids[i], taken->ids[k]);
    mem_free(taken);
}

/* The frozen Redis has the command in its socket and runs it later: the event is stored, and in the spill as well. */
static void an_event_with_an_unknown_outcome_is_queued_once(void **state)
{
    struct scene *scene = *state;

    redis_fixture_freeze(scene->redis);
    for (size_t n = 0; n < 5; n++)
        assert_int_equal(deliver(scene, "a", n), 202);
    redis_fixture_thaw(scene->redis);
    await_drained(scene);
    expect_lane(scene, "a", 5);
}

static void a_sender_who_repeats_is_queued_once(void **state)
{
    struct scene *scene = *state;

    redis_fixture_kill(scene->redis);
    assert_int_equal(deliver(scene, "a", 0), 202);
    assert_int_equal(deliver(scene, "a", 0), 202);
    redis_fixture_start(scene->redis);
    await_drained(scene);
    assert_int_equal(deliver(scene, "a", 0), 200);
    expect_lane(scene, "a", 1);
}

static void an_earlier_runs_spill_is_queued_at_the_next_start(void **state)
{
    struct scene *scene = *state;

    redis_fixture_kill(scene->redis);
    for (size_t n = 0; n < 5; n++)
        assert_int_equal(deliver(scene, "a", n), 202);
    reopen_receiver(scene);
    assert_int_equal(deliver(scene, "a", 5), 202);
    close_receiver(scene);
    redis_fixture_start(scene->redis);
    open_receiver(scene);
    await_drained(scene);
    expect_lane(scene, "a", 6);
}

struct flag {
    struct loop *loop;
    bool is_raised;
};

static void raise_flag(void *arg)
{
    struct flag *flag = arg;

    flag->is_raised = true;
    loop_stop(flag->loop);
}

static void draining_with_a_spill_ends_and_keeps_it(void **state)
{
    struct scene *scene = *state;
    struct flag has_drained = {scene->loop, false};

    redis_fixture_kill(scene->redis);
    assert_int_equal(deliver(scene, "a", 0), 202);
    receiver_drain(scene->receiver, raise_flag, &has_drained);
    assert_true(wait_for(scene->loop, &has_drained.is_raised));
    reopen_receiver(scene);
    redis_fixture_start(scene->redis);
    await_drained(scene);
    expect_lane(scene, "a", 1);
}

/* ---- a queue that takes nothing ---- */

static void while_the_queue_is_full_newer_events_stay_behind_older_ones(void **state)
{
    struct scene *scene = *state;

    scene->config.queue.max_events = 2;
    reopen_receiver(scene);
    await_drained(scene);
    redis_fixture_kill(scene->redis);
    for (size_t n = 0; n < 4; n++)
        assert_int_equal(deliver(scene, "a", n), 202);
    redis_fixture_start(scene->redis);
    await_readiness(scene, "until the queue has taken those before; 2 are in it");
    assert_int_equal(deliver(scene, "a", 4), 202);
    open_queue(scene);
    struct taken *all = mem_new(sizeof(*all));
    for (int64_t until_ms = clock_monotonic_ms() + WAIT_MS; all->count < 5 && clock_monotonic_ms() < until_ms;) {
        struct taken *taken = take_all(scene);

        for (size_t i = 0; i < taken->count; i++)
            snprintf(all->ids[all->count++], sizeof(all->ids[0]), "%s", taken->ids[i]);
        mem_free(taken);
    }
    assert_int_equal(all->count, 5);
    for (size_t n = 0; n < 5; n++)
        assert_int_equal(strtol(all->ids[n] + 2, NULL, 10), n);
    mem_free(all);
    await_drained(scene);
}

/* The queue would take the small one: it is not asked before it has taken the large one. */
static void a_small_event_does_not_overtake_a_large_one_that_finds_no_room(void **state)
{
    struct scene *scene = *state;

    scene->config.queue.max_bytes = 4000;
    reopen_receiver(scene);
    await_drained(scene);
    scene->padding = 2000;
    assert_int_equal(deliver(scene, "b", 0), 202);
    redis_fixture_kill(scene->redis);
    assert_int_equal(deliver(scene, "a", 0), 202);
    scene->padding = 0;
    assert_int_equal(deliver(scene, "a", 1), 202);
    redis_fixture_start(scene->redis);
    await_readiness(scene, "until the queue has taken those before; 2 are in it");
    open_queue(scene);
    expect_lane(scene, "b", 1);
    await_drained(scene);
    expect_lane(scene, "a", 2);
}

static void when_redis_has_no_memory_the_spill_takes_over(void **state)
{
    struct scene *scene = *state;

    redis_fixture_do(scene->redis, "CONFIG SET maxmemory 1");
    assert_int_equal(deliver(scene, "a", 0), 202);
    await_readiness(scene, "1 are in it");
    assert_int_equal(deliver(scene, "a", 1), 202);
    redis_fixture_do(scene->redis, "CONFIG SET maxmemory 0");
    await_drained(scene);
    expect_lane(scene, "a", 2);
}

/* ---- a spill that takes nothing ---- */

static void a_full_spill_is_said_and_takes_again_once_it_is_drained(void **state)
{
    struct scene *scene = *state;
    struct reply reply;
    size_t count = 0;

    scene->config.spill_max_bytes = 66000; /* little more than what is called full */
    reopen_receiver(scene);
    await_drained(scene);
    redis_fixture_kill(scene->redis);
    while (deliver(scene, "a", count) == 202)
        count++;
    assert_in_range(count, 200, EVENTS_MAX - 10);
    assert_int_equal(get(scene, "/readyz", &reply), 503);
    assert_non_null(strstr(reply.body, "the spill is full"));
    assert_int_equal(deliver(scene, "a", count), 503);
    redis_fixture_start(scene->redis);
    await_drained(scene);
    assert_int_equal(deliver(scene, "a", count), 202);
    expect_lane(scene, "a", count + 1);
}

static void a_disk_that_fails_is_said_and_tried_again(void **state)
{
    struct scene *scene = *state;
    struct reply reply;

    redis_fixture_kill(scene->redis);
    assert_int_equal(deliver(scene, "a", 0), 202);
    disk_fails = true;
    assert_int_equal(deliver(scene, "a", 1), 503);
    assert_int_equal(get(scene, "/readyz", &reply), 503);
    assert_non_null(strstr(reply.body, "cannot be written"));
    disk_fails = false;
    assert_int_equal(deliver(scene, "a", 1), 202);
    assert_int_equal(get(scene, "/readyz", &reply), 200);
    redis_fixture_start(scene->redis);
    await_drained(scene);
    expect_lane(scene, "a", 2);
}

static void without_a_spill_it_is_as_before(void **state)
{
    struct scene *scene = *state;
    struct reply reply;

    scene->config.spill = NULL;
    reopen_receiver(scene);
    await_drained(scene);
    get(scene, "/metrics", &reply);
    assert_null(strstr(reply.body, "hookline_spill"));
    redis_fixture_kill(scene->redis);
    assert_int_equal(deliver(scene, "a", 0), 503);
    assert_int_equal(get(scene, "/readyz", &reply), 503);
    redis_fixture_start(scene->redis);
    await_drained(scene);
    expect_lane(scene, "a", 0);
}

static void a_second_receiver_with_the_same_directory_does_not_start(void **state)
{
    struct scene *scene = *state;
    struct error err = {0};
    const struct receiver_options options = {.config = &scene->config, .redis_url = redis_fixture_url(scene->redis)};

    assert_null(receiver_open(scene->loop, &options, &err));
    assert_non_null(strstr(err.text, "in use by another receiver"));
}

/* ---- records that nobody takes ---- */

static void add_record(struct spill_file *file, const struct event *event)
{
    struct error err = {0};
    struct buf record;

    buf_init(&record, 4096);
    event_encode(event, &record);
    assert_true(spill_file_add(file, record.data, record.size, &err));
    buf_clear(&record);
}

/* A record that is none, one that the queue refuses, a good one. */
static void fill_with_strange_records(const char *directory)
{
    struct error err = {0};
    struct spill_file *file = spill_file_open(directory, 1 << 20, &err);
    struct event event = {.account = "no name: {}",
                          .source = "quiz",
                          .type = "t",
                          .order_key = "a",
                          .delivery_id = "a-0000",
                          .headers = "{}",
                          .payload = "{}",
                          .payload_size = 2};

    assert_non_null(file);
    assert_true(spill_file_add(file, "no record", 9, &err));
    ulid_new(event.id);
    add_record(file, &event);
    ulid_new(event.id);
    event.account = "acme";
    add_record(file, &event);
    assert_true(spill_file_flush(file, &err));
    spill_file_close(file);
}

static void what_is_refused_for_good_is_set_aside_and_blocks_nothing(void **state)
{
    struct scene *scene = *state;
    struct reply reply;

    close_receiver(scene);
    fill_with_strange_records(scene->directory);
    log_init("test", LOG_ERROR);
    open_receiver(scene);
    await_drained(scene);
    expect_lane(scene, "a", 1);
    get(scene, "/metrics", &reply);
    assert_non_null(strstr(reply.body, "\nhookline_spill_set_aside 2\n"));
    char *path = mem_printf("%s/events.refused", scene->directory);
    assert_int_equal(access(path, R_OK), 0);
    mem_free(path);
}

static int open_redis(void **state)
{
    signing_add_key(&sources[0], "standard-webhooks", SECRET);
    static const char *const extra[] = {"--appendonly", "yes", "--appendfsync", "always", NULL};

    *state = redis_fixture_open(extra);
    return 0;
}

static int close_redis(void **state)
{
    signing_free_keys(&sources[0]);
    redis_fixture_close(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_comes_while_redis_is_away_is_taken_and_queued_in_order),
        TEST(many_at_once_come_once_each),
        TEST(an_event_with_an_unknown_outcome_is_queued_once),
        TEST(a_sender_who_repeats_is_queued_once),
        TEST(an_earlier_runs_spill_is_queued_at_the_next_start),
        TEST(draining_with_a_spill_ends_and_keeps_it),
        TEST(while_the_queue_is_full_newer_events_stay_behind_older_ones),
        TEST(a_small_event_does_not_overtake_a_large_one_that_finds_no_room),
        TEST(when_redis_has_no_memory_the_spill_takes_over),
        TEST(a_full_spill_is_said_and_takes_again_once_it_is_drained),
        TEST(a_disk_that_fails_is_said_and_tried_again),
        TEST(without_a_spill_it_is_as_before),
        TEST(a_second_receiver_with_the_same_directory_does_not_start),
        TEST(what_is_refused_for_good_is_set_aside_and_blocks_nothing),
    };

    log_init("test", LOG_ERROR);
    return cmocka_run_group_tests(tests, open_redis, close_redis);
}
