/*
 * test_reception.c - the server against clients that send too much, or what could be read two ways.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/http/scene.h"

static void expect_refused(struct scene *scene, const char *status_line)
{
    if (!raw_client_await(&scene->client, status_line))
        fail_msg("\"%s\" instead of %s", scene->client.received.data, status_line);
    assert_true(raw_client_await_close(&scene->client));
    assert_int_equal(scene->handled, 0);
}

static void a_body_as_large_as_it_may_be_is_taken(void **state)
{
    struct scene scene;
    char body[MAX_BODY];

    (void)state;
    memset(body, 'x', sizeof(body));
    scene_open(&scene);
    raw_client_send(&scene.client, POST_HEAD "Content-Length: 1000\r\n\r\n");
    raw_client_send_bytes(&scene.client, body, sizeof(body));
    assert_true(raw_client_await(&scene.client, "fine"));
    raw_client_send(&scene.client, POST_HEAD "Transfer-Encoding: chunked\r\n\r\n3e8\r\n");
    raw_client_send_bytes(&scene.client, body, sizeof(body));
    raw_client_send(&scene.client, "\r\n0\r\n\r\n");
    assert_true(raw_client_await_count(&scene.client, "fine", 2));
    assert_int_equal(scene.seen.size, strlen("POST /a ") + MAX_BODY);
    scene_close(&scene);
}

/* Sends a body of size bytes behind head, whole, as a sender does that listens only when it has finished. */
static void send_large(struct scene *scene, const char *head, size_t size, const char *tail)
{
    char *body = mem_new(size);

    memset(body, 'x', size);
    raw_client_send(&scene->client, head);
    raw_client_send_bytes(&scene->client, body, size);
    raw_client_send(&scene->client, tail);
    mem_free(body);
}

static void a_larger_body_is_refused_so_that_its_sender_hears_it(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    send_large(&scene, POST_HEAD "Content-Length: 4000000\r\n\r\n", 4000000, "");
    expect_refused(&scene, "HTTP/1.1 413 ");
    assert_false(scene.client.is_reset);
    assert_non_null(strstr(scene.client.received.data, "\r\nConnection: close\r\n"));
    assert_non_null(strstr(scene.client.received.data, "{\"type\":\"about:blank\",\"title\":\"Content Too Large\","
                                                       "\"status\":413,\"detail\":\"the body is larger than this "
                                                       "server takes\"}"));
    scene_close(&scene);

    scene_open(&scene);
    send_large(&scene, POST_HEAD "Transfer-Encoding: chunked\r\n\r\n3e9\r\n", 1001, "\r\n0\r\n\r\n");
    expect_refused(&scene, "HTTP/1.1 413 ");
    scene_close(&scene);
}

static void a_body_without_end_is_cut_off(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    raw_client_send(&scene.client, POST_HEAD "Content-Length: 9999999999\r\n\r\n");
    expect_refused(&scene, "HTTP/1.1 413 ");
    scene_close(&scene);

    scene_open(&scene);
    send_large(&scene, POST_HEAD "Transfer-Encoding: chunked\r\n\r\n2000000\r\n", 10 << 20, "");
    assert_true(raw_client_await_close(&scene.client));
    assert_int_equal(scene.handled, 0);
    scene_close(&scene);
}

static void a_head_that_is_refused_is_refused_before_the_body(void **state)
{
    static const struct {
        const char *head, *status;
    } refusals[] = {
        {POST_HEAD "Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n", "HTTP/1.1 413 "},
        {POST_HEAD "Expect: 100-continue\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 415 "},
        {POST_HEAD "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 400 "},
        {POST_HEAD "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 400 "},
        {POST_HEAD "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 400 "},
        {POST_HEAD "Content-Length: 5\r\ncontent-length: 50\r\n\r\n", "HTTP/1.1 400 "},
        {POST_HEAD "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 400 "},
        {POST_HEAD "Content-Length: -5\r\n\r\n", "HTTP/1.1 400 "},
        {POST_HEAD "Content-Length: 5x\r\n\r\n", "HTTP/1.1 400 "},
        {POST_HEAD "Content-Length: 99999999999999999999999\r\n\r\n", "HTTP/1.1 413 "},
        {"GET /a HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct scene scene;

        scene_open(&scene);
        raw_client_send(&scene.client, refusals[i].head);
        expect_refused(&scene, refusals[i].status);
        scene_close(&scene);
    }
}

static void what_is_not_http_is_cut_off(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    raw_client_send(&scene.client, "nonsense\r\n\r\n");
    assert_true(raw_client_await_close(&scene.client));
    assert_int_equal(scene.handled, 0);
    scene_close(&scene);
}

static void an_unknown_transfer_encoding_is_refused(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    raw_client_send(&scene.client, POST_HEAD "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n");
    assert_true(raw_client_await_close(&scene.client));
    assert_true(strstr(scene.client.received.data, "HTTP/1.1 501 ") ||
                strstr(scene.client.received.data, "HTTP/1.1 400 "));
    assert_int_equal(scene.handled, 0);
    scene_close(&scene);
}

static void a_compressed_body_is_refused(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    raw_client_send(&scene.client, POST_HEAD "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello");
    expect_refused(&scene, "HTTP/1.1 415 ");
    assert_false(scene.client.is_reset);
    scene_close(&scene);
}

static void what_follows_a_refused_request_is_not_taken_for_another(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    raw_client_send(&scene.client, POST_HEAD "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" GET);
    expect_refused(&scene, "HTTP/1.1 400 ");
    assert_null(strstr(scene.client.received.data, "fine"));
    scene_close(&scene);
}

static void a_head_that_is_too_long_is_refused(void **state)
{
    char line[64 << 10];
    struct scene scene;

    (void)state;
    memset(line, 'x', sizeof(line));
    scene_open(&scene);
    raw_client_send(&scene.client, "GET /a HTTP/1.1\r\nHost: x\r\nX-Long: ");
    raw_client_send_bytes(&scene.client, line, sizeof(line));
    expect_refused(&scene, "HTTP/1.1 4");
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_as_large_as_it_may_be_is_taken),
        cmocka_unit_test(a_larger_body_is_refused_so_that_its_sender_hears_it),
        cmocka_unit_test(a_body_without_end_is_cut_off),
        cmocka_unit_test(a_head_that_is_refused_is_refused_before_the_body),
        cmocka_unit_test(what_is_not_http_is_cut_off),
        cmocka_unit_test(an_unknown_transfer_encoding_is_refused),
        cmocka_unit_test(a_compressed_body_is_refused),
        cmocka_unit_test(what_follows_a_refused_request_is_not_taken_for_another),
        cmocka_unit_test(a_head_that_is_too_long_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
