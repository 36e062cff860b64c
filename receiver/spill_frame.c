/*
 * spill_frame.c - see spill_frame.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/spill_frame.h"

#include "base/crc32c.h"

#include <string.h>

enum { SIZE_AT = 4, CHECKSUM_AT = 8, OWN_CHECKSUM_AT = 12 };

#define HEAD_NAME "HLSPILL"

enum { VERSION_AT = 7, POSITION_AT = 8, HEAD_CHECKSUM_AT = 16 };

static const char marker[SIZE_AT] = {'\0', 'H', 'S', 1};

static void put_number(uint64_t number, unsigned count, char *bytes)
{
    for (unsigned i = 0; i < count; i++)
        bytes[i] = (char)(number >> (8 * (count - 1 - i)));
}

static uint64_t get_number(const char *bytes, unsigned count)
{
    uint64_t number = 0;

    for (unsigned i = 0; i < count; i++)
        number = number << 8 | (unsigned char)bytes[i];
    return number;
}

void spill_frame_encode(const void *record, size_t size, char bytes[SPILL_FRAME_SIZE])
{
    memcpy(bytes, marker, sizeof(marker));
    put_number(size, 4, bytes + SIZE_AT);
    put_number(crc32c(record, size), 4, bytes + CHECKSUM_AT);
    put_number(crc32c(bytes, OWN_CHECKSUM_AT), 4, bytes + OWN_CHECKSUM_AT);
}

bool spill_frame_decode(const char bytes[SPILL_FRAME_SIZE], struct spill_frame *frame)
{
    if (memcmp(bytes, marker, sizeof(marker)) != 0 ||
        get_number(bytes + OWN_CHECKSUM_AT, 4) != crc32c(bytes, OWN_CHECKSUM_AT))
        return false;
    frame->size = (size_t)get_number(bytes + SIZE_AT, 4);
    frame->checksum = (uint32_t)get_number(bytes + CHECKSUM_AT, 4);
    return frame->size > 0 && frame->size <= SPILL_RECORD_MAX;
}

void spill_head_encode(uint64_t position, char bytes[SPILL_HEAD_SIZE])
{
    memcpy(bytes, HEAD_NAME, VERSION_AT);
    bytes[VERSION_AT] = '1';
    put_number(position, 8, bytes + POSITION_AT);
    put_number(crc32c(bytes, HEAD_CHECKSUM_AT), 4, bytes + HEAD_CHECKSUM_AT);
}

enum spill_head spill_head_decode(const char bytes[SPILL_HEAD_SIZE], uint64_t *position)
{
    if (memcmp(bytes, HEAD_NAME, VERSION_AT) != 0 ||
        get_number(bytes + HEAD_CHECKSUM_AT, 4) != crc32c(bytes, HEAD_CHECKSUM_AT))
        return SPILL_HEAD_DAMAGED;
    if (bytes[VERSION_AT] != '1')
        return SPILL_HEAD_UNKNOWN;
    *position = get_number(bytes + POSITION_AT, 8);
    return SPILL_HEAD_GOOD;
}
