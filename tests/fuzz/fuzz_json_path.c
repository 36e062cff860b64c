/*
 * fuzz_json_path.c - a path that is not plain finds nothing, and no path harms.
 *
 *   clang -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -I. -g -O1 -fsanitize=fuzzer,address,undefined \
 *       -o build/fuzz_json_path tests/fuzz/fuzz_json_path.c base/json*.c base/{buf,clock,error,log,mem,utf8}.c -lcjson
 * -lm build/fuzz_json_path -max_len=200 -max_total_time=600 build/corpus_json_path
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char document[] = "{\"a\":{\"b\":[0,[1,{\"c\":2}]],\"a b\":3},\"\":[],\"x-y\":[[4]]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *path = mem_copy(data, size);
    cJSON *value = json_parse(document, strlen(document), NULL);
    const cJSON *found = json_path_find(value, path);

    if (!json_path_check(path, NULL) && found)
        abort();
    cJSON_Delete(value);
    mem_free(path);
    return 0;
}
