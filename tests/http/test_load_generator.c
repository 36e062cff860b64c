/*
 * test_load_generator.c - requests over few connections against a server that does what the test says.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/load_generator.h"

#include "base/clock.h"
#include "base/mem.h"
#include "http/load_answer.h"
#include "tests/fakes/raw_server.h"
#include "tests/fakes/wait.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define OK "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok"

struct scene {
    struct loop *loop;
    struct raw_server *server;
    struct load_generator *load;
    size_t written; /* requests that the generator asked for */
    bool has_ended;
    const char *answer;   /* to each request; NULL: none */
    unsigned close_after; /* requests of one connection; 0: never */
};

static void on_request(void *arg, struct raw_peer *peer, unsigned number, const char *request)
{
    struct scene *scene = arg;

    (void)request;
    if (scene->close_after && number > scene->close_after)
        raw_peer_close(peer);
    else if (scene->answer)
        raw_peer_send(peer, scene->answer);
}

static void write_request(void *arg, size_t number, struct buf *out)
{
    struct scene *scene = arg;

    assert_int_equal(number, scene->written);
    scene->written++;
    buf_addf(out, "POST /%zu HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", number);
}

static void on_ended(void *arg)
{
    struct scene *scene = arg;

    assert_false(scene->has_ended);
    scene->has_ended = true;
    loop_stop(scene->loop);
}

static int scene_open(void **state)
{
    struct scene *scene = mem_new(sizeof(*scene));

    scene->loop = loop_new();
    scene->server = raw_server_open(scene->loop, on_request, scene);
    scene->answer = OK;
    *state = scene;
    return 0;
}

static int scene_close(void **state)
{
    struct scene *scene = *state;

    load_generator_close(scene->load);
    raw_server_close(scene->server);
    loop_free(scene->loop);
    mem_free(scene);
    return 0;
}

static void start(struct scene *scene, struct load_options options)
{
    struct error err = {0};

    options.url = options.url ? options.url : raw_server_url(scene->server);
    options.timeout_ms = options.timeout_ms ? options.timeout_ms : 5000;
    options.request = write_request;
    options.ended = on_ended;
    options.arg = scene;
    scene->load = load_generator_open(scene->loop, &options, &err);
    if (!scene->load)
        fail_msg("%s", err.text);
}

static const struct load_result *run(struct scene *scene, struct load_options options)
{
    start(scene, options);
    assert_true(wait_for(scene->loop, &scene->has_ended));
    return load_generator_result(scene->load);
}

static void every_request_is_sent_once_and_answered(void **state)
{
    struct scene *scene = *state;
    const struct load_result *result = run(scene, (struct load_options){.connections = 8, .requests = 1000});

    assert_int_equal(result->sent, 1000);
    assert_int_equal(result->answered, 1000);
    assert_int_equal(result->by_status[202], 1000);
    assert_int_equal(result->failed, 0);
    assert_int_equal(result->answer_us.count, 1000);
    assert_true(result->elapsed_us > 0);
    assert_int_equal(raw_server_requests(scene->server), 1000);
    assert_int_equal(raw_server_connections(scene->server), 8);
}

static void a_refusal_is_counted_and_its_words_kept(void **state)
{
    struct scene *scene = *state;

    scene->answer = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 11\r\n\r\nnot genuine";
    const struct load_result *result = run(scene, (struct load_options){.connections = 2, .requests = 10});

    assert_int_equal(result->by_status[401], 10);
    assert_int_equal(result->by_status[202], 0);
    assert_string_equal(result->refusal, "not genuine");
}

static void behind_an_answer_that_closes_a_new_connection_is_made(void **state)
{
    struct scene *scene = *state;

    scene->answer = "HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    const struct load_result *result = run(scene, (struct load_options){.connections = 1, .requests = 5});

    assert_int_equal(result->answered, 5);
    assert_int_equal(result->failed, 0);
    assert_int_equal(raw_server_connections(scene->server), 5);
}

static void a_request_whose_connection_breaks_is_lost_and_the_next_is_sent(void **state)
{
    struct scene *scene = *state;

    scene->close_after = 3;
    const struct load_result *result = run(scene, (struct load_options){.connections = 1, .requests = 12});

    assert_int_equal(result->sent, 12);
    assert_int_equal(result->answered, 9);
    assert_int_equal(result->failed, 3);
    assert_string_equal(result->problem, "the connection was closed without an answer");
}

static void where_nobody_listens_it_gives_up_after_a_hundred_tries(void **state)
{
    struct scene *scene = *state;
    char *url = mem_string(raw_server_url(scene->server));

    raw_server_close(scene->server);
    scene->server = NULL;
    const struct load_result *result =
        run(scene, (struct load_options){.url = url, .connections = 4, .requests = 100000});
    mem_free(url);

    assert_int_equal(result->answered, 0);
    assert_in_range(result->failed, 100, 104);
    assert_string_equal(result->problem, "Connection refused");
}

