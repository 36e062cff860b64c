/*
 * test_ulid.c - ids sort by time and are recognised strictly.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ulid.h"

#include "base/clock.h"
#include "base/mem.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int release_clock(void **state)
{
    (void)state;
    clock_release();
    return 0;
}

static void a_new_id_is_one_and_knows_its_time(void **state)
{
    static const int64_t times[] = {0, 1, INT64_C(1469918176385), (INT64_C(1) << 48) - 1};
    char id[ULID_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        clock_freeze(times[i]);
        ulid_new(id);
        assert_true(ulid_is(id));
        assert_int_equal(ulid_time_ms(id), times[i]);
    }
}

/* The example of the ULID specification. */
static void the_time_is_encoded_as_the_specification_does(void **state)
{
    char id[ULID_SIZE];

    (void)state;
    clock_freeze(INT64_C(1469918176385));
    ulid_new(id);
    assert_memory_equal(id, "01ARYZ6S41", 10);
    assert_int_equal(ulid_time_ms("01ARYZ6S41TSV4RRFFQ69G5FAV"), INT64_C(1469918176385));
}

static void later_ids_sort_behind_earlier_ones(void **state)
{
    char last[ULID_SIZE] = "", id[ULID_SIZE];

    (void)state;
    for (int64_t ms = 1; ms < (INT64_C(1) << 47); ms = ms * 3 + 1) {
        clock_freeze(ms);
        ulid_new(id);
        assert_true(strcmp(last, id) < 0);
        memcpy(last, id, sizeof(last));
    }
}

static void ids_of_one_millisecond_sort_as_they_were_made(void **state)
{
    char last[ULID_SIZE] = "", id[ULID_SIZE];

    (void)state;
    clock_freeze(1000);
    for (int i = 0; i < 100000; i++) {
        ulid_new(id);
        assert_true(ulid_is(id));
        assert_true(strcmp(last, id) < 0);
        memcpy(last, id, sizeof(last));
    }
}

static void ids_of_two_milliseconds_share_nothing(void **state)
{
    char a[ULID_SIZE], b[ULID_SIZE];

    (void)state;
    clock_freeze(1000);
    ulid_new(a);
    clock_freeze(1001);
    ulid_new(b);
    assert_memory_not_equal(a + 10, b + 10, 12);
}

static void anything_else_is_no_id(void **state)
{
    static const char *const texts[] = {
        "",
        "01ARYZ6S41TSV4RRFFQ69G5FA",   /* too short */
        "01ARYZ6S41TSV4RRFFQ69G5FAVX", /* too long */
        "01ARYZ6S41TSV4RRFFQ69G5FAI",  /* not of the alphabet, like L, O and U */
        "01ARYZ6S41TSV4RRFFQ69G5FAL",
        "01ARYZ6S41TSV4RRFFQ69G5FAO",
        "01ARYZ6S41TSV4RRFFQ69G5FAU",
        "01aryz6s41tsv4rrffq69g5fav", /* lower case */
        "81ARYZ6S41TSV4RRFFQ69G5FAV", /* more than 48 bits of time */
        "01ARYZ6S41TSV4RRFFQ69G5FA\n",
        "01ARYZ6S41TSV4RRFFQ69G5F{}",
    };

    (void)state;
    assert_true(ulid_is("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"));
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (ulid_is(texts[i]))
            fail_msg("taken for an id: \"%s\"", texts[i]);
}

static void a_packed_id_is_unpacked_as_it_was(void **state)
{
    static const char *const ids[] = {"00000000000000000000000000", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
                                      "01ARYZ6S41TSV4RRFFQ69G5FAV", "400000000000000000000000G1"};
    static const uint8_t example[ULID_BYTES] = {0x01, 0x56, 0x3d, 0xf3, 0x64, 0x81, 0xd6, 0x76,
                                                0x4c, 0x61, 0xef, 0xb9, 0x93, 0x02, 0xbd, 0x5b};
    uint8_t bytes[ULID_BYTES];
    char id[ULID_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        ulid_pack(ids[i], bytes);
        ulid_unpack(bytes, id);
        assert_string_equal(id, ids[i]);
    }
    ulid_pack("01ARYZ6S41TSV4RRFFQ69G5FAV", bytes);
    assert_memory_equal(bytes, example, sizeof(example));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_new_id_is_one_and_knows_its_time, release_clock),
        cmocka_unit_test_teardown(the_time_is_encoded_as_the_specification_does, release_clock),
        cmocka_unit_test_teardown(later_ids_sort_behind_earlier_ones, release_clock),
        cmocka_unit_test_teardown(ids_of_one_millisecond_sort_as_they_were_made, release_clock),
        cmocka_unit_test_teardown(ids_of_two_milliseconds_share_nothing, release_clock),
        cmocka_unit_test(anything_else_is_no_id),
        cmocka_unit_test(a_packed_id_is_unpacked_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
