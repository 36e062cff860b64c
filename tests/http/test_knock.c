/*
 * test_knock.c - the status of an answer, or why there is none.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/knock.h"

#include "base/mem.h"
#include "tests/fakes/free_port.h"
#include "tests/fakes/raw_server.h"
#include "tests/fakes/wait.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TIMEOUT_MS 4000 /* less than a test waits */

struct scene {
    struct loop *loop;
    struct raw_server *server;
    struct knock *knock;
    const char *answer; /* what the server sends before it closes; NULL: nothing, and it stays */
    char request[200];
    bool is_ended;
    int status;
    struct error err;
};

static void on_request(void *arg, struct raw_peer *peer, unsigned number, const char *request)
{
    struct scene *scene = arg;

    (void)number;
    snprintf(scene->request, sizeof(scene->request), "%s", request);
    if (!scene->answer)
        return;
    raw_peer_send(peer, scene->answer);
    raw_peer_close(peer);
}

static void on_end(void *arg, int status, const struct error *err)
{
    struct scene *scene = arg;

    scene->is_ended = true;
    scene->status = status;
    scene->err = *err;
    loop_stop(scene->loop);
}

static void scene_open(struct scene *scene)
{
    char url[64];

    *scene = (struct scene){.loop = loop_new()};
    scene->server = raw_server_open(scene->loop, on_request, scene);
    snprintf(url, sizeof(url), "%sreadyz", raw_server_url(scene->server));
    scene->knock = knock_new(scene->loop, url, on_end, scene);
}

static void scene_close(struct scene *scene)
{
    knock_free(scene->knock);
    raw_server_close(scene->server);
    loop_free(scene->loop);
}

static int ask(struct scene *scene, const char *answer, int64_t timeout_ms)
{
    scene->answer = answer;
    scene->is_ended = false;
    knock_ask(scene->knock, timeout_ms);
    assert_false(scene->is_ended);
    assert_true(wait_for(scene->loop, &scene->is_ended));
    return scene->status;
}

static void the_status_is_heard_as_often_as_it_is_asked(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    assert_int_equal(ask(&scene, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", TIMEOUT_MS), 503);
    assert_int_equal(ask(&scene, "HTTP/1.0 200 OK\r\n\r\nready", TIMEOUT_MS), 200);
    assert_ptr_equal(strstr(scene.request, "GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:"), scene.request);
    scene_close(&scene);
}

static void what_is_no_answer_is_told(void **state)
{
    static const struct {
        const char *answer, *why;
    } cases[] = {
        {"", "no answer"},
        {"HTTP/1.1 20", "no answer"},
        {"SSH-2.0-OpenSSH_9.2\r\n", "this is no answer of HTTP"},
        {"HTTP/1.1 OK here\r\n\r\n", "this is no answer of HTTP"},
    };
    struct scene scene;

    (void)state;
    scene_open(&scene);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(ask(&scene, cases[i].answer, TIMEOUT_MS), 0);
        assert_non_null(strstr(scene.err.text, cases[i].why));
    }
    scene_close(&scene);
}

static void silence_ends_in_time(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    assert_int_equal(ask(&scene, NULL, 30), 0);
    assert_non_null(strstr(scene.err.text, "no answer in time"));
    assert_int_equal(ask(&scene, "HTTP/1.1 200 OK\r\n\r\n", TIMEOUT_MS), 200);
    scene_close(&scene);
}

static void where_nobody_listens_it_is_told_why(void **state)
{
    struct scene scene = {.loop = loop_new()};
    char *url = mem_printf("http://127.0.0.1:%u/readyz", free_port());

    (void)state;
    scene.knock = knock_new(scene.loop, url, on_end, &scene);
    assert_int_equal(ask(&scene, NULL, TIMEOUT_MS), 0);
    assert_non_null(strstr(scene.err.text, "Connection refused"));
    scene_close(&scene);
    mem_free(url);
}

static void what_is_freed_meanwhile_says_nothing(void **state)
{
    struct scene scene = {.loop = loop_new()};
    char *url = mem_printf("http://127.0.0.1:%u/readyz", free_port());

    (void)state;
    scene.knock = knock_new(scene.loop, url, on_end, &scene);
    knock_ask(scene.knock, TIMEOUT_MS);
    knock_free(scene.knock);
    scene.knock = NULL;
    loop_run(scene.loop); /* ends at once, as nothing is left on it */
    assert_false(scene.is_ended);
    scene_close(&scene);
    mem_free(url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_status_is_heard_as_often_as_it_is_asked),
        cmocka_unit_test(what_is_no_answer_is_told),
        cmocka_unit_test(silence_ends_in_time),
        cmocka_unit_test(where_nobody_listens_it_is_told_why),
        cmocka_unit_test(what_is_freed_meanwhile_says_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
