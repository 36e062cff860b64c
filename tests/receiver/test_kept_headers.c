/*
 * test_kept_headers.c - the headers of real requests as the object that goes with an event.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"
#include "queue/event.h"
#include "receiver/kept_headers.h"
#include "tests/fakes/raw_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* A server that reads the headers of what it is sent. */
struct scene {
    struct loop *loop;
    struct http_server *server;
    struct raw_client client;
    struct kept_headers kept;
};

static void read_headers(void *arg, struct http_exchange *exchange)
{
    struct scene *scene = arg;

    kept_headers_read(&scene->kept, exchange);
    http_exchange_answer(exchange, 200, "text/plain", "read", 4);
}

static int scene_open(void **state)
{
    struct scene *scene = mem_new(sizeof(*scene));
    struct error err = {0};

    scene->loop = loop_new();
    scene->server = http_server_open(
        scene->loop, &(struct http_server_options){.listen = "127.0.0.1:0", .handler = read_headers, .arg = scene},
        &err);
    assert_non_null(scene->server);
    raw_client_open(&scene->client, scene->loop, http_server_port(scene->server));
    kept_headers_init(&scene->kept);
    *state = scene;
    return 0;
}

static int scene_close(void **state)
{
    struct scene *scene = *state;

    kept_headers_clear(&scene->kept);
    raw_client_close(&scene->client);
    http_server_close(scene->server);
    loop_free(scene->loop);
    mem_free(scene);
    return 0;
}

/* What is kept of a request with these header lines; owned. */
static cJSON *kept_of(struct scene *scene, const char *lines)
{
    struct error err = {0};

    raw_client_send(&scene->client, "GET / HTTP/1.1\r\nHost: here\r\n");
    raw_client_send(&scene->client, lines);
    raw_client_send(&scene->client, "\r\n");
    assert_true(raw_client_await(&scene->client, "read"));
    cJSON *headers = json_parse(scene->kept.text.data, scene->kept.text.size, &err);
    assert_non_null(headers);
    return headers;
}

static void names_are_in_lower_case_and_values_as_they_came(void **state)
{
    cJSON *headers = kept_of(*state, "X-Attempt: 3\r\nUser-Agent: Quiz/1.0 (\"a\\b\")\r\nX-Empty:\r\n");

    assert_string_equal(json_get_string(headers, "host", NULL), "here");
    assert_string_equal(json_get_string(headers, "x-attempt", NULL), "3");
    assert_string_equal(json_get_string(headers, "user-agent", NULL), "Quiz/1.0 (\"a\\b\")");
    assert_string_equal(json_get_string(headers, "x-empty", NULL), "");
    cJSON_Delete(headers);
}

static void what_authenticates_the_sender_is_left_out(void **state)
{
    cJSON *headers = kept_of(*state, "Authorization: Bearer abc\r\nCookie: a=b\r\nX-API-Key: abc\r\nX-ApiKey: abc\r\n"
                                     "Proxy-Authorization: abc\r\nPINPOINT-HMAC-SHA256: abc\r\n"
                                     "Webhook-Signature: v1,abc\r\nX-Verify-Token: abc\r\nX-Shared-Secret: abc\r\n");

    assert_int_equal(cJSON_GetArraySize(headers), 1); /* Host */
    cJSON_Delete(headers);
}

static void of_a_header_sent_twice_the_first_is_kept(void **state)
{
    cJSON *headers = kept_of(*state, "X-Attempt: 1\r\nx-attempt: 2\r\n");

    assert_int_equal(cJSON_GetArraySize(headers), 2);
    assert_string_equal(json_get_string(headers, "x-attempt", NULL), "1");
    cJSON_Delete(headers);
}

static void what_does_not_fit_is_left_out_whole(void **state)
{
    struct scene *scene = *state;
    struct buf lines;

    buf_init(&lines, 100000);
    for (int i = 0; i < 5; i++)
        buf_addf(&lines, "X-Long-%d: %0*d\r\n", i, 3000, i);
    buf_add_string(&lines, "X-Short: 1\r\n");
    cJSON *headers = kept_of(scene, lines.data);
    assert_true(scene->kept.text.size <= EVENT_HEADERS_MAX);
    assert_int_equal(strlen(json_get_string(headers, "x-long-1", "")), 3000);
    assert_null(json_get(headers, "x-long-2"));
    assert_string_equal(json_get_string(headers, "x-short", ""), "1");
    cJSON_Delete(headers);
    buf_clear(&lines);
}

static void no_more_than_sixty_four_are_kept(void **state)
{
    struct buf lines;

    buf_init(&lines, 100000);
    for (int i = 0; i < 100; i++)
        buf_addf(&lines, "X-%d: 1\r\n", i);
    cJSON *headers = kept_of(*state, lines.data);
    assert_int_equal(cJSON_GetArraySize(headers), KEPT_HEADERS_MAX);
    cJSON_Delete(headers);
    buf_clear(&lines);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names_are_in_lower_case_and_values_as_they_came),
        TEST(what_authenticates_the_sender_is_left_out),
        TEST(of_a_header_sent_twice_the_first_is_kept),
        TEST(what_does_not_fit_is_left_out_whole),
        TEST(no_more_than_sixty_four_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
