/*
 * crc32c.h - the checksum of what is written to a file and read after a crash. No digest: it finds accidents, not
 * forgeries.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* CRC-32C (Castagnoli, as in RFC 3720) of size bytes. */
uint32_t crc32c(const void *bytes, size_t size);
