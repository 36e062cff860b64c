/*
 * test_client.c - the client against servers that behave and servers that do not: above all, what it says of a
 * request whose answer never came, and that it never sends one twice.
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

/* The first request of a connection is answered; a later one is read, and the connection closed. */
static void answer_once_then_close(void *arg, struct raw_peer *peer, unsigned number, const char *request)
{
    keep_request(arg, request);
    if (number == 1)
        raw_peer_send(peer, OK);
    else
        raw_peer_close(peer);
}

static void answer_once_then_reset(void *arg, struct raw_peer *peer, unsigned number, const char *request)
{
    keep_request(arg, request);
    if (number == 1)
        raw_peer_send(peer, OK);
    else
        raw_peer_reset(peer);
}

static void close_at_once(void *arg, struct raw_peer *peer, unsigned number, const char *request)
{
    (void)number;
    keep_request(arg, request);
    raw_peer_close(peer);
}

static void reset_at_once(void *arg, struct raw_peer *peer, unsigned number, const char *request)
{
    (void)number;
    keep_request(arg, request);
    raw_peer_reset(peer);
}

static void never_answer(void *arg, struct raw_peer *peer, unsigned number, const char *request)
{
    (void)peer;
    (void)number;
    keep_request(arg, request);
}

static void post(struct scene *scene, const char *method)
{
    perform(scene, &(struct http_request){.method = method,
                                          .url = raw_server_url(scene->server),
                                          .body = "hello",
                                          .body_size = 5,
                                          .timeout_ms = TIMEOUT_MS});
}

static void scene_open_limited(struct scene *scene, raw_request_fn *fn, const struct http_client_options *options)
{
    *scene = (struct scene){.loop = loop_new(), .answer = OK};
    scene->client = http_client_new(scene->loop, options);
    scene->server = raw_server_open(scene->loop, fn, scene);
}

static void a_whole_response_is_an_answer(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, answer_always);
    get(&scene);
    assert_int_equal(scene.outcome, HTTP_ANSWERED);
    assert_int_equal(scene.status, 200);
    assert_string_equal(scene.body, "{}");
    assert_string_equal(scene.content_type, "application/json");
    assert_string_equal(scene.retry_after, "");
    assert_string_equal(scene.problem, "");
    scene_close(&scene);
}

static void an_error_status_is_an_answer_too(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, answer_always);
    scene.answer = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 17\r\nContent-Length: 0\r\n\r\n";
    get(&scene);
    assert_int_equal(scene.outcome, HTTP_ANSWERED);
    assert_int_equal(scene.status, 429);
    assert_string_equal(scene.body, "");
    assert_string_equal(scene.content_type, "");
    assert_string_equal(scene.retry_after, "17");
    scene_close(&scene);
}

static void an_interim_response_is_no_answer(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, answer_always);
    scene.answer = "HTTP/1.1 103 Early Hints\r\nRetry-After: 1\r\n\r\n" OK;
    get(&scene);
    assert_int_equal(scene.status, 200);
    assert_string_equal(scene.retry_after, "");
    scene_close(&scene);
}

static void a_redirect_is_not_followed(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, answer_always);
    scene.answer = "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n";
    get(&scene);
    assert_int_equal(scene.status, 302);
    assert_int_equal(raw_server_requests(scene.server), 1);
    scene_close(&scene);
}

