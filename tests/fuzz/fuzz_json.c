/*
 * fuzz_json.c - whatever json_parse takes must survive printing and the quoting of big integers.
 *
 *   clang -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -I. -g -O1 -fsanitize=fuzzer,address,undefined \
 *       -o build/fuzz_json tests/fuzz/fuzz_json.c base/json*.c base/{buf,clock,error,log,mem,utf8}.c -lcjson -lm
 *   build/fuzz_json -max_len=4096 -max_total_time=600 build/corpus_json
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/json_check.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is_true)
{
    if (!is_true)
        abort();
}

/* Printed text is JSON again, and what is read from it prints as the same text. */
static void check_printing(const cJSON *value)
{
    char *text = json_print(value), *again;
    cJSON *copy = json_parse(text, strlen(text), NULL);

    must(copy != NULL);
    again = json_print(copy);
    must(strcmp(text, again) == 0);
    cJSON_Delete(copy);
    mem_free(again);
    mem_free(text);
}

static void check_quoting(const char *text, size_t size)
{
    struct json_facts facts;
    struct buf quoted;

    buf_init(&quoted, 3 * size);
    json_quote_big_integers(text, size, &quoted);
    must(!quoted.overflow);
    must(json_check(quoted.data, quoted.size, &facts, NULL));
    must(facts.big_integers == 0);
    buf_clear(&quoted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct error err = {0};
    cJSON *value = json_parse(text, size, &err);

    must(value ? err.kind == ERROR_NONE : err.kind == ERROR_INVALID);
    if (value) {
        check_printing(value);
        check_quoting(text, size);
    }
    cJSON_Delete(value);
    return 0;
}
