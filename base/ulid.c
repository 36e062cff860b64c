/*
 * ulid.c - making and reading ULIDs.
 *
 * Those of one process sort as they were made; the order of events is all the same the queue's to keep, not the id's.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ulid.h"

#include "base/clock.h"
#include "base/crypto.h"

#include <string.h>

enum { TIME_CHARS = 10, BITS_A_CHAR = 5, FIRST_BITS = 3 };

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* The last id made: one in the same millisecond is the next number, as the specification has it, because randomness for
 * each costs a system call. */
static struct {
    int64_t ms;
    uint8_t digits[ULID_SIZE - 1 - TIME_CHARS]; /* of base 32, behind the time */
} last = {.ms = -1};

/* At 2^80 it begins again at 0. */
static void count_up(void)
{
    size_t i = sizeof(last.digits);

    while (i-- > 0 && ++last.digits[i] > 31)
        last.digits[i] = 0;
}

static void draw(int64_t ms)
{
    last.ms = ms;
    crypto_random(last.digits, sizeof(last.digits));
    for (size_t i = 0; i < sizeof(last.digits); i++)
        last.digits[i] &= 31;
}

void ulid_new(char id[ULID_SIZE])
{
    int64_t now_ms = clock_now_ms();
    uint64_t ms = (uint64_t)now_ms;

    if (now_ms == last.ms)
        count_up();
    else
        draw(now_ms);
    for (int i = TIME_CHARS - 1; i >= 0; i--, ms >>= BITS_A_CHAR)
        id[i] = alphabet[ms & 31];
    for (size_t i = 0; i < sizeof(last.digits); i++)
        id[TIME_CHARS + i] = alphabet[last.digits[i]];
    id[ULID_SIZE - 1] = '\0';
}

/* The first character carries 3 bits only, or the time would have more than 48. */
bool ulid_is(const char *text)
{
    return text[0] >= '0' && text[0] <= '7' && strspn(text, alphabet) == ULID_SIZE - 1 && text[ULID_SIZE - 1] == '\0';
}

static unsigned value_of(char character)
{
    return (unsigned)(strchr(alphabet, character) - alphabet) & 31;
}

/* The first character holds 3 bits, and all others 5: 128. */
void ulid_pack(const char *id, uint8_t bytes[ULID_BYTES])
{
    unsigned held = value_of(id[0]), bits = FIRST_BITS;
    size_t n = 0;

    for (size_t i = 1; i < ULID_SIZE - 1; i++) {
        held = held << BITS_A_CHAR | value_of(id[i]);
        bits += BITS_A_CHAR;
        if (bits >= 8)
            bytes[n++] = (uint8_t)(held >> (bits -= 8));
    }
}

void ulid_unpack(const uint8_t bytes[ULID_BYTES], char id[ULID_SIZE])
{
    unsigned held = bytes[0], bits = 8 - FIRST_BITS;
    size_t n = 1;

    id[0] = alphabet[held >> bits];
    for (size_t i = 1; i < ULID_SIZE - 1; i++) {
        if (bits < BITS_A_CHAR) {
            held = held << 8 | bytes[n++];
            bits += 8;
        }
        bits -= BITS_A_CHAR;
        id[i] = alphabet[held >> bits & 31];
    }
    id[ULID_SIZE - 1] = '\0';
}

int64_t ulid_time_ms(const char *id)
{
    int64_t ms = 0;

    for (int i = 0; i < TIME_CHARS; i++)
        ms = ms << BITS_A_CHAR | (strchr(alphabet, id[i]) - alphabet);
    return ms;
}