static void a_request_is_sent_as_it_was_given(void **state)
{
    static const char *const headers[] = {"X-API-KEY: k1", "Content-Type: application/vnd.api+json", NULL};
    struct scene scene;

    (void)state;
    scene_open_limited(&scene, answer_always, &(struct http_client_options){.user_agent = "tester/1"});
    perform(&scene, &(struct http_request){.method = "PUT",
                                           .url = raw_server_url(scene.server),
                                           .headers = headers,
                                           .body = "{\"a\":1}",
                                           .body_size = 7});
    assert_memory_equal(scene.request, "PUT / HTTP/1.1\r\n", 16);
    assert_non_null(strstr(scene.request, "\r\nX-API-KEY: k1\r\n"));
    assert_non_null(strstr(scene.request, "\r\nContent-Type: application/vnd.api+json\r\n"));
    assert_non_null(strstr(scene.request, "\r\nContent-Length: 7\r\n"));
    assert_non_null(strstr(scene.request, "\r\nUser-Agent: tester/1\r\n"));
    assert_non_null(strstr(scene.request, "\r\n\r\n{\"a\":1}"));
    assert_null(strstr(scene.request, "Accept-Encoding"));
    scene_close(&scene);
}

static void each_method_has_the_body_it_should(void **state)
{
    static const struct {
        const char *method, *body, *line, *end;
    } methods[] = {
        {"GET", NULL, "GET / HTTP/1.1\r\n", "\r\n\r\n"},
        {"DELETE", NULL, "DELETE / HTTP/1.1\r\n", "\r\n\r\n"},
        {"DELETE", "x", "DELETE / HTTP/1.1\r\n", "\r\n\r\nx"},
        {"POST", NULL, "POST / HTTP/1.1\r\n", "\r\nContent-Length: 0\r\n\r\n"},
        {"POST", "", "POST / HTTP/1.1\r\n", "\r\nContent-Length: 0\r\n\r\n"},
        {"PATCH", "{}", "PATCH / HTTP/1.1\r\n", "\r\n\r\n{}"},
        {"HEAD", NULL, "HEAD / HTTP/1.1\r\n", "\r\n\r\n"},
        {"GET", NULL, "GET / HTTP/1.1\r\n", "\r\n\r\n"},
        {"POST", "y", "POST / HTTP/1.1\r\n", "\r\nContent-Length: 1\r\n\r\ny"},
        {"HEAD", NULL, "HEAD / HTTP/1.1\r\n", "\r\n\r\n"},
        {"PUT", "long", "PUT / HTTP/1.1\r\n", "\r\nContent-Length: 4\r\n\r\nlong"},
        {"GET", NULL, "GET / HTTP/1.1\r\n", "\r\n\r\n"},
    };
    struct scene scene;

    (void)state;
    scene_open(&scene, answer_always);
    scene.answer = NO_CONTENT;
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        perform(&scene, &(struct http_request){.method = methods[i].method,
                                               .url = raw_server_url(scene.server),
                                               .body = methods[i].body,
                                               .body_size = methods[i].body ? strlen(methods[i].body) : 0});
        assert_int_equal(scene.status, 204);
        assert_memory_equal(scene.request, methods[i].line, strlen(methods[i].line));
        assert_string_equal(scene.request + strlen(scene.request) - strlen(methods[i].end), methods[i].end);
        assert_null(strstr(scene.request, "Content-Type"));
        assert_null(strstr(scene.request, "Expect"));
        assert_true(methods[i].body || strcmp(methods[i].method, "POST") == 0 ||
                    !strstr(scene.request, "Content-Length"));
    }
    scene_close(&scene);
}

static void a_large_body_is_sent_without_asking_first(void **state)
{
    enum { SIZE = 3 << 20 };
    char *body = mem_new(SIZE + 1);
    struct scene scene;

    (void)state;
    memset(body, 'x', SIZE);
    scene_open(&scene, answer_always);
    perform(&scene, &(struct http_request){
                        .method = "POST", .url = raw_server_url(scene.server), .body = body, .body_size = SIZE});
    assert_int_equal(scene.status, 200);
    assert_null(strstr(scene.request, "Expect"));
    assert_int_equal(strlen(strstr(scene.request, "\r\n\r\n")), SIZE + 4);
    mem_free(body);
    scene_close(&scene);
}

static void connections_are_kept_and_used_again(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, answer_always);
    for (int i = 0; i < 5; i++) {
        get(&scene);
        post(&scene, "POST");
    }
    assert_int_equal(raw_server_requests(scene.server), 10);
    assert_int_equal(raw_server_connections(scene.server), 1);
    scene_close(&scene);
}

