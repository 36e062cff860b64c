/*
 * test_event.c - an event's bytes: round trip, and whatever else may be in Redis.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "queue/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static struct event example(void)
{
    return (struct event){
        .id = "01JDC5ZK3M8Q4T7V9X2B6N0RWE",
        .received_ms = 1767323045678,
        .occurred_ms = -1,
        .account = "acme",
        .source = "skillcheck",
        .type = "assessment.completed",
        .order_key = "\xff/{:",
        .delivery_id = "d 1",
        .headers = "{\"a\":\"b\"}",
        .payload = "{\"n\":1}",
        .payload_size = 7,
    };
}

static struct buf encoded(const struct event *event)
{
    struct buf bytes;

    buf_init(&bytes, 1 << 20);
    event_encode(event, &bytes);
    return bytes;
}

static void expect_equal_heads(const struct event *event, const struct event *other)
{
    assert_string_equal(event->id, other->id);
    assert_int_equal(event->received_ms, other->received_ms);
    assert_int_equal(event->occurred_ms, other->occurred_ms);
    assert_string_equal(event->account, other->account);
    assert_string_equal(event->source, other->source);
    assert_string_equal(event->type, other->type);
    assert_string_equal(event->order_key, other->order_key);
    assert_string_equal(event->delivery_id, other->delivery_id);
}

static void what_was_encoded_is_decoded(void **state)
{
    struct event event = example(), decoded;
    struct buf bytes = encoded(&event);

    (void)state;
    assert_true(event_decode(bytes.data, bytes.size, &decoded, NULL));
    expect_equal_heads(&decoded, &event);
    assert_string_equal(decoded.headers, event.headers);
    assert_int_equal(decoded.payload_size, event.payload_size);
    assert_string_equal(decoded.payload, event.payload);
    buf_clear(&bytes);
}

static void an_event_of_empty_strings_is_decoded(void **state)
{
    struct event event = example(), decoded;
    struct buf bytes;

    (void)state;
    event.account = event.source = event.type = event.order_key = event.delivery_id = event.headers = "";
    event.payload = "";
    event.payload_size = 0;
    bytes = encoded(&event);
    assert_true(event_decode(bytes.data, bytes.size, &decoded, NULL));
    assert_string_equal(decoded.headers, "");
    assert_int_equal(decoded.payload_size, 0);
    buf_clear(&bytes);
}

/* Copied to the exact size, so that a sanitizer sees any byte read beyond. */
static void an_event_cut_short_at_any_byte_is_refused(void **state)
{
    struct event event = example(), decoded;
    struct buf bytes = encoded(&event);
    struct error err;

    (void)state;
    for (size_t size = 0; size < bytes.size; size++) {
        char *part = mem_new(size + 1);

        part = mem_resize(part, size ? size : 1);
        memcpy(part, bytes.data, size);
        assert_false(event_decode(part, size, &decoded, &err));
        assert_int_equal(err.kind, ERROR_INVALID);
        mem_free(part);
    }
    buf_clear(&bytes);
}

static void an_event_with_something_behind_it_is_refused(void **state)
{
    struct event event = example(), decoded;
    struct buf bytes = encoded(&event);

    (void)state;
    buf_add_char(&bytes, 'x');
    assert_false(event_decode(bytes.data, bytes.size, &decoded, NULL));
    buf_clear(&bytes);
}

static void a_string_with_a_nul_in_it_is_refused(void **state)
{
    struct event event = example(), decoded;
    struct buf bytes = encoded(&event);
    char *account = memchr(bytes.data + 24, 'm', bytes.size - 24);

    (void)state;
    *account = '\0';
    assert_false(event_decode(bytes.data, bytes.size, &decoded, NULL));
    buf_clear(&bytes);
}

static void times_of_any_size_are_decoded(void **state)
{
    static const int64_t times[] = {0, 1, -1, 63, 64, -64, -65, 1767323045678, INT64_MAX, INT64_MIN};
    struct event event = example(), decoded;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        event.occurred_ms = times[i];
        struct buf bytes = encoded(&event);
        assert_true(event_decode(bytes.data, bytes.size, &decoded, NULL));
        expect_equal_heads(&decoded, &event);
        buf_clear(&bytes);
    }
}

