/*
 * test_server.c - requests and their answers, at once and later, and what becomes of those that have gone.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/http/scene.h"

static void a_request_is_answered_and_the_connection_kept(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    for (size_t i = 1; i <= 3; i++) {
        raw_client_send(&scene.client, GET);
        assert_true(raw_client_await_count(&scene.client, "\r\n\r\nfine", i));
    }
    assert_memory_equal(scene.client.received.data, "HTTP/1.1 200 OK\r\n", 17);
    assert_non_null(strstr(scene.client.received.data, "\r\nContent-Type: text/plain\r\n"));
    assert_non_null(strstr(scene.client.received.data, "\r\nContent-Length: 4\r\n"));
    assert_non_null(strstr(scene.client.received.data, "\r\nDate: "));
    assert_string_equal(scene.seen.data, "GET /a ");
    assert_false(scene.client.is_closed);
    scene_close(&scene);
}

static void a_body_comes_whole_however_it_is_sent(void **state)
{
    static const char *const requests[] = {
        POST_HEAD "Content-Length: 5\r\n\r\nhello",
        POST_HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        POST_HEAD "Content-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        struct scene scene;

        scene_open(&scene);
        for (const char *at = requests[i]; *at; at++) {
            assert_int_equal(scene.handled, 0);
            raw_client_send_bytes(&scene.client, at, 1);
            let_pass(scene.loop, 1);
        }
        assert_true(raw_client_await(&scene.client, "fine"));
        assert_string_equal(scene.seen.data, "POST /a hello");
        scene_close(&scene);
    }
}

static void a_sender_that_waits_for_continue_gets_it(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    raw_client_send(&scene.client, POST_HEAD "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    assert_true(raw_client_await(&scene.client, "HTTP/1.1 100 Continue\r\n\r\n"));
    raw_client_send(&scene.client, "hello");
    assert_true(raw_client_await(&scene.client, "fine"));
    assert_string_equal(scene.seen.data, "POST /a hello");
    scene_close(&scene);
}

static void add_pair(void *arg, const char *name, const char *value)
{
    buf_addf(arg, "%s=%s;", name, value);
}

static void look_around(void *arg, struct http_exchange *exchange)
{
    struct scene *scene = arg;
    size_t count;

    assert_string_equal(http_exchange_path(exchange), "/a b");
    assert_string_equal(http_exchange_header(exchange, "x-one"), "1");
    assert_null(http_exchange_header(exchange, "x-none"));
    assert_string_equal(http_exchange_single_header(exchange, "X-ONE"), "1");
    assert_null(http_exchange_single_header(exchange, "X-TWO"));
    assert_null(http_exchange_single_header(exchange, "x-none"));
    assert_string_equal(http_exchange_query(exchange, "q"), "v w");
    assert_null(http_exchange_query(exchange, "none"));
    buf_reset(&scene->seen);
    const struct http_header *headers = http_exchange_headers(exchange, &count);
    for (size_t i = 0; i < count; i++)
        add_pair(&scene->seen, headers[i].name, headers[i].value);
    http_exchange_each_query(exchange, add_pair, &scene->seen);
    http_exchange_set_header(exchange, "X-First", "1");
    http_exchange_set_header(exchange, "X-Forged", "1\r\nX-Evil: 1");
    http_exchange_set_header(exchange, "X-Last", "");
    http_exchange_set_header(exchange, "Retry-After", "7");
    http_exchange_answer(exchange, 204, NULL, NULL, 0);
}

static void everything_that_was_asked_can_be_read(void **state)
{
    struct scene scene;

    (void)state;
    scene_open_with(&scene, look_around);
    raw_client_send(&scene.client,
                    "GET /a%20b?q=v%20w&r HTTP/1.1\r\nHost: x\r\nX-One: 1\r\nX-Two: a\r\nX-Two: b\r\n\r\n");
    assert_true(raw_client_await(&scene.client, "\r\n\r\n"));
    assert_string_equal(scene.seen.data, "Host=x;X-One=1;X-Two=a;X-Two=b;q=v w;r=;");
    assert_memory_equal(scene.client.received.data, "HTTP/1.1 204 No Content\r\n", 25);
    assert_non_null(strstr(scene.client.received.data, "\r\nX-First: 1\r\n"));
    assert_non_null(strstr(scene.client.received.data, "\r\nRetry-After: 7\r\n"));
    assert_null(strstr(scene.client.received.data, "X-Evil"));
    assert_null(strstr(scene.client.received.data, "Content-Type"));
    scene_close(&scene);
}

static void answer_with_problem(void *arg, struct http_exchange *exchange)
{
    (void)arg;
    http_exchange_answer_problem(exchange, 404, "Not Found", "there is no source \"x\"");
}

static void a_problem_is_json(void **state)
{
    struct scene scene;

    (void)state;
    scene_open_with(&scene, answer_with_problem);
    raw_client_send(&scene.client, GET);
    assert_true(raw_client_await(&scene.client, "}"));
    assert_memory_equal(scene.client.received.data, "HTTP/1.1 404 Not Found\r\n", 24);
    assert_non_null(strstr(scene.client.received.data, "\r\nContent-Type: application/problem+json\r\n"));
    assert_string_equal(strstr(scene.client.received.data, "\r\n\r\n") + 4,
                        "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
                        "\"detail\":\"there is no source \\\"x\\\"\"}");
    scene_close(&scene);
}

static void the_answer_to_head_has_no_body(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    raw_client_send(&scene.client, "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" GET);
    assert_true(raw_client_await_count(&scene.client, "\r\nContent-Length: 4\r\n", 2));
    assert_true(raw_client_await_count(&scene.client, "fine", 1));
    assert_null(strstr(scene.client.received.data, "fineHTTP"));
    scene_close(&scene);
}

static void an_exchange_may_be_answered_later(void **state)
{
    struct scene scene;
    struct http_exchange *exchange;

    (void)state;
    scene_open(&scene);
    for (size_t i = 1; i <= 3; i++) {
        exchange = hold_one(&scene, POST_HEAD "Content-Length: 5\r\n\r\nhello");
        assert_int_equal(http_server_pending(scene.server), 1);
        assert_int_equal(scene.client.received.size > 0, i > 1);
        http_exchange_set_header(exchange, "X-Late", "yes");
        answer(exchange, "late");
        assert_int_equal(http_server_pending(scene.server), 0);
        assert_true(raw_client_await_count(&scene.client, "late", i));
    }
    assert_non_null(strstr(scene.client.received.data, "\r\nX-Late: yes\r\n"));
    scene_close(&scene);
}

/* Nothing else happens that would make the server look: no other request, and not its tick. */
static void a_late_answer_is_sent_at_once(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    answer(hold_one(&scene, GET), "late");
    for (int i = 0; i < 10; i++)
        let_pass(scene.loop, 1);
    assert_non_null(strstr(scene.client.received.data, "late"));
    scene_close(&scene);
}