static void what_is_no_answer_is_said(void **state)
{
    struct scene *scene = *state;

    scene->answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    const struct load_result *result = run(scene, (struct load_options){.connections = 1, .requests = 2});

    assert_int_equal(result->failed, 2);
    assert_string_equal(result->problem, "the answer is no HTTP/1.1 with a Content-Length");
}

static void silence_ends_it(void **state)
{
    struct scene *scene = *state;

    scene->answer = NULL;
    const struct load_result *result =
        run(scene, (struct load_options){.connections = 3, .requests = 10, .timeout_ms = 50});

    assert_int_equal(result->sent, 3);
    assert_int_equal(result->failed, 3);
    assert_string_equal(result->problem, "no answer in time");
}

/* At 500 a second, 50 requests take 98 ms from the first to the last. */
static void a_rate_is_kept_and_not_exceeded(void **state)
{
    struct scene *scene = *state;
    const struct load_result *result =
        run(scene, (struct load_options){.connections = 4, .requests = 50, .per_second = 500});

    assert_int_equal(result->answered, 50);
    assert_true(result->elapsed_us >= 97000);
}

static void quiet_lets_what_is_under_way_end(void **state)
{
    struct scene *scene = *state;

    start(scene, (struct load_options){.connections = 2, .requests = 1000000, .per_second = 100});
    load_generator_quiet(scene->load);
    assert_true(scene->has_ended);
    assert_int_equal(load_generator_result(scene->load)->sent, 0);
}

static void what_is_no_url_is_refused(void **state)
{
    static const char *const urls[] = {"https://x", "http://", "127.0.0.1:80", "http://[::1:80", "http://x.invalid:80"};
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        const struct load_options options = {.url = urls[i], .connections = 1, .requests = 1};
        struct error err = {0};

        assert_null(load_generator_open(scene->loop, &options, &err));
        assert_int_equal(err.kind, ERROR_INVALID);
        assert_non_null(strstr(err.text, urls[i]));
    }
}

/* ---- answers ---- */

static void an_answer_is_whole_when_its_length_says_so(void **state)
{
    static const struct {
        const char *text;
        enum load_reading reading;
        int status;
        bool is_last;
    } rows[] = {
        {"", LOAD_MORE, 0, false},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", LOAD_MORE, 0, false},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na", LOAD_MORE, 200, false},
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", LOAD_WHOLE, 200, false},
        {"HTTP/1.1 503 Busy\r\nX: Content-Length: 9\r\nCONTENT-LENGTH:0\r\nConnection: Close\r\n\r\n", LOAD_WHOLE, 503,
         true},
        {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", LOAD_WHOLE, 200, false},
        {"HTTP/1.1 99 OK\r\nContent-Length: 0\r\n\r\n", LOAD_STRANGE, 0, false},
        {"HTTP/1.1 900 OK\r\nContent-Length: 0\r\n\r\n", LOAD_STRANGE, 0, false},
        {"HTTP/2 200\r\nContent-Length: 0\r\n\r\n", LOAD_STRANGE, 0, false},
        {"HTTP/1.1 200 OK\r\n\r\n", LOAD_STRANGE, 0, false},
        {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", LOAD_STRANGE, 0, false},
        {"HTTP/1.1 200 OK\r\nContent-Length: 12345678901\r\n\r\n", LOAD_STRANGE, 0, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct load_answer answer = {0};

        assert_int_equal(load_answer_read(rows[i].text, strlen(rows[i].text), &answer), rows[i].reading);
        if (rows[i].reading == LOAD_WHOLE) {
            assert_int_equal(answer.status, rows[i].status);
            assert_int_equal(answer.is_last, rows[i].is_last);
            assert_int_equal(answer.head_size + answer.body_size, strlen(rows[i].text));
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_request_is_sent_once_and_answered),
        TEST(a_refusal_is_counted_and_its_words_kept),
        TEST(behind_an_answer_that_closes_a_new_connection_is_made),
        TEST(a_request_whose_connection_breaks_is_lost_and_the_next_is_sent),
        TEST(where_nobody_listens_it_gives_up_after_a_hundred_tries),
        TEST(what_is_no_answer_is_said),
        TEST(silence_ends_it),
        TEST(a_rate_is_kept_and_not_exceeded),
        TEST(quiet_lets_what_is_under_way_end),
        TEST(what_is_no_url_is_refused),
        cmocka_unit_test(an_answer_is_whole_when_its_length_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