/* The server has read the second request, and so may have acted on it, when it closes the kept connection. libcurl
 * would send it once more on a new connection, where the server would take it for another one. */
static void a_write_on_a_kept_connection_that_closes_is_sent_once_and_unknown(void **state)
{
    static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE"};
    static raw_request_fn *const servers[] = {answer_once_then_close, answer_once_then_reset};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        for (size_t j = 0; j < COUNT_OF(servers); j++) {
            struct scene scene;

            scene_open(&scene, servers[j]);
            get(&scene);
            assert_int_equal(scene.status, 200);
            post(&scene, methods[i]);
            assert_int_equal(raw_server_requests(scene.server), 2);
            assert_int_equal(raw_server_begun(scene.server), 2);
            assert_int_equal(scene.outcome, HTTP_UNKNOWN);
            assert_int_equal(scene.status, 0);
            assert_string_not_equal(scene.problem, "");
            scene_close(&scene);
        }
    }
}

/* The same without a body, which libcurl could send again without rewinding anything. */
static void a_write_without_a_body_is_sent_once_as_well(void **state)
{
    static const char *const methods[] = {"POST", "DELETE"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        struct scene scene;

        scene_open(&scene, answer_once_then_close);
        get(&scene);
        perform(&scene, &(struct http_request){.method = methods[i], .url = raw_server_url(scene.server)});
        assert_int_equal(raw_server_begun(scene.server), 2);
        assert_int_equal(scene.outcome, HTTP_UNKNOWN);
        scene_close(&scene);
    }
}

static void a_large_write_on_a_kept_connection_is_sent_once(void **state)
{
    enum { SIZE = 8 << 20 };
    char *body = mem_new(SIZE + 1);
    struct scene scene;

    (void)state;
    memset(body, 'x', SIZE);
    scene_open(&scene, answer_always);
    get(&scene);
    raw_server_cut_after(scene.server, SIZE / 2); /* the connection dies under a body that is still being sent */
    perform(&scene, &(struct http_request){
                        .method = "POST", .url = raw_server_url(scene.server), .body = body, .body_size = SIZE});
    assert_int_equal(raw_server_begun(scene.server), 2);
    assert_int_equal(raw_server_requests(scene.server), 1);
    assert_int_equal(scene.outcome, HTTP_UNKNOWN);
    mem_free(body);
    scene_close(&scene);
}

static void a_read_on_a_kept_connection_that_closes_is_sent_again(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, answer_once_then_close);
    get(&scene);
    get(&scene);
    assert_int_equal(scene.outcome, HTTP_ANSWERED);
    assert_int_equal(scene.status, 200);
    assert_int_equal(raw_server_requests(scene.server), 3);
    assert_int_equal(raw_server_connections(scene.server), 2);
    scene_close(&scene);
}

static void after_an_unknown_outcome_the_client_goes_on(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, answer_once_then_close);
    get(&scene);
    post(&scene, "POST");
    assert_int_equal(scene.outcome, HTTP_UNKNOWN);
    post(&scene, "POST");
    assert_int_equal(scene.outcome, HTTP_ANSWERED);
    assert_int_equal(raw_server_requests(scene.server), 3);
    scene_close(&scene);
}

/* A connection that the server has closed while it lay idle is found dead before anything is sent on it. */
static void a_connection_that_closed_while_idle_does_no_harm(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, answer_and_close);
    for (int i = 0; i < 3; i++) {
        post(&scene, "POST");
        assert_int_equal(scene.outcome, HTTP_ANSWERED);
    }
    assert_int_equal(raw_server_requests(scene.server), 3);
    scene_close(&scene);
}

