/*
 * fuzz_event.c - whatever event_decode takes must be whole, and encode to the same bytes again.
 *
 *   clang -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -I. -g -O1 -fsanitize=fuzzer,address,undefined \
 *       -o build/fuzz_event tests/fuzz/fuzz_event.c queue/event.c base/{buf,clock,error,log,mem,ulid,crypto,utf8}.c
 * -lcrypto build/fuzz_event -max_len=2048 -max_total_time=600 build/corpus_event
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/event.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is_true)
{
    if (!is_true)
        abort();
}

/* Reads every byte that event points to, so that a sanitizer sees what is out of bounds. */
static void check_strings(const struct event *event)
{
    const char *const strings[] = {event->account,   event->source,      event->type,
                                   event->order_key, event->delivery_id, event->headers};
    size_t sum = 0;

    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
        sum += strlen(strings[i]);
    must(sum < SIZE_MAX && strlen(event->payload) == event->payload_size);
}

static void check_round_trip(const struct event *event, const uint8_t *data, size_t size)
{
    struct buf again;

    buf_init(&again, size + 1);
    event_encode(event, &again);
    must(again.size == size && memcmp(again.data, data, size) == 0);
    buf_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct event event;
    struct error err = {0};

    if (event_decode((const char *)data, size, &event, &err)) {
        check_strings(&event);
        check_round_trip(&event, data, size);
        must(event_decode_head((const char *)data, size, &event, &err));
    } else {
        must(err.text[0] != '\0');
    }
    if (event_decode_head((const char *)data, size, &event, &err))
        check_strings(&event);
    return 0;
}