static void the_headers_of_an_answer_are_for_that_one_alone(void **state)
{
    struct http_exchange *exchange;
    struct scene scene;

    (void)state;
    scene_open(&scene);
    exchange = hold_one(&scene, GET);
    http_exchange_set_header(exchange, "X-Once", "1");
    answer(exchange, "first");
    answer(hold_one(&scene, GET), "second");
    assert_true(raw_client_await(&scene.client, "second"));
    assert_null(strstr(strstr(scene.client.received.data, "X-Once") + 1, "X-Once"));
    scene_close(&scene);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    hold_one(&scene, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_string_equal(scene.seen.data, "GET /1 ");
    scene.held_count = 0;
    answer(scene.held[0], "first");
    assert_true(wait_until(scene.loop, is_held, &scene));
    assert_string_equal(scene.seen.data, "GET /2 ");
    answer(scene.held[0], "second");
    assert_true(raw_client_await(&scene.client, "second"));
    assert_true(strstr(scene.client.received.data, "first") < strstr(scene.client.received.data, "second"));
    scene_close(&scene);
}

/* The library's own threaded loop stalls when 128 connections, or a multiple, are ready at once. */
static void no_number_of_connections_makes_it_stall(void **state)
{
    static const size_t counts[] = {1, 64, 127, 128, 129, 256};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        struct raw_client *clients = mem_new(counts[i] * sizeof(*clients));
        struct scene scene;

        scene_open(&scene);
        for (size_t j = 0; j < counts[i]; j++)
            raw_client_open(&clients[j], scene.loop, http_server_port(scene.server));
        for (size_t round = 1; round <= 3; round++) {
            for (size_t j = 0; j < counts[i]; j++)
                raw_client_send(&clients[j], GET);
            for (size_t j = 0; j < counts[i]; j++)
                assert_true(raw_client_await_count(&clients[j], "fine", round));
        }
        for (size_t j = 0; j < counts[i]; j++)
            raw_client_close(&clients[j]);
        mem_free(clients);
        scene_close(&scene);
    }
}

static bool are_all_held(void *arg)
{
    const struct scene *scene = arg;

    return scene->held_count == 256;
}

static void many_answers_of_one_turn_all_arrive(void **state)
{
    static struct raw_client clients[256];
    struct scene scene;

    (void)state;
    scene_open(&scene);
    scene.is_holding = true;
    for (size_t i = 0; i < COUNT_OF(clients); i++) {
        raw_client_open(&clients[i], scene.loop, http_server_port(scene.server));
        raw_client_send(&clients[i], GET);
    }
    assert_true(wait_until(scene.loop, are_all_held, &scene));
    assert_int_equal(http_server_pending(scene.server), 256);
    for (size_t i = 0; i < scene.held_count; i++)
        answer(scene.held[i], "late");
    for (size_t i = 0; i < COUNT_OF(clients); i++) {
        assert_true(raw_client_await(&clients[i], "late"));
        raw_client_close(&clients[i]);
    }
    scene_close(&scene);
}

