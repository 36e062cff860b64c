/*
 * fuzz_fields.c - whatever JSON a signed sender brings, its fields are within bounds, or it is refused with a reason.
 *
 *   clang -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -I. -g -O1 -fsanitize=fuzzer,address,undefined \
 *       -o build/fuzz_fields tests/fuzz/fuzz_fields.c receiver/fields.c http/signature.c base/[a-k]*.c base/log.c \
 *       base/mem.c base/utf8.c -lcjson -lcrypto -lm
 *   build/fuzz_fields -max_len=4096 -max_total_time=600 build/corpus_fields
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_check.h"
#include "base/mem.h"
#include "receiver/fields.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is_true)
{
    if (!is_true)
        abort();
}

static struct source source = {
    .type_path = (char[]){".type"},
    .order_by_path = (char[]){".data[0].id"},
    .occurred_at_path = (char[]){".at"},
    .delivery_id_path = (char[]){".id"},
};

static void check(const struct fields *fields)
{
    must(fields->type.size > 0 && fields->type.size <= EVENT_KEY_MAX);
    must(fields->order_key.size <= EVENT_KEY_MAX);
    must(fields->delivery_id.size > 0 && fields->delivery_id.size <= EVENT_KEY_MAX);
    must(strlen(fields->type.data) == fields->type.size && strlen(fields->order_key.data) == fields->order_key.size);
    must(fields->occurred_ms >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fields fields;
    struct error err = {0};
    struct json_facts facts;
    char *body = mem_copy(data, size); /* with a NUL behind it, as the receiver has it */
    const struct delivery delivery = {.body = body, .body_size = size};

    if (!json_check(body, size, &facts, &err)) {
        mem_free(body);
        return 0;
    }
    source.scheme = signature_scheme_named("pinpoint");
    fields_init(&fields);
    if (fields_read(&fields, &source, &delivery, &err))
        check(&fields);
    else
        must(err.kind == ERROR_INVALID && err.text[0] && err.where[0]);
    fields_clear(&fields);
    mem_free(body);
    return 0;
}
