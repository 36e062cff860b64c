/*
 * ulid.h - ids that sort by time: 48 bits of milliseconds and 80 random bits in Crockford's base32 (ULID spec).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define ULID_SIZE  27 /* 26 characters and a NUL */
#define ULID_BYTES 16 /* of a packed one */

/* Greater than the one before that this process has made, unless the clock was set back. */
void ulid_new(char id[ULID_SIZE]);

/* Whether text is 26 characters of the alphabet. */
bool ulid_is(const char *text);

/* The milliseconds since 1970 inside id, which must be one. */
int64_t ulid_time_ms(const char *id);

/* The 128 bits of id, which must be one, and back. */
void ulid_pack(const char *id, uint8_t bytes[ULID_BYTES]);
void ulid_unpack(const uint8_t bytes[ULID_BYTES], char id[ULID_SIZE]);
