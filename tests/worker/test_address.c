/*
 * test_address.c - addresses settled and made reachable.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "http/server.h"
#include "worker/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static unsigned port_in(const char *text)
{
    return (unsigned)strtoul(strrchr(text, ':') + 1, NULL, 10);
}

static void port_zero_becomes_a_free_one_and_is_reached_from_here(void **state)
{
    static const struct {
        const char *listen, *listen_before, *url_before;
    } cases[] = {
        {"127.0.0.1:0", "127.0.0.1:", "http://127.0.0.1:"},
        {"0.0.0.0:0", "0.0.0.0:", "http://127.0.0.1:"},
        {"localhost:0", "localhost:", "http://localhost:"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct address address;
        struct error err = {0};

        assert_true(address_settle(&address, cases[i].listen, &err));
        assert_memory_equal(address.listen, cases[i].listen_before, strlen(cases[i].listen_before));
        assert_memory_equal(address.url, cases[i].url_before, strlen(cases[i].url_before));
        assert_in_range(port_in(address.listen), 1, 65535);
        assert_int_equal(port_in(address.listen), port_in(address.url));
    }
}

static void a_port_that_is_given_stays(void **state)
{
    struct address first, second;
    struct error err = {0};

    (void)state;
    assert_true(address_settle(&first, "127.0.0.1:0", &err));
    assert_true(address_settle(&second, first.listen, &err));
    assert_string_equal(second.listen, first.listen);
}

static void nobody(void *arg, struct http_exchange *exchange)
{
    (void)arg;
    http_exchange_drop(exchange);
}

static void a_port_that_is_taken_is_said_to_be_taken(void **state)
{
    struct loop *loop = loop_new();
    struct error err = {0};
    struct http_server *server =
        http_server_open(loop, &(struct http_server_options){.listen = "127.0.0.1:0", .handler = nobody}, &err);
    struct address address;
    char listen[40];

    (void)state;
    assert_non_null(server);
    snprintf(listen, sizeof(listen), "127.0.0.1:%u", http_server_port(server));
    assert_false(address_settle(&address, listen, &err));
    assert_non_null(strstr(err.text, "address already in use"));
    http_server_close(server);
    loop_free(loop);
}

static void what_is_no_address_is_said_to_be_none(void **state)
{
    static const char *const cases[] = {"", "8080", "host", ":8080"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct address address;
        struct error err = {0};

        assert_false(address_settle(&address, cases[i], &err));
        assert_non_null(strstr(err.text, "expected host:port"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(port_zero_becomes_a_free_one_and_is_reached_from_here),
        cmocka_unit_test(a_port_that_is_given_stays),
        cmocka_unit_test(a_port_that_is_taken_is_said_to_be_taken),
        cmocka_unit_test(what_is_no_address_is_said_to_be_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
