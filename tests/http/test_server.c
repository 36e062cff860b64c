/*
 * test_server.c - the server against clients that send what they should, what they should not, too much, or too slowly.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "tests/fakes/raw_client.h"
#include "tests/fakes/wait.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GET       "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
#define POST_HEAD "POST /a HTTP/1.1\r\nHost: x\r\n"

enum { MAX_BODY = 1000, HELD_MAX = 300, NOW_MS = 1000000, TICK_MS = 300 };

/* A server, a client, and a handler that does what the test has chosen. */
struct scene {
    struct loop *loop;
    struct http_server *server;
    struct raw_client client;
    unsigned handled;
    bool is_holding; /* exchanges are kept for the test to answer */
    bool is_dropping;
    struct http_exchange *held[HELD_MAX];
    size_t held_count;
    struct buf seen; /* what the handler has found in the last request */
};

static void answer(struct http_exchange *exchange, const char *body)
{
    http_exchange_answer(exchange, 200, "text/plain", body, strlen(body));
}

static void handle(void *arg, struct http_exchange *exchange)
{
    struct scene *scene = arg;
    size_t size;
    const char *body = http_exchange_body(exchange, &size);

    scene->handled++;
    buf_reset(&scene->seen);
    buf_addf(&scene->seen, "%s %s ", http_exchange_method(exchange), http_exchange_path(exchange));
    buf_add(&scene->seen, body, size);
    if (scene->is_holding)
        scene->held[scene->held_count++] = exchange;
    else if (scene->is_dropping)
        http_exchange_drop(exchange);
    else
        answer(exchange, "fine");
    loop_stop(scene->loop);
}

static void scene_open_with(struct scene *scene, http_handler_fn *handler)
{
    struct http_server_options options = {
        .listen = "127.0.0.1:0", .max_body_bytes = MAX_BODY, .handler = handler, .arg = scene};
    struct error err = {0};

    *scene = (struct scene){.loop = loop_new()};
    buf_init(&scene->seen, 1 << 20);
    scene->server = http_server_open(scene->loop, &options, &err);
    assert_non_null(scene->server);
    raw_client_open(&scene->client, scene->loop, http_server_port(scene->server));
}

static void scene_open(struct scene *scene)
{
    scene_open_with(scene, handle);
}

static void scene_close(struct scene *scene)
{
    raw_client_close(&scene->client);
    http_server_close(scene->server);
    buf_clear(&scene->seen);
    loop_free(scene->loop);
    clock_release();
}

static bool is_held(void *arg)
{
    const struct scene *scene = arg;

    return scene->held_count > 0;
}

/* Sends a request whose exchange the handler keeps. */
static struct http_exchange *hold_one(struct scene *scene, const char *request)
{
    scene->is_holding = true;
    scene->held_count = 0;
    raw_client_send(&scene->client, request);
    assert_true(wait_until(scene->loop, is_held, scene));
    return scene->held[0];
}

static void expect_refused(struct scene *scene, const char *status_line)
{
    if (!raw_client_await(&scene->client, status_line))
        fail_msg("\"%s\" instead of %s", scene->client.received.data, status_line);
    assert_true(raw_client_await_close(&scene->client));
    assert_int_equal(scene->handled, 0);
}

struct pause {
    struct loop *loop;
    bool is_over;
};

static void on_pause_over(void *arg)
{
    struct pause *pause = arg;

    pause->is_over = true;
    loop_stop(pause->loop);
}

/* Runs the loop for that long; 0 is a turn. */
static void let_pass(struct loop *loop, int64_t ms)
{
    struct pause pause = {.loop = loop};
    struct timer *timer = timer_new(loop, on_pause_over, &pause);

    timer_start(timer, ms);
    assert_true(wait_for(loop, &pause.is_over));
    timer_free(timer);
}

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
            let_pass(scene.loop, 0);
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

    assert_string_equal(http_exchange_path(exchange), "/a b");
    assert_string_equal(http_exchange_header(exchange, "x-one"), "1");
    assert_null(http_exchange_header(exchange, "x-none"));
    assert_int_equal(http_exchange_header_count(exchange, "X-TWO"), 2);
    assert_int_equal(http_exchange_header_count(exchange, "x-none"), 0);
    assert_string_equal(http_exchange_query(exchange, "q"), "v w");
    assert_null(http_exchange_query(exchange, "none"));
    buf_reset(&scene->seen);
    http_exchange_each_header(exchange, add_pair, &scene->seen);
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
    clock_freeze(NOW_MS + 3600000);
    let_pass(scene.loop, TICK_MS);
    answer(exchange, "late");
    assert_true(raw_client_await(&scene.client, "late"));
    let_pass(scene.loop, TICK_MS);
    answer(hold_one(&scene, GET), "again");
    assert_true(raw_client_await(&scene.client, "again"));
    scene_close(&scene);
}