static void a_request_that_was_read_and_not_answered_is_unknown(void **state)
{
    static raw_request_fn *const servers[] = {close_at_once, reset_at_once};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(servers); i++) {
        struct scene scene;

        scene_open(&scene, servers[i]);
        post(&scene, "POST");
        assert_int_equal(scene.outcome, HTTP_UNKNOWN);
        assert_string_not_equal(scene.problem, "");
        get(&scene);
        assert_int_equal(scene.outcome, HTTP_UNKNOWN);
        assert_int_equal(raw_server_requests(scene.server), 2);
        scene_close(&scene);
    }
}

static void a_broken_response_is_unknown(void **state)
{
    static const char *const answers[] = {
        "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 100 Continue\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        struct scene scene;

        scene_open(&scene, answer_and_close);
        scene.answer = answers[i];
        post(&scene, "POST");
        if (scene.outcome != HTTP_UNKNOWN)
            fail_msg("outcome %d for \"%s\"", scene.outcome, answers[i]);
        assert_int_equal(scene.status, 0);
        assert_string_equal(scene.body, "");
        assert_string_not_equal(scene.problem, "");
        scene_close(&scene);
    }
}

static void a_response_that_is_too_large_is_unknown(void **state)
{
    struct scene scene;

    (void)state;
    scene_open_limited(&scene, answer_always, &(struct http_client_options){.max_response_bytes = 5});
    scene.answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfives";
    get(&scene);
    assert_int_equal(scene.outcome, HTTP_ANSWERED);
    assert_string_equal(scene.body, "fives");
    scene.answer = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsixsix";
    get(&scene);
    assert_int_equal(scene.outcome, HTTP_UNKNOWN);
    assert_string_equal(scene.problem, "the answer is too large");
    scene_close(&scene);
}

static void no_answer_in_time_is_unknown(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, never_answer);
    perform(&scene, &(struct http_request){
                        .method = "POST", .url = raw_server_url(scene.server), .body = "", .timeout_ms = 50});
    assert_int_equal(scene.outcome, HTTP_UNKNOWN);
    assert_string_equal(scene.problem, "no answer within 50 ms");
    assert_int_equal(raw_server_requests(scene.server), 1);
    scene_close(&scene);
}

static void a_refused_connection_was_not_sent(void **state)
{
    struct scene scene;
    char *url;

    (void)state;
    scene_open(&scene, answer_always);
    url = mem_string(raw_server_url(scene.server));
    raw_server_close(scene.server);
    scene.server = NULL;
    perform(&scene, &(struct http_request){.method = "POST", .url = url, .body = "x", .body_size = 1});
    assert_int_equal(scene.outcome, HTTP_NOT_SENT);
    assert_int_equal(scene.status, 0);
    assert_string_not_equal(scene.problem, "");
    mem_free(url);
    scene_close(&scene);
}

static void a_failed_tls_handshake_was_not_sent(void **state)
{
    struct scene scene;
    char *url;

    (void)state;
    scene_open(&scene, answer_always);
    url = mem_printf("https://127.0.0.1:%u/", raw_server_port(scene.server));
    perform(&scene, &(struct http_request){.method = "POST", .url = url, .body = "x", .timeout_ms = 100});
    assert_int_equal(scene.outcome, HTTP_NOT_SENT);
    assert_int_equal(raw_server_requests(scene.server), 0);
    mem_free(url);
    scene_close(&scene);
}

static void what_is_no_address_was_not_sent(void **state)
{
    static const char *const urls[] = {
        "",        "nonsense://127.0.0.1/",   "file:///etc/passwd",         "ftp://127.0.0.1/",
        "http://", "http://127.0.0.1:99999/", "http://127.0.0.1/a\r\nX: y", "http://name.invalid/",
    };
    struct scene scene;

    (void)state;
    scene_open(&scene, answer_always);
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        perform(&scene, &(struct http_request){.method = "GET", .url = urls[i], .timeout_ms = TIMEOUT_MS});
        if (scene.outcome != HTTP_NOT_SENT)
            fail_msg("outcome %d for \"%s\": %s", scene.outcome, urls[i], scene.problem);
        assert_string_not_equal(scene.problem, "");
    }
    scene_close(&scene);
}

