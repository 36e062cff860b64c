/*
 * crc32c.c - half a byte at a time: a table of 16 needs no thought for the cache, and is faster than a disk.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crc32c.h"

/* What the half byte at the index adds: its four bits divided by the polynomial 0x82f63b78 (reflected). */
static const uint32_t table[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

uint32_t crc32c(const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    uint32_t crc = UINT32_MAX;

    for (const unsigned char *end = at + size; at < end; at++) {
        crc ^= *at;
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}
