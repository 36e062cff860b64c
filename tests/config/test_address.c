/*
 * test_address.c - which addresses are taken, above all: which may be given an API key without encryption.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "config/address.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
    const char *text;
    bool is_fine, is_fine_when_allowed;
} base_urls[] = {
    {"https://acme.pinpointhq.com", true, true},
    {"https://acme.example:8443", true, true},
    {"https://[2001:db8::1]:8443", true, true},
    {"http://127.0.0.1:9090", true, true},
    {"http://127.1.2.3", true, true},
    {"http://localhost:9090", true, true},
    {"http://[::1]:9090", true, true},
    {"http://sandbox:9090", false, true},
    {"http://10.0.0.5", false, true},
    {"http://localhost.example.com", false, true},
    {"http://127.0.0.1.example.com", false, true},
    {"http://127.", false, true},
    {"http://[::2]", false, true},
    {"http://127.0.0.1@evil.example", false, false},
    {"https://acme.pinpointhq.com/", false, false},
    {"https://acme.pinpointhq.com/api", false, false},
    {"https://acme.pinpointhq.com?x", false, false},
    {"https://user:pass@acme.pinpointhq.com", false, false},
    {"https://", false, false},
    {"https://a:", false, false},
    {"https://a:70000", false, false},
    {"https://a b", false, false},
    {"https://[::1", false, false},
    {"ftp://acme", false, false},
    {"acme.pinpointhq.com", false, false},
    {"", false, false},
};

static void an_api_key_travels_in_clear_text_only_where_that_is_allowed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(base_urls); i++) {
        struct error err = {0};

        if (address_check_base_url(base_urls[i].text, false, &err) != base_urls[i].is_fine)
            fail_msg("%s: %s", base_urls[i].text, err.text);
        if (address_check_base_url(base_urls[i].text, true, &err) != base_urls[i].is_fine_when_allowed)
            fail_msg("%s, allowed: %s", base_urls[i].text, err.text);
    }
}

static const struct {
    const char *text;
    bool is_fine;
} listens[] = {
    {"127.0.0.1:8080", true}, {"0.0.0.0:0", true},  {"[::]:8080", true}, {"localhost:65535", true}, {":8080", false},
    {"8080", false},          {"127.0.0.1", false}, {"::1:8080", false}, {"a:65536", false},        {"a:", false},
    {"a:8o80", false},        {"[::1]8080", false}, {"", false},         {"a:8080/", false},
};

static const struct {
    const char *text;
    bool is_fine;
} redis_urls[] = {
    {"", true},
    {"redis://localhost", true},
    {"redis://u:p@h:1/2", true},
    {"unix:///run/redis.sock", true},
    {"redis+cluster://a:1,b:2", true},
    {"redis+sentinel://a,b/m", true},
    {"redis+sentinel://a,b", false},
    {"redis://", false},
    {"localhost:6379", false},
    {"http://localhost", false},
};

static const struct {
    const char *text;
    bool is_fine;
} subdomains[] = {
    {"acme", true},
    {"a-1", true},
    {"", false},
    {"-a", false},
    {"a-", false},
    {"Acme", false},
    {"acme.pinpointhq.com", false},
};

static void addresses_are_held_to_their_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(listens); i++) {
        if (address_check_listen(listens[i].text, NULL) != listens[i].is_fine)
            fail_msg("listen %s", listens[i].text);
    }
    for (size_t i = 0; i < COUNT_OF(redis_urls); i++) {
        if (address_check_redis(redis_urls[i].text, NULL) != redis_urls[i].is_fine)
            fail_msg("redis %s", redis_urls[i].text);
    }
    for (size_t i = 0; i < COUNT_OF(subdomains); i++) {
        if (address_check_subdomain(subdomains[i].text, NULL) != subdomains[i].is_fine)
            fail_msg("subdomain %s", subdomains[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_api_key_travels_in_clear_text_only_where_that_is_allowed),
        cmocka_unit_test(addresses_are_held_to_their_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