static void a_dropped_exchange_gets_not_a_byte(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    scene.is_dropping = true;
    raw_client_send(&scene.client, GET);
    assert_true(raw_client_await_close(&scene.client));
    assert_int_equal(scene.client.received.size, 0);
    scene_close(&scene);

    scene_open(&scene);
    http_exchange_drop(hold_one(&scene, GET));
    assert_int_equal(http_server_pending(scene.server), 0);
    assert_true(raw_client_await_close(&scene.client));
    assert_int_equal(scene.client.received.size, 0);
    scene_close(&scene);
}

static void an_exchange_outlives_its_peer(void **state)
{
    static void (*const ends[])(struct http_exchange *) = {http_exchange_drop, NULL};
    struct scene scene;
    struct http_exchange *exchange;
    size_t size;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        scene_open(&scene);
        exchange = hold_one(&scene, POST_HEAD "X-One: 1\r\nContent-Length: 5\r\n\r\nhello");
        raw_client_close(&scene.client);
        raw_client_open(&scene.client, scene.loop, http_server_port(scene.server));
        hold_one(&scene, GET); /* the server has run since */
        assert_string_equal(http_exchange_body(exchange, &size), "hello");
        assert_string_equal(http_exchange_header(exchange, "X-One"), "1");
        if (ends[i])
            ends[i](exchange);
        else
            answer(exchange, "nobody hears");
        answer(scene.held[0], "still here");
        assert_true(raw_client_await(&scene.client, "still here"));
        assert_int_equal(http_server_pending(scene.server), 0);
        scene_close(&scene);
    }
}

static void a_server_can_be_closed_with_exchanges_pending(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene);
    hold_one(&scene, GET);
    http_server_close(scene.server);
    scene.server = NULL;
    assert_true(raw_client_await_close(&scene.client));
    assert_int_equal(scene.client.received.size, 0);
    scene_close(&scene);
}

static void a_quiet_server_serves_whom_it_has(void **state)
{
    struct scene scene;
    struct http_server_options options = {.handler = handle};
    struct http_server *next;
    struct http_exchange *exchange;
    struct error err = {0};
    char listen[32];

    (void)state;
    scene_open(&scene);
    exchange = hold_one(&scene, GET);
    http_server_quiet(scene.server);
    http_server_quiet(scene.server);
    answer(exchange, "first");
    assert_true(raw_client_await(&scene.client, "first"));
    answer(hold_one(&scene, GET), "second");
    assert_true(raw_client_await(&scene.client, "second"));

    snprintf(listen, sizeof(listen), "127.0.0.1:%u", http_server_port(scene.server)); /* which is free again */
    options.listen = listen;
    next = http_server_open(scene.loop, &options, &err);
    assert_non_null(next);
    http_server_close(next);
    scene_close(&scene);
}

static void a_second_server_at_the_same_address_is_told_why_not(void **state)
{
    struct http_server_options options = {.handler = handle};
    struct error err = {0};
    struct scene scene;
    char listen[32], text[100];

    (void)state;
    scene_open(&scene);
    snprintf(listen, sizeof(listen), "127.0.0.1:%u", http_server_port(scene.server));
    snprintf(text, sizeof(text), "http://%s", listen);
    assert_string_equal(http_server_address(scene.server), text);
    options.listen = listen;
    assert_null(http_server_open(scene.loop, &options, &err));
    snprintf(text, sizeof(text), "cannot listen on %s: address already in use", listen);
    assert_string_equal(err.text, text);
    http_server_close(NULL);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_answered_and_the_connection_kept),
        cmocka_unit_test(a_body_comes_whole_however_it_is_sent),
        cmocka_unit_test(a_sender_that_waits_for_continue_gets_it),
        cmocka_unit_test(everything_that_was_asked_can_be_read),
        cmocka_unit_test(a_problem_is_json),
        cmocka_unit_test(the_answer_to_head_has_no_body),
        cmocka_unit_test(an_exchange_may_be_answered_later),
        cmocka_unit_test(a_late_answer_is_sent_at_once),
        cmocka_unit_test(the_headers_of_an_answer_are_for_that_one_alone),
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(no_number_of_connections_makes_it_stall),
        cmocka_unit_test(many_answers_of_one_turn_all_arrive),
        cmocka_unit_test(a_dropped_exchange_gets_not_a_byte),
        cmocka_unit_test(an_exchange_outlives_its_peer),
        cmocka_unit_test(a_server_can_be_closed_with_exchanges_pending),
        cmocka_unit_test(a_quiet_server_serves_whom_it_has),
        cmocka_unit_test(a_second_server_at_the_same_address_is_told_why_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
