/*
 * test_bench_event.c - one file as many deliveries: what its placeholders become, and that each is signed.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/bench_event.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

static struct source source = {.name = (char[]){"quiz 1"}, .order_by_path = (char[]){".id"}};

static int make_key(void **state)
{
    struct error err = {0};

    (void)state;
    source.scheme = signature_scheme_named("standard-webhooks");
    source.keys[0] = signature_key_new(source.scheme, SECRET, &err);
    source.key_count = 1;
    return source.keys[0] ? 0 : -1;
}

static int free_key(void **state)
{
    (void)state;
    signature_key_free(source.keys[0]);
    clock_release();
    return 0;
}

static void a_placeholder_becomes_its_number(void **state)
{
    static const struct {
        const char *text, *body;
    } rows[] = {
        {"{}", "{}"},
        {"{\"n\":\"{{n}}\"}", "{\"n\":\"1234\"}"},
        {"{{n}}{{n%100}}-{{n%1000}}{{n%7}}", "123434-2342"},
        {"{{us}}", "5000000"},
        {"{{m}} {{n%0}} {{n%x}} {{n%5} {{n {{", "{{m}} {{n%0}} {{n%x}} {{n%5} {{n {{"},
        {"{{{n}}}", "{1234}"},
    };
    struct bench_event event;
    struct buf body;

    (void)state;
    clock_freeze(5000);
    buf_init(&body, 1000);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bench_event_init(&event, &source, NULL, "http://x:1", rows[i].text);
        buf_reset(&body);
        bench_event_body(&event, 1234, &body);
        assert_string_equal(body.data, rows[i].body);
        bench_event_clear(&event);
    }
    buf_clear(&body);
}

/* The value of a header of the request text; good for four calls. */
static const char *header_in(void *arg, const char *name)
{
    static char values[4][200];
    static unsigned calls;
    char *value = values[calls++ % 4];
    char *start = mem_printf("\r\n%s: ", name);
    const char *at = strstr(arg, start);

    if (at)
        snprintf(value, sizeof(values[0]), "%.*s", (int)strcspn(at + strlen(start), "\r"), at + strlen(start));
    mem_free(start);
    return at ? value : NULL;
}

static void a_request_goes_where_the_source_is_and_is_genuine(void **state)
{
    struct bench_event event;
    struct error err = {0};
    struct buf request;

    (void)state;
    buf_init(&request, 10000);
    bench_event_init(&event, &source, "acme", "http://host:8080/", "{\"n\":{{n}}}");
    bench_event_request(&event, 7, &request);
    assert_ptr_equal(strstr(request.data, "POST /in/quiz%201/acme HTTP/1.1\r\nHost: host:8080\r\n"), request.data);
    assert_non_null(strstr(request.data, "\r\nContent-Length: 7\r\n"));
    const char *body = strstr(request.data, "\r\n\r\n") + 4;
    assert_string_equal(body, "{\"n\":7}");
    const struct signature_input input = {.header = header_in,
                                          .arg = request.data,
                                          .body = body,
                                          .body_size = strlen(body),
                                          .now_ms = clock_now_ms(),
                                          .tolerance_ms = 60000};
    if (!signature_verify(source.scheme, source.keys, 1, &input, &err))
        fail_msg("%s", err.text);
    bench_event_clear(&event);
    buf_clear(&request);
}

static void two_requests_are_two_deliveries(void **state)
{
    struct bench_event event;
    struct buf first, second;

    (void)state;
    buf_init(&first, 10000);
    buf_init(&second, 10000);
    bench_event_init(&event, &source, NULL, "http://x:1", "{}");
    bench_event_request(&event, 0, &first);
    bench_event_request(&event, 1, &second);
    assert_string_not_equal(header_in(first.data, "webhook-id"), header_in(second.data, "webhook-id"));
    bench_event_clear(&event);
    buf_clear(&first);
    buf_clear(&second);
}

static void a_file_without_a_number_is_one_lane_where_there_is_an_order(void **state)
{
    struct source without = source;
    struct bench_event event;

    (void)state;
    without.order_by_path = (char[]){""};
    bench_event_init(&event, &source, NULL, "http://x:1", "{\"id\":1}");
    assert_true(bench_event_is_one_lane(&event));
    bench_event_clear(&event);
    bench_event_init(&event, &source, NULL, "http://x:1", "{\"id\":{{n%9}}}");
    assert_false(bench_event_is_one_lane(&event));
    bench_event_clear(&event);
    bench_event_init(&event, &without, NULL, "http://x:1", "{\"id\":1}");
    assert_false(bench_event_is_one_lane(&event));
    bench_event_clear(&event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_placeholder_becomes_its_number),
        cmocka_unit_test(a_request_goes_where_the_source_is_and_is_genuine),
        cmocka_unit_test(two_requests_are_two_deliveries),
        cmocka_unit_test(a_file_without_a_number_is_one_lane_where_there_is_an_order),
    };

    return cmocka_run_group_tests(tests, make_key, free_key);
}
