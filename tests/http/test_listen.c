/*
 * test_listen.c - addresses to listen on, and what is said of those that are none.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/listen.h"

#include "base/mem.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void close_listening(struct listening *listening)
{
    close(listening->fd);
    mem_free(listening->address);
}

static void expect_failure(const char *listen, enum error_kind kind, const char *why)
{
    struct listening listening;
    struct error err = {0};
    char text[200];

    snprintf(text, sizeof(text), "cannot listen on %s: %s", listen, why);
    assert_false(listening_open(listen, &listening, &err));
    assert_string_equal(err.text, text);
    assert_int_equal(err.kind, kind);
}

static void the_address_has_the_port_it_got(void **state)
{
    struct listening listening;
    struct error err = {0};
    char address[64];

    (void)state;
    assert_true(listening_open("127.0.0.1:0", &listening, &err));
    assert_int_not_equal(listening.port, 0);
    snprintf(address, sizeof(address), "http://127.0.0.1:%u", listening.port);
    assert_string_equal(listening.address, address);
    close_listening(&listening);
}

static void the_socket_is_neither_blocking_nor_inherited(void **state)
{
    struct listening listening;
    struct error err = {0};

    (void)state;
    assert_true(listening_open("localhost:0", &listening, &err));
    assert_true(fcntl(listening.fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(listening.fd, F_GETFD) & FD_CLOEXEC);
    close_listening(&listening);
}

static void it_listens_on_ipv6(void **state)
{
    struct listening listening;
    struct error err = {0};
    char address[64];

    (void)state;
    if (!listening_open("[::1]:0", &listening, &err)) {
        if (!strstr(err.text, "address family not supported") && !strstr(err.text, "cannot assign requested address"))
            fail_msg("%s", err.text);
        skip(); /* the machine has none */
    }
    snprintf(address, sizeof(address), "http://[::1]:%u", listening.port);
    assert_string_equal(listening.address, address);
    close_listening(&listening);
}

static void why_it_cannot_listen_is_said(void **state)
{
    struct listening listening;
    struct error err = {0};
    char listen[32];

    (void)state;
    assert_true(listening_open("127.0.0.1:0", &listening, &err));
    snprintf(listen, sizeof(listen), "127.0.0.1:%u", listening.port);
    expect_failure(listen, ERROR_SYSTEM, "address already in use");
    close_listening(&listening);
    expect_failure("192.0.2.1:0", ERROR_SYSTEM, "cannot assign requested address");
    expect_failure("1.2.3.4.5:0", ERROR_INVALID, "name or service not known");
}

static void what_is_no_address_is_refused(void **state)
{
    static const char *const addresses[] = {
        "",      ":",       ":80",   "80",   "localhost", "localhost:",   "localhost:http", "localhost:123456",
        "[::1]", "[::1]80", "[]:80", "[:80", "::1:80",    "127.0.0.1:-1", "127.0.0.1:80 ",  "[::1]:",
        "[",     "[]",      "[:",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(addresses); i++)
        expect_failure(addresses[i], ERROR_INVALID, "expected host:port or [v6]:port");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_address_has_the_port_it_got),
        cmocka_unit_test(the_socket_is_neither_blocking_nor_inherited),
        cmocka_unit_test(it_listens_on_ipv6),
        cmocka_unit_test(why_it_cannot_listen_is_said),
        cmocka_unit_test(what_is_no_address_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
