/*
 * test_readyz.c - a receiver that runs when its Redis turns out to be less than it must be: /readyz says what is wrong.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "http/client.h"
#include "receiver/receiver.h"
#include "tests/fakes/redis_fixture.h"
#include "tests/fakes/wait.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct scene {
    struct loop *loop;
    struct http_client *client;
    struct receiver *receiver;
    bool has_come;
    int status;
    char body[1000];
};

static void on_response(void *arg, const struct http_response *response)
{
    struct scene *scene = arg;

    scene->has_come = true;
    scene->status = response->status;
    snprintf(scene->body, sizeof(scene->body), "%s", response->body);
    loop_stop(scene->loop);
}

static void ask(struct scene *scene)
{
    char *url = mem_printf("%s/readyz", receiver_address(scene->receiver));
    const struct http_request request = {.method = "GET", .url = url, .timeout_ms = 4000};

    scene->has_come = false;
    http_client_send(scene->client, &request, on_response, scene);
    assert_true(wait_for(scene->loop, &scene->has_come));
    mem_free(url);
}

static void a_redis_that_is_less_than_it_must_be_is_told(void **state)
{
    struct config config = {.listen = (char[]){"127.0.0.1:0"}, .max_body_bytes = 2000, .queue.durability = QUEUE_FSYNC};
    struct scene scene = {.loop = loop_new()};
    struct redis_fixture *redis = redis_fixture_open(NULL);
    const struct receiver_options options = {.config = &config, .redis_url = redis_fixture_url(redis)};
    struct error err;

    (void)state;
    scene.client = http_client_new(scene.loop, &(struct http_client_options){0});
    scene.receiver = receiver_open(scene.loop, &options, &err);
    assert_non_null(scene.receiver);
    do {
        ask(&scene);
        assert_int_equal(scene.status, 503);
    } while (strstr(scene.body, "Redis is not connected"));
    assert_non_null(strstr(scene.body, "redis.durability is fsync, but redis has appendonly no"));
    receiver_close(scene.receiver);
    http_client_free(scene.client);
    loop_free(scene.loop);
    redis_fixture_close(redis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_redis_that_is_less_than_it_must_be_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
