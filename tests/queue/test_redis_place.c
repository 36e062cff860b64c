/*
 * test_redis_place.c - which address comes next, and what a cluster's MOVED teaches.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/redis_place.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void open_place(struct redis_place *place, const char *text)
{
    struct redis_url url;

    assert_true(redis_url_parse(text, &url, NULL));
    redis_place_init(place, &url);
    redis_url_clear(&url);
}

static void expect_now(const struct redis_place *place, const char *text)
{
    char *now = redis_address_describe(redis_place_now(place));

    assert_string_equal(now, text);
    mem_free(now);
}

static void hosts_that_fail_are_tried_in_turn(void **state)
{
    struct redis_place place;

    (void)state;
    open_place(&place, "redis+cluster://a:1,[::1]:2,c");
    expect_now(&place, "a:1");
    redis_place_failed(&place);
    expect_now(&place, "[::1]:2");
    redis_place_failed(&place);
    expect_now(&place, "c:6379");
    redis_place_failed(&place);
    expect_now(&place, "a:1");
    redis_place_clear(&place);
}

static void a_moved_slot_is_followed_and_its_node_remembered(void **state)
{
    struct redis_place place;

    (void)state;
    open_place(&place, "redis+cluster://a:1,b:2");
    assert_true(redis_place_moved(&place, "MOVED 3999 10.0.0.7:6381"));
    expect_now(&place, "10.0.0.7:6381");
    redis_place_failed(&place);
    expect_now(&place, "a:1");
    assert_true(redis_place_moved(&place, "MOVED 3999 b:2"));
    expect_now(&place, "b:2");
    redis_place_failed(&place);
    expect_now(&place, "10.0.0.7:6381");
    assert_true(redis_place_moved(&place, "MOVED 1 2001:db8::1:6379"));
    expect_now(&place, "[2001:db8::1]:6379");
    redis_place_clear(&place);
}

/* A node that does not know its own address leaves it out. */
static void a_node_without_a_host_is_where_we_asked(void **state)
{
    static const char *const texts[] = {"MOVED 5 :7000", "MOVED 5 ?:7000"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct redis_place place;

        open_place(&place, "redis+cluster://a:1");
        assert_true(redis_place_moved(&place, texts[i]));
        expect_now(&place, "a:7000");
        redis_place_clear(&place);
    }
}

static void what_is_no_address_is_not_followed(void **state)
{
    static const char *const texts[] = {
        "MOVED ", "MOVED 5", "MOVED 5 a", "MOVED 5 a:", "MOVED 5 a:0", "MOVED 5 a:70000", "ASK 5 a:1", ""};
    struct redis_place place;

    (void)state;
    open_place(&place, "redis+cluster://a:1");
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_false(redis_place_moved(&place, texts[i]));
    expect_now(&place, "a:1");
    redis_place_clear(&place);
}

static void a_cluster_that_moves_for_ever_is_remembered_within_bounds(void **state)
{
    struct redis_place place;
    char text[40];

    (void)state;
    open_place(&place, "redis+cluster://a:1");
    for (unsigned port = 1000; port < 1200; port++) {
        snprintf(text, sizeof(text), "MOVED 1 h:%u", port);
        assert_true(redis_place_moved(&place, text));
        assert_int_equal(redis_place_now(&place)->port, port);
    }
    redis_place_failed(&place);
    expect_now(&place, "a:1"); /* what the url names is never given up */
    redis_place_clear(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_that_fail_are_tried_in_turn),
        cmocka_unit_test(a_moved_slot_is_followed_and_its_node_remembered),
        cmocka_unit_test(a_node_without_a_host_is_where_we_asked),
        cmocka_unit_test(what_is_no_address_is_not_followed),
        cmocka_unit_test(a_cluster_that_moves_for_ever_is_remembered_within_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
