/*
 * retry.c - backoff as plain arithmetic; the caller's random bits make it testable.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/retry.h"

#include "base/crypto.h"

int64_t retry_ceiling_ms(unsigned attempts)
{
    int64_t ceiling = RETRY_BASE_MS;

    for (unsigned i = 1; i < attempts && ceiling < RETRY_CAP_MS; i++)
        ceiling *= 2;
    return ceiling < RETRY_CAP_MS ? ceiling : RETRY_CAP_MS;
}

int64_t retry_delay_ms(unsigned attempts, uint32_t random)
{
    return (int64_t)((uint64_t)retry_ceiling_ms(attempts) * random / UINT32_MAX);
}

int64_t retry_draw_ms(unsigned attempts, int64_t at_least_ms)
{
    uint32_t random = 0;

    crypto_random(&random, sizeof(random));
    int64_t delay = retry_delay_ms(attempts, random);
    return delay > at_least_ms ? delay : at_least_ms;
}