static void a_header_with_a_line_break_is_not_sent(void **state)
{
    static const char *const lines[] = {"A: b\r\nX-Forged: 1", "A: b\n", "A: \rb"};
    struct scene scene;

    (void)state;
    scene_open(&scene, answer_always);
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        const char *headers[] = {"B: c", lines[i], NULL};

        perform(&scene,
                &(struct http_request){.method = "GET", .url = raw_server_url(scene.server), .headers = headers});
        assert_int_equal(scene.outcome, HTTP_NOT_SENT);
        assert_string_equal(scene.problem, "a header has a line break");
    }
    assert_int_equal(raw_server_requests(scene.server), 0);
    get(&scene);
    assert_int_equal(scene.outcome, HTTP_ANSWERED);
    scene_close(&scene);
}

static bool all_answered(void *arg)
{
    const struct scene *scene = arg;

    return scene->answers == 20;
}

static void many_requests_share_the_connections_there_may_be(void **state)
{
    struct scene scene;

    (void)state;
    scene_open_limited(&scene, answer_always, &(struct http_client_options){.max_connections = 4});
    for (int i = 0; i < 20; i++)
        send_request(&scene, &(struct http_request){.method = "GET", .url = raw_server_url(scene.server)});
    assert_true(wait_until(scene.loop, all_answered, &scene));
    assert_int_equal(raw_server_requests(scene.server), 20);
    assert_in_range(raw_server_connections(scene.server), 1, 4);
    scene_close(&scene);
}

static bool both_answered(void *arg)
{
    const struct scene *scene = arg;

    return scene->answers == 2;
}

static void a_request_that_waits_for_a_connection_too_long_was_not_sent(void **state)
{
    struct scene scene;
    struct http_request first, second;

    (void)state;
    scene_open_limited(&scene, never_answer, &(struct http_client_options){.max_connections = 1});
    first = (struct http_request){.method = "GET", .url = raw_server_url(scene.server), .timeout_ms = 100};
    second = (struct http_request){.method = "POST", .url = raw_server_url(scene.server), .timeout_ms = 50};
    send_request(&scene, &first);
    send_request(&scene, &second);
    assert_true(wait_for(scene.loop, &scene.is_answered));
    assert_int_equal(scene.outcome, HTTP_NOT_SENT);
    assert_string_equal(scene.problem, "no answer within 50 ms");
    assert_true(wait_until(scene.loop, both_answered, &scene));
    assert_int_equal(scene.outcome, HTTP_UNKNOWN);
    assert_int_equal(raw_server_requests(scene.server), 1);
    scene_close(&scene);
}

/* As after a process was stopped: the time is over when the connection is there, and was not when it was asked for. */
static void a_request_whose_time_is_over_when_it_would_be_sent_is_not_sent(void **state)
{
    struct scene scene;
    int64_t until_ms = clock_monotonic_ms() + 60000;

    (void)state;
    scene_open(&scene, answer_always);
    send_request(&scene, &(struct http_request){
                             .method = "POST", .url = raw_server_url(scene.server), .send_until_ms = &until_ms});
    until_ms = clock_monotonic_ms();
    assert_true(wait_for(scene.loop, &scene.is_answered));
    assert_int_equal(scene.outcome, HTTP_NOT_SENT);
    assert_string_equal(scene.problem, "not sent: its time was over");
    assert_int_equal(raw_server_begun(scene.server), 0);
    scene_close(&scene);
}

static void a_cancelled_call_is_not_called_back(void **state)
{
    struct scene scene;
    struct http_call *call;

    (void)state;
    scene_open(&scene, answer_always);
    call = send_request(&scene, &(struct http_request){.method = "GET", .url = raw_server_url(scene.server)});
    http_call_cancel(call);
    get(&scene);
    assert_int_equal(scene.answers, 1);
    scene_close(&scene);
}

