/*
 * test_gateway.c - the way to one account: reads that are shared, rests, leases, and callers that go away.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/gateway.h"

#include "base/clock.h"
#include "base/mem.h"
#include "tests/fakes/redis_fixture.h"
#include "tests/fakes/wait.h"
#include "tests/worker/pinpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define READ  "GET", "/api/v1/custom_fields"
#define WRITE "POST", "/api/v1/comments"

struct scene {
    struct loop *loop;
    struct queue *queue;
    struct http_client *client;
    struct pinpoint pinpoint;
    struct account account;
    struct gateway *gateway;
    struct request request;
    unsigned answers, wanted;
    enum meaning meaning;
    bool is_late;
    bool frees_gateway;
    int64_t delay_ms;
};

static void scene_open(struct scene *scene, const struct exchange_row *rows, size_t count)
{
    struct error err = {0};

    *scene = (struct scene){.loop = loop_new()};
    scene->queue = queue_open(scene->loop, &(struct queue_options){.url = "unix:///nonexistent/redis.sock"}, &err);
    assert_non_null(scene->queue);
    scene->client = http_client_new(scene->loop, &(struct http_client_options){0});
    pinpoint_open(&scene->pinpoint, scene->loop, rows, count);
    scene->account = (struct account){.name = mem_string("acme"),
                                      .base_url = mem_string(http_server_address(scene->pinpoint.server)),
                                      .api_key = mem_string("key"),
                                      .vendor_name = mem_string(""),
                                      .timeout_ms = 5000};
    scene->gateway = gateway_new(scene->loop, scene->queue, scene->client, &scene->account);
}

static void scene_close(struct scene *scene)
{
    assert_int_equal(scene->pinpoint.at, scene->pinpoint.count);
    request_clear(&scene->request);
    queue_close(scene->queue);
    gateway_free(scene->gateway);
    http_client_free(scene->client);
    pinpoint_close(&scene->pinpoint);
    mem_free(scene->account.name);
    mem_free(scene->account.api_key);
    mem_free(scene->account.vendor_name);
    mem_free(scene->account.base_url);
    loop_free(scene->loop);
}

static void on_answer(void *arg, const struct answer *answer)
{
    struct scene *scene = arg;

    scene->meaning = answer->meaning;
    scene->is_late = answer->is_late;
    scene->delay_ms = answer->delay_ms;
    if (scene->frees_gateway) {
        gateway_free(scene->gateway);
        scene->gateway = NULL;
    }
    if (++scene->answers == scene->wanted)
        loop_stop(scene->loop);
}

static void run_until(struct scene *scene, unsigned answers)
{
    scene->wanted = answers;
    while (scene->answers < answers)
        loop_run(scene->loop);
}

static struct gateway_call *read_fields(struct scene *scene)
{
    request_get(&scene->request, "/api/v1/custom_fields");
    scene->request.is_shared = true;
    return gateway_send(scene->gateway, &scene->request, (struct gateway_ticket){0}, on_answer, scene);
}

static void those_who_ask_the_same_at_once_share_one_request(void **state)
{
    static const struct exchange_row rows[] = {{READ, 200, "{\"data\":[]}", NULL}, {READ, 200, "{\"data\":[]}", NULL}};
    struct scene scene;

    (void)state;
    scene_open(&scene, rows, 2);
    for (int i = 0; i < 5; i++)
        (void)read_fields(&scene);
    run_until(&scene, 5);
    assert_int_equal(scene.pinpoint.at, 1);
    (void)read_fields(&scene);
    run_until(&scene, 6);
    scene_close(&scene);
}

static void one_who_gives_up_takes_nothing_from_the_others(void **state)
{
    static const struct exchange_row rows[] = {{READ, 200, "{\"data\":[]}", NULL}};
    struct scene scene;

    (void)state;
    scene_open(&scene, rows, 1);
    struct gateway_call *first = read_fields(&scene);
    (void)read_fields(&scene);
    assert_false(gateway_cancel(first));
    run_until(&scene, 1);
    scene_close(&scene);
}

static void a_write_is_not_sent_when_its_lease_ended_while_it_waited(void **state)
{
    static const struct exchange_row none[1];
    struct scene scene;
    int64_t lease_until_ms = 1005;

    (void)state;
    scene_open(&scene, none, 0);
    clock_freeze(1000);
    request_write(&scene.request, "POST", "/api/v1/comments", cJSON_CreateObject());
    (void)gateway_send(scene.gateway, &scene.request, (struct gateway_ticket){.lease_until_ms = &lease_until_ms},
                       on_answer, &scene);
    clock_freeze(1010);
    run_until(&scene, 1);
    clock_release();
    assert_true(scene.is_late);
    scene_close(&scene);
}

/* Its turn has come, but the only connection is taken: what is looked at is the moment of sending. */
static void a_write_is_not_sent_when_its_lease_ended_while_it_waited_for_a_connection(void **state)
{
    static const struct exchange_row rows[] = {{READ, 200, "{\"data\":[]}", NULL}};
    struct scene scene;
    int64_t lease_until_ms = clock_monotonic_ms() + 60000;

    (void)state;
    scene_open(&scene, rows, 1);
    http_client_free(scene.client);
    gateway_free(scene.gateway);
    scene.client = http_client_new(scene.loop, &(struct http_client_options){.max_connections = 1});
    scene.gateway = gateway_new(scene.loop, scene.queue, scene.client, &scene.account);
    scene.pinpoint.ends_leases = &lease_until_ms; /* not with the answer: libcurl may go on before it is told */
    (void)read_fields(&scene);
    request_clear(&scene.request);
    request_write(&scene.request, "POST", "/api/v1/comments", cJSON_CreateObject());
    (void)gateway_send(scene.gateway, &scene.request, (struct gateway_ticket){.lease_until_ms = &lease_until_ms},
                       on_answer, &scene);
    run_until(&scene, 2);
    assert_true(scene.is_late);
    scene_close(&scene);
}

