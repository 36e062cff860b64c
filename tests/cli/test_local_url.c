/*
 * test_local_url.c - where to send to, for an address to listen on.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/local_url.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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
        char *url = local_url(rows[i].listen);

        assert_string_equal(url, rows[i].url);
        mem_free(url);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_to_listen_on_becomes_one_to_send_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