struct chain {
    struct scene *scene;
    struct http_call *other;
    unsigned left;
};

/* Sends the next from inside the callback, and gives up another that is in flight. */
static void send_next(void *arg, const struct http_response *response)
{
    struct chain *chain = arg;
    struct http_request request = {.method = "GET", .url = raw_server_url(chain->scene->server)};

    assert_int_equal(response->outcome, HTTP_ANSWERED);
    http_call_cancel(chain->other);
    if (--chain->left == 0) {
        chain->scene->is_answered = true;
        loop_stop(chain->scene->loop);
        return;
    }
    http_client_send(chain->scene->client, &request, send_next, chain);
    chain->other = http_client_send(chain->scene->client, &request, send_next, chain);
}

static void a_callback_may_send_and_cancel(void **state)
{
    struct scene scene;
    struct chain chain = {.scene = &scene, .left = 10};
    struct http_request request = {.method = "GET"};

    (void)state;
    scene_open(&scene, answer_always);
    request.url = raw_server_url(scene.server);
    http_client_send(scene.client, &request, send_next, &chain);
    chain.other = http_client_send(scene.client, &request, send_next, &chain);
    assert_true(wait_for(scene.loop, &scene.is_answered));
    scene_close(&scene);
}

static void a_client_can_be_freed_with_requests_in_flight(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, never_answer);
    for (int i = 0; i < 3; i++)
        send_request(&scene, &(struct http_request){.method = "GET", .url = raw_server_url(scene.server)});
    perform(&scene, &(struct http_request){.method = "GET", .url = "http://127.0.0.1:1/"});
    scene_close(&scene);
    http_client_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_response_is_an_answer),
        cmocka_unit_test(an_error_status_is_an_answer_too),
        cmocka_unit_test(an_interim_response_is_no_answer),
        cmocka_unit_test(a_redirect_is_not_followed),
        cmocka_unit_test(a_request_is_sent_as_it_was_given),
        cmocka_unit_test(each_method_has_the_body_it_should),
        cmocka_unit_test(a_large_body_is_sent_without_asking_first),
        cmocka_unit_test(connections_are_kept_and_used_again),
        cmocka_unit_test(a_write_on_a_kept_connection_that_closes_is_sent_once_and_unknown),
        cmocka_unit_test(a_write_without_a_body_is_sent_once_as_well),
        cmocka_unit_test(a_large_write_on_a_kept_connection_is_sent_once),
        cmocka_unit_test(a_read_on_a_kept_connection_that_closes_is_sent_again),
        cmocka_unit_test(after_an_unknown_outcome_the_client_goes_on),
        cmocka_unit_test(a_connection_that_closed_while_idle_does_no_harm),
        cmocka_unit_test(a_request_that_was_read_and_not_answered_is_unknown),
        cmocka_unit_test(a_broken_response_is_unknown),
        cmocka_unit_test(a_response_that_is_too_large_is_unknown),
        cmocka_unit_test(no_answer_in_time_is_unknown),
        cmocka_unit_test(a_refused_connection_was_not_sent),
        cmocka_unit_test(a_failed_tls_handshake_was_not_sent),
        cmocka_unit_test(what_is_no_address_was_not_sent),
        cmocka_unit_test(a_header_with_a_line_break_is_not_sent),
        cmocka_unit_test(many_requests_share_the_connections_there_may_be),
        cmocka_unit_test(a_request_that_waits_for_a_connection_too_long_was_not_sent),
        cmocka_unit_test(a_request_whose_time_is_over_when_it_would_be_sent_is_not_sent),
        cmocka_unit_test(a_cancelled_call_is_not_called_back),
        cmocka_unit_test(a_callback_may_send_and_cancel),
        cmocka_unit_test(a_client_can_be_freed_with_requests_in_flight),
    };

    /* A proxy of the machine must not stand between the test and its server. */
    setenv("no_proxy", "*", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
