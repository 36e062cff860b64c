/*
 * fuzz_retry_after.c - any bytes as the value of Retry-After: a wait is none, or between nothing and the maximum.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/retry_after.h"

#include "base/mem.h"

#include <stdlib.h>

#define NOW_MS INT64_C(1767225600000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *value = mem_copy(data, size);
    int64_t wait_ms = retry_after_parse(value, NOW_MS);

    if (wait_ms != RETRY_AFTER_NONE && (wait_ms < 0 || wait_ms > RETRY_AFTER_MAX_MS))
        abort();
    mem_free(value);
    return 0;
}