static void strings_of_any_length_are_decoded(void **state)
{
    static const size_t sizes[] = {127, 128, 16383, 16384, 100000};
    struct event event = example(), decoded;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        char *payload = mem_new(sizes[i] + 1);

        memset(payload, 'p', sizes[i]);
        event.payload = payload;
        event.payload_size = sizes[i];
        struct buf bytes = encoded(&event);
        assert_true(event_decode(bytes.data, bytes.size, &decoded, NULL));
        assert_int_equal(decoded.payload_size, sizes[i]);
        assert_string_equal(decoded.payload, payload);
        buf_clear(&bytes);
        mem_free(payload);
    }
}

/* Or two records of one event could differ. Behind version and id stands the first time, which takes six bytes. */
static void a_number_that_is_longer_than_it_must_be_is_refused(void **state)
{
    enum { LAST = 1 + ULID_BYTES + 5 };
    struct event event = example(), decoded;
    struct buf bytes = encoded(&event), longer;
    struct error err;

    (void)state;
    buf_init(&longer, 1 << 20);
    buf_add(&longer, bytes.data, LAST);
    buf_add_char(&longer, (char)(bytes.data[LAST] | 0x80));
    buf_add_char(&longer, '\0');
    buf_add(&longer, bytes.data + LAST + 1, bytes.size - LAST - 1);
    assert_false(event_decode(longer.data, longer.size, &decoded, &err));
    assert_int_equal(err.kind, ERROR_INVALID);
    buf_clear(&bytes);
    buf_clear(&longer);
}

static void a_number_that_fits_no_64_bits_is_refused(void **state)
{
    struct event event = example(), decoded;
    struct buf bytes, larger;

    (void)state;
    event.received_ms = INT64_MIN; /* ten bytes, of which the last is 1 */
    bytes = encoded(&event);
    buf_init(&larger, 1 << 20);
    buf_add(&larger, bytes.data, bytes.size);
    assert_int_equal(larger.data[1 + ULID_BYTES + 9], 1);
    larger.data[1 + ULID_BYTES + 9] = 3;
    assert_true(event_decode(bytes.data, bytes.size, &decoded, NULL));
    assert_false(event_decode(larger.data, larger.size, &decoded, NULL));
    buf_clear(&bytes);
    buf_clear(&larger);
}

/* So that it waits for a program that knows it, and does not die. */
static void a_later_version_is_no_fault_of_the_event_and_an_earlier_one_is_not_waited_for(void **state)
{
    struct event event = example(), decoded;
    struct buf bytes = encoded(&event);
    struct error err;

    (void)state;
    bytes.data[0]++;
    assert_false(event_decode(bytes.data, bytes.size, &decoded, &err));
    assert_int_equal(err.kind, ERROR_UNAVAILABLE);
    bytes.data[0] = 1;
    assert_false(event_decode(bytes.data, bytes.size, &decoded, &err));
    assert_int_equal(err.kind, ERROR_INVALID);
    buf_clear(&bytes);
}

static void the_head_is_read_without_the_payload(void **state)
{
    char longest[EVENT_KEY_MAX + 1] = "", name[EVENT_NAME_MAX + 1] = "";
    struct event event = example(), decoded;
    struct buf bytes;

    (void)state;
    memset(longest, 'k', EVENT_KEY_MAX);
    memset(name, 'n', EVENT_NAME_MAX);
    event.account = event.source = name;
    event.type = event.order_key = event.delivery_id = longest;
    bytes = encoded(&event);
    assert_true(
        event_decode_head(bytes.data, bytes.size < EVENT_HEAD_MAX ? bytes.size : EVENT_HEAD_MAX, &decoded, NULL));
    expect_equal_heads(&decoded, &event);
    assert_string_equal(decoded.payload, "");
    buf_clear(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_encoded_is_decoded),
        cmocka_unit_test(an_event_of_empty_strings_is_decoded),
        cmocka_unit_test(an_event_cut_short_at_any_byte_is_refused),
        cmocka_unit_test(an_event_with_something_behind_it_is_refused),
        cmocka_unit_test(a_string_with_a_nul_in_it_is_refused),
        cmocka_unit_test(times_of_any_size_are_decoded),
        cmocka_unit_test(strings_of_any_length_are_decoded),
        cmocka_unit_test(a_number_that_is_longer_than_it_must_be_is_refused),
        cmocka_unit_test(a_number_that_fits_no_64_bits_is_refused),
        cmocka_unit_test(a_later_version_is_no_fault_of_the_event_and_an_earlier_one_is_not_waited_for),
        cmocka_unit_test(the_head_is_read_without_the_payload),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
