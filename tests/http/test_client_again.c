/*
 * test_client_again.c - what is used again, handles and connections, brings nothing along and keeps nobody busy.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/client.h"

#include "base/clock.h"
#include "base/mem.h"
#include "tests/http/client_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

/* A call's memory is used again. */
static void nothing_of_one_request_is_left_in_the_next(void **state)
{
    static const char *const headers[] = {"X-API-KEY: k1", NULL};
    struct scene scene;

    (void)state;
    scene_open(&scene, answer_always);
    scene.answer = "HTTP/1.1 429 Slow down\r\nRetry-After: 9\r\nContent-Type: a/b\r\nContent-Length: 2\r\n\r\nno";
    perform(&scene, &(struct http_request){.method = "POST",
                                           .url = raw_server_url(scene.server),
                                           .headers = headers,
                                           .body = "secret",
                                           .body_size = 6});
    assert_int_equal(scene.status, 429);
    assert_string_equal(scene.retry_after, "9");
    scene.answer = NO_CONTENT;
    get(&scene);
    assert_int_equal(scene.status, 204);
    assert_string_equal(scene.retry_after, "");
    assert_string_equal(scene.content_type, "");
    assert_string_equal(scene.body, "");
    assert_null(strstr(scene.request, "k1"));
    assert_null(strstr(scene.request, "secret"));
    scene_close(&scene);
}

static void count_turn(void *arg)
{
    ++*(unsigned *)arg;
}

static void on_time_over(void *arg)
{
    struct scene *scene = arg;

    scene->is_answered = true;
    loop_stop(scene->loop);
}

/* Its end can be read for as long as nobody closes it. */
static void a_connection_that_closed_while_idle_does_not_keep_the_loop_busy(void **state)
{
    struct scene scene;
    unsigned turns = 0;

    (void)state;
    scene_open(&scene, answer_and_close);
    struct timer *timer = timer_new(scene.loop, on_time_over, &scene);
    get(&scene);
    loop_before_wait(scene.loop, count_turn, &turns);
    scene.is_answered = false;
    timer_start(timer, 50);
    assert_true(wait_for(scene.loop, &scene.is_answered));
    assert_in_range(turns, 1, 10);
    get(&scene);
    assert_int_equal(scene.outcome, HTTP_ANSWERED);
    timer_free(timer);
    scene_close(&scene);
}

static bool all_answered(void *arg)
{
    const struct scene *scene = arg;

    return scene->answers == 20;
}

/* libcurl has sockets of its own while a thread resolves a name; the descriptors are those of connections afterwards.
 * What this machine's name leads to may be another address than the server's. */
static void connections_follow_where_a_name_was_resolved(void **state)
{
    char name[200] = "", *url;
    struct scene scene;

    (void)state;
    scene_open(&scene, answer_always);
    assert_int_equal(gethostname(name, sizeof(name) - 1), 0);
    url = mem_printf("http://%s:%u/", name, raw_server_port(scene.server));
    perform(&scene, &(struct http_request){.method = "GET", .url = url, .timeout_ms = TIMEOUT_MS});
    assert_int_not_equal(scene.outcome, HTTP_UNKNOWN);
    for (int i = 1; i < 20; i++)
        send_request(&scene, &(struct http_request){.method = "GET", .url = raw_server_url(scene.server)});
    assert_true(wait_until(scene.loop, all_answered, &scene));
    assert_int_equal(scene.status, 200);
    mem_free(url);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_of_one_request_is_left_in_the_next),
        cmocka_unit_test(a_connection_that_closed_while_idle_does_not_keep_the_loop_busy),
        cmocka_unit_test(connections_follow_where_a_name_was_resolved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
