/*
 * test_address.c - addresses taken apart, settled and made reachable.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "worker/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void an_address_is_reached_from_this_machine(void **state)
{
    static const struct {
        const char *listen, *url;
    } cases[] = {
        {"127.0.0.1:8080", "http://127.0.0.1:8080"},
        {"0.0.0.0:8080", "http://127.0.0.1:8080"},
        {":8080", "http://127.0.0.1:8080"},
        {"*:8080", "http://127.0.0.1:8080"},
        {"[::]:8080", "http://[::1]:8080"},
        {"[fe80::1]:80", "http://[fe80::1]:80"},
        {"hooks.local:8080", "http://hooks.local:8080"},
        {"8080", ""},
    };
    char url[ADDRESS_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(address_url(cases[i].listen, url), cases[i].url);
}

static void a_port_that_is_given_stays(void **state)
{
    char address[ADDRESS_MAX];

    (void)state;
    assert_true(address_settle("127.0.0.1:8080", address));
    assert_string_equal(address, "127.0.0.1:8080");
}

static void port_zero_becomes_a_free_one(void **state)
{
    static const char host[] = "127.0.0.1:";
    char address[ADDRESS_MAX];

    (void)state;
    assert_true(address_settle("127.0.0.1:0", address));
    assert_memory_equal(address, host, strlen(host));
    assert_in_range(strtol(address + strlen(host), NULL, 10), 1, 65535);
}

static void what_is_no_address_is_said_to_be_none(void **state)
{
    static const char *const cases[] = {"", "8080", "host", "no.such.host.invalid:0"};
    char address[ADDRESS_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_false(address_settle(cases[i], address));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_reached_from_this_machine),
        cmocka_unit_test(a_port_that_is_given_stays),
        cmocka_unit_test(port_zero_becomes_a_free_one),
        cmocka_unit_test(what_is_no_address_is_said_to_be_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
