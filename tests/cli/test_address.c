/*
 * test_address.c - where to send to, for an address to listen on; free ports.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/address.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static void an_address_to_listen_on_becomes_one_to_send_to(void **state)
{
    static const struct {
        const char *listen, *url;
    } rows[] = {
        {"0.0.0.0:8080", "http://127.0.0.1:8080"}, {"127.0.0.1:9000", "http://127.0.0.1:9000"},
        {"[::]:8080", "http://[::1]:8080"},        {"[::1]:80", "http://[::1]:80"},
        {":8080", "http://127.0.0.1:8080"},        {"hooks.example:80", "http://hooks.example:80"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *url = address_to_reach(rows[i].listen);

        assert_string_equal(url, rows[i].url);
        mem_free(url);
    }
}

static void a_port_that_is_listened_on_is_not_free(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    unsigned port = 0;

    (void)state;
    assert_true(address_is_free(&port));
    assert_true(port > 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)port);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_false(address_is_free(&port));
    close(fd);
    assert_true(address_is_free(&port));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_to_listen_on_becomes_one_to_send_to),
        cmocka_unit_test(a_port_that_is_listened_on_is_not_free),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
