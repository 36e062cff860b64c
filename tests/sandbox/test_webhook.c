/*
 * test_webhook.c - a stage change is told to the webhook's address, signed, and told again when it is not heard.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "http/server.h"
#include "http/signature.h"
#include "tests/fakes/wait.h"
#include "tests/sandbox/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SECRET "topsecret"

/* A receiver that keeps what it hears and answers with status. */
struct ear {
    struct loop *loop;
    struct http_server *server;
    int status;
    size_t count;
    char *body; /* the last one */
    bool same;  /* every body was like the one before */
    bool verified;
};

static const char *header_of(void *arg, const char *name)
{
    return http_exchange_header(arg, name);
}

static void hear(void *arg, struct http_exchange *exchange)
{
    struct ear *ear = arg;
    size_t size = 0;
    const char *body = http_exchange_body(exchange, &size);
    struct signature_input input = {
        .header = header_of, .arg = exchange, .body = body, .body_size = size, .now_ms = clock_now_ms()};
    const struct signature_scheme *scheme = signature_scheme_named("pinpoint");
    struct error err = {0};
    struct signature_key *key = signature_key_new(scheme, SECRET, &err);

    ear->verified = signature_verify(scheme, &key, 1, &input, &err);
    signature_key_free(key);
    ear->same = !ear->body || strcmp(ear->body, body) == 0;
    mem_free(ear->body);
    ear->body = mem_copy(body, size);
    ear->count++;
    http_exchange_answer(exchange, ear->status, "text/plain", "", 0);
    loop_stop(ear->loop);
}

struct scene {
    struct talk talk;
    struct ear ear;
};

static void scene_open(struct scene *scene, int status)
{
    struct http_server_options server = {.listen = "127.0.0.1:0", .handler = hear, .arg = &scene->ear};
    struct sandbox_options options = {.webhook_secret = SECRET};
    struct loop *loop = loop_new();
    struct error err = {0};

    scene->ear = (struct ear){.loop = loop, .status = status, .same = true};
    scene->ear.server = http_server_open(loop, &server, &err);
    assert_non_null(scene->ear.server);
    options.listen = "127.0.0.1:0";
    options.webhook_url = http_server_address(scene->ear.server);
    scene->talk.loop = loop;
    scene->talk.client = http_client_new(loop, &(struct http_client_options){0});
    scene->talk.sandbox = sandbox_open(loop, &options, &err);
    assert_non_null(scene->talk.sandbox);
}

static void scene_close(struct scene *scene)
{
    http_client_free(scene->talk.client);
    sandbox_close(scene->talk.sandbox);
    http_server_close(scene->ear.server);
    loop_free(scene->talk.loop);
    mem_free(scene->ear.body);
}

static void move_to(struct scene *scene, const char *stage)
{
    char *body = mem_printf("{\"data\":{\"type\":\"applications\",\"relationships\":{\"stage\":{\"data\":"
                            "{\"type\":\"stages\",\"id\":\"%s\"}}}}}",
                            stage);

    cJSON_Delete(talk_expect(&scene->talk, 200, "PUT", "/api/v1/applications/1", body));
    mem_free(body);
}

static bool has_heard_one(void *arg)
{
    return ((struct ear *)arg)->count >= 1;
}

static bool has_heard_two(void *arg)
{
    return ((struct ear *)arg)->count >= 2;
}

static bool has_delivered(void *arg)
{
    struct scene *scene = arg;
    cJSON *stats = talk_expect(&scene->talk, 200, "GET", "/sandbox/stats", NULL);
    bool has = json_get_integer(json_get(stats, "webhook"), "delivered", 0) == 1;

    cJSON_Delete(stats);
    return has;
}

static void a_stage_change_is_told_with_ids_and_signed(void **state)
{
    struct scene scene;
    struct error err = {0};

    (void)state;
    scene_open(&scene, 202);
    move_to(&scene, "3");
    assert_true(wait_until(scene.talk.loop, has_heard_one, &scene.ear));
    assert_true(scene.ear.verified);
    cJSON *body = json_parse(scene.ear.body, strlen(scene.ear.body), &err);
    assert_string_equal(text_at(body, "event"), "application_stage_changed");
    assert_int_equal(json_get_integer(json_find(body, "data", "application", NULL), "id", 0), 1);
    assert_int_equal(json_get_integer(json_find(body, "data", "job", NULL), "id", 0), 1);
    assert_in_range(json_get_integer(body, "triggeredAt", 0), clock_now_ms() / 1000 - 60, clock_now_ms() / 1000);
    cJSON_Delete(body);
    assert_true(wait_until(scene.talk.loop, has_delivered, &scene));
    scene_close(&scene);
}

static void a_hire_has_a_name_of_its_own(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, 200);
    move_to(&scene, "5");
    assert_true(wait_until(scene.talk.loop, has_heard_one, &scene.ear));
    assert_non_null(strstr(scene.ear.body, "\"event\":\"application_hired\""));
    scene_close(&scene);
}

static void a_stage_that_stays_the_same_is_not_told(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, 200);
    move_to(&scene, "2");
    cJSON *stats = talk_expect(&scene.talk, 200, "GET", "/sandbox/stats", NULL);
    assert_int_equal(json_get_integer(json_get(stats, "webhook"), "sent", -1), 0);
    cJSON_Delete(stats);
    scene_close(&scene);
}

static void what_is_not_heard_is_told_again_with_the_same_bytes(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, 503);
    move_to(&scene, "3");
    assert_true(wait_until(scene.talk.loop, has_heard_one, &scene.ear));
    scene.ear.status = 200;
    assert_true(wait_until(scene.talk.loop, has_heard_two, &scene.ear));
    assert_true(scene.ear.same);
    assert_true(wait_until(scene.talk.loop, has_delivered, &scene));
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stage_change_is_told_with_ids_and_signed),
        cmocka_unit_test(a_hire_has_a_name_of_its_own),
        cmocka_unit_test(a_stage_that_stays_the_same_is_not_told),
        cmocka_unit_test(what_is_not_heard_is_told_again_with_the_same_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