static void a_write_whose_lease_was_renewed_while_it_waited_is_sent(void **state)
{
    static const struct exchange_row rows[] = {{WRITE, 201, "{\"data\":{}}", NULL}};
    struct scene scene;
    int64_t lease_until_ms = clock_monotonic_ms();

    (void)state;
    scene_open(&scene, rows, 1);
    request_write(&scene.request, "POST", "/api/v1/comments", cJSON_CreateObject());
    (void)gateway_send(scene.gateway, &scene.request, (struct gateway_ticket){.lease_until_ms = &lease_until_ms},
                       on_answer, &scene);
    lease_until_ms += 60000;
    run_until(&scene, 1);
    assert_false(scene.is_late);
    assert_int_equal(scene.meaning, MEANING_OK);
    scene_close(&scene);
}

static void after_a_429_nothing_is_sent_until_the_rest_is_over(void **state)
{
    static const struct exchange_row rows[] = {{READ, 429, "{}", "5"}};
    struct scene scene;

    (void)state;
    scene_open(&scene, rows, 1);
    (void)read_fields(&scene);
    run_until(&scene, 1);
    assert_int_equal(scene.meaning, MEANING_LIMITED);
    (void)read_fields(&scene);
    run_until(&scene, 2);
    assert_int_equal(scene.meaning, MEANING_LIMITED);
    scene_close(&scene);
}

static void a_retry_after_date_is_taken_by_the_servers_clock(void **state)
{
    char date[40];
    time_t at = time(NULL) + 20;
    struct exchange_row rows[] = {{READ, 429, "{}", date}};
    struct scene scene;

    (void)state;
    assert_true(strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", gmtime(&at)) > 0);
    scene_open(&scene, rows, 1);
    clock_freeze(clock_now_ms() + 3600000); /* our clock is an hour ahead; the server's, of another library, is not */
    (void)read_fields(&scene);
    run_until(&scene, 1);
    clock_release();
    assert_in_range(scene.delay_ms, 15000, 20000);
    scene_close(&scene);
}

/* A configuration may be read anew while the last call of the old one is under way. */
static void the_last_answer_may_end_the_gateway(void **state)
{
    static const struct exchange_row rows[] = {{READ, 200, "{\"data\":[]}", NULL}};
    struct scene scene;

    (void)state;
    scene_open(&scene, rows, 1);
    scene.frees_gateway = true;
    (void)read_fields(&scene);
    run_until(&scene, 1);
    scene_close(&scene);
}

/* A callback that says that its turn has come. */
struct come {
    struct loop *loop;
    bool is_here;
};

static void on_come(void *arg, int64_t wait_ms, double interval_ms, const struct error *err)
{
    struct come *come = arg;

    (void)wait_ms;
    (void)interval_ms;
    assert_null(err);
    come->is_here = true;
    loop_stop(come->loop);
}

static void on_ready(void *arg, const struct error *err)
{
    on_come(arg, 0, 0, err);
}

static void the_limits_of_an_account_are_told_to_the_queue(void **state)
{
    static const char *const fields[] = {"rate", "burst", "max", "weight"};
    struct redis_fixture *redis = redis_fixture_open(NULL);
    struct scene scene;

    (void)state;
    scene_open(&scene, NULL, 0);
    struct queue *queue =
        queue_open(scene.loop, &(struct queue_options){.url = redis_fixture_url(redis)}, &(struct error){0});
    struct come ready = {.loop = scene.loop}, told = ready;
    scene.account.requests_per_second = 1;
    scene.account.burst = 2;
    scene.account.max_in_flight = 3;
    scene.account.weight = 4;
    struct gateway *gateway = gateway_new(scene.loop, queue, scene.client, &scene.account);
    queue_when_ready(queue, 4000, on_ready, &ready);
    assert_true(wait_for(scene.loop, &ready.is_here));
    queue_reserve(queue, "acme", 1, on_come, &told); /* behind the limits, on the same connection */
    assert_true(wait_for(scene.loop, &told.is_here));
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        assert_int_equal(redis_fixture_number(redis, "HGET {q0}:a:acme %s", fields[i]), i + 1);
    queue_close(queue);
    gateway_free(gateway);
    scene_close(&scene);
    redis_fixture_close(redis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_who_ask_the_same_at_once_share_one_request),
        cmocka_unit_test(one_who_gives_up_takes_nothing_from_the_others),
        cmocka_unit_test(a_write_is_not_sent_when_its_lease_ended_while_it_waited),
        cmocka_unit_test(a_write_whose_lease_was_renewed_while_it_waited_is_sent),
        cmocka_unit_test(a_write_is_not_sent_when_its_lease_ended_while_it_waited_for_a_connection),
        cmocka_unit_test(a_retry_after_date_is_taken_by_the_servers_clock),
        cmocka_unit_test(after_a_429_nothing_is_sent_until_the_rest_is_over),
        cmocka_unit_test(the_limits_of_an_account_are_told_to_the_queue),
        cmocka_unit_test(the_last_answer_may_end_the_gateway),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