static void open_and_fail(const char *listen, const char *text)
{
    struct loop *loop = loop_new();
    struct http_server_options options = {.listen = listen, .handler = handle};
    struct error err = {0};

    assert_null(http_server_open(loop, &options, &err));
    assert_string_equal(err.text, text);
    loop_free(loop);
}

static void why_it_cannot_listen_is_said(void **state)
{
    struct scene scene;
    char listen[32], text[100];

    (void)state;
    scene_open(&scene);
    snprintf(listen, sizeof(listen), "127.0.0.1:%u", http_server_port(scene.server));
    snprintf(text, sizeof(text), "cannot listen on %s: address already in use", listen);
    open_and_fail(listen, text);
    scene_close(&scene);

    open_and_fail("192.0.2.1:0", "cannot listen on 192.0.2.1:0: cannot assign requested address");
    open_and_fail("name.invalid:0", "cannot listen on name.invalid:0: name or service not known");
}

static void what_is_no_address_to_listen_on_is_refused(void **state)
{
    static const char *const addresses[] = {
        "",      ":",       ":80",   "80",   "localhost", "localhost:",   "localhost:http", "localhost:123456",
        "[::1]", "[::1]80", "[]:80", "[:80", "::1:80",    "127.0.0.1:-1", "127.0.0.1:80 ",
    };
    char text[100];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        snprintf(text, sizeof(text), "cannot listen on %s: expected host:port or [v6]:port", addresses[i]);
        open_and_fail(addresses[i], text);
    }
}

static void the_address_has_the_port_it_got(void **state)
{
    struct scene scene;
    char address[64];

    (void)state;
    scene_open(&scene);
    snprintf(address, sizeof(address), "http://127.0.0.1:%u", http_server_port(scene.server));
    assert_int_not_equal(http_server_port(scene.server), 0);
    assert_string_equal(http_server_address(scene.server), address);
    scene_close(&scene);
}

static void it_listens_on_ipv6(void **state)
{
    struct loop *loop = loop_new();
    struct http_server_options options = {.listen = "[::1]:0", .handler = handle};
    struct error err = {0};
    struct http_server *server = http_server_open(loop, &options, &err);
    char address[64];

    (void)state;
    if (!server && strstr(err.text, "address family not supported")) {
        loop_free(loop);
        skip();
    }
    assert_non_null(server);
    snprintf(address, sizeof(address), "http://[::1]:%u", http_server_port(server));
    assert_string_equal(http_server_address(server), address);
    http_server_close(server);
    http_server_close(NULL);
    loop_free(loop);
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
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(no_number_of_connections_makes_it_stall),
        cmocka_unit_test(many_answers_of_one_turn_all_arrive),
        cmocka_unit_test(a_dropped_exchange_gets_not_a_byte),
        cmocka_unit_test(an_exchange_outlives_its_peer),
        cmocka_unit_test(a_server_can_be_closed_with_exchanges_pending),
        cmocka_unit_test(a_quiet_server_serves_whom_it_has),
        cmocka_unit_test(a_body_as_large_as_it_may_be_is_taken),
        cmocka_unit_test(a_larger_body_is_refused_so_that_its_sender_hears_it),
        cmocka_unit_test(a_body_without_end_is_cut_off),
        cmocka_unit_test(a_head_that_is_refused_is_refused_before_the_body),
        cmocka_unit_test(what_is_not_http_is_cut_off),
        cmocka_unit_test(an_unknown_transfer_encoding_is_refused),
        cmocka_unit_test(a_compressed_body_is_refused),
        cmocka_unit_test(what_follows_a_refused_request_is_not_taken_for_another),
        cmocka_unit_test(a_head_that_is_too_long_is_refused),
        cmocka_unit_test(a_slow_sender_is_cut_off),
        cmocka_unit_test(who_waits_for_the_handler_is_not_slow),
        cmocka_unit_test(why_it_cannot_listen_is_said),
        cmocka_unit_test(what_is_no_address_to_listen_on_is_refused),
        cmocka_unit_test(the_address_has_the_port_it_got),
        cmocka_unit_test(it_listens_on_ipv6),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
