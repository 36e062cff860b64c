/*
 * ulid.c - making and reading ULIDs.
 *
 * Two of the same millisecond sort by chance: the order of events is the queue's to keep, not the id's.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ulid.h"

#include "base/clock.h"
#include "base/crypto.h"

#include <string.h>

enum { TIME_CHARS = 10, BITS_A_CHAR = 5 };

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void ulid_new(char id[ULID_SIZE])
{
    uint8_t random[ULID_SIZE - 1 - TIME_CHARS]; /* a byte for each character, of which 5 bits are used */
    uint64_t ms = (uint64_t)clock_now_ms();

    for (int i = TIME_CHARS - 1; i >= 0; i--, ms >>= BITS_A_CHAR)
        id[i] = alphabet[ms & 31];
    crypto_random(random, sizeof(random));
    for (size_t i = 0; i < sizeof(random); i++)
        id[TIME_CHARS + i] = alphabet[random[i] & 31];
    id[ULID_SIZE - 1] = '\0';
}

/* The first character carries 3 bits only, or the time would have more than 48. */
bool ulid_is(const char *text)
{
    return text[0] >= '0' && text[0] <= '7' && strspn(text, alphabet) == ULID_SIZE - 1 && text[ULID_SIZE - 1] == '\0';
}

int64_t ulid_time_ms(const char *id)
{
    int64_t ms = 0;

    for (int i = 0; i < TIME_CHARS; i++)
        ms = ms << BITS_A_CHAR | (strchr(alphabet, id[i]) - alphabet);
    return ms;
}
