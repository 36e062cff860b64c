/*
 * test_peers.c - the server against clients that take their time. The clock stands still where the test puts it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/http/scene.h"

/* The two kinds of slowness: a head that never ends, and a body. A byte comes now and then, so it is never idle. */
static void a_slow_sender_is_cut_off(void **state)
{
    static const char *const starts[] = {
        "POST /a HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        POST_HEAD "Content-Length: 100\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(starts); i++) {
        struct scene scene;

        clock_freeze(NOW_MS);
        scene_open(&scene);
        raw_client_send(&scene.client, GET);
        assert_true(raw_client_await(&scene.client, "fine"));
        scene.handled = 0;
        raw_client_send(&scene.client, starts[i]);
        clock_freeze(NOW_MS + 59000);
        raw_client_send(&scene.client, "x");
        assert_false(scene.client.is_closed);
        clock_freeze(NOW_MS + 60001);
        raw_client_send(&scene.client, "x");
        assert_true(raw_client_await_close(&scene.client));
        assert_int_equal(scene.handled, 0);
        scene_close(&scene);
    }
}

static void who_waits_for_the_handler_is_not_slow(void **state)
{
    struct http_exchange *exchange;
    struct scene scene;

    (void)state;
    clock_freeze(NOW_MS);
    scene_open(&scene);
    exchange = hold_one(&scene, GET);
    clock_freeze(NOW_MS + HOUR_MS);
    let_pass(scene.loop, TICK_MS);
    answer(exchange, "late");
    assert_true(raw_client_await(&scene.client, "late"));
    let_pass(scene.loop, TICK_MS);
    answer(hold_one(&scene, GET), "again");
    assert_true(raw_client_await(&scene.client, "again"));
    scene_close(&scene);
}

/* Answers, an hour after the request, with more than the socket's buffers hold; the reader does not read. */
static void answer_large(struct scene *scene, size_t size)
{
    char *body = mem_new(size);
    struct http_exchange *exchange = hold_one(scene, GET);

    memset(body, '.', size - 1);
    body[size - 1] = '!';
    watch_set(scene->client.watch, 0);
    clock_freeze(NOW_MS + HOUR_MS);
    let_pass(scene->loop, TICK_MS);
    http_exchange_answer(exchange, 200, "text/plain", body, size);
    mem_free(body);
}

static void the_time_of_a_request_begins_with_the_last_answer(void **state)
{
    struct scene scene;

    (void)state;
    clock_freeze(NOW_MS);
    scene_open(&scene);
    answer_large(&scene, 16 << 20);
    clock_freeze(NOW_MS + HOUR_MS + 50000);
    let_pass(scene.loop, TICK_MS);
    watch_set(scene.client.watch, WATCH_READ);
    assert_true(raw_client_await(&scene.client, "!"));
    clock_freeze(NOW_MS + HOUR_MS + 100000);
    let_pass(scene.loop, TICK_MS);
    answer(hold_one(&scene, GET), "next");
    assert_true(raw_client_await(&scene.client, "next"));
    scene_close(&scene);
}

static void a_slow_reader_is_cut_off_as_well(void **state)
{
    struct scene scene;

    (void)state;
    clock_freeze(NOW_MS);
    scene_open(&scene);
    answer_large(&scene, 16 << 20);
    let_pass(scene.loop, TICK_MS);
    clock_freeze(NOW_MS + HOUR_MS + 60001);
    let_pass(scene.loop, TICK_MS);
    watch_set(scene.client.watch, WATCH_READ);
    assert_true(raw_client_await_close(&scene.client));
    assert_null(strchr(scene.client.received.data, '!'));
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_sender_is_cut_off),
        cmocka_unit_test(who_waits_for_the_handler_is_not_slow),
        cmocka_unit_test(the_time_of_a_request_begins_with_the_last_answer),
        cmocka_unit_test(a_slow_reader_is_cut_off_as_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
