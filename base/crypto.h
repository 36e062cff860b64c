/*
 * crypto.h - digests, encodings and randomness; the only home of libcrypto.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32

struct bytes {
    const void *data;
    size_t size;
};

/* A key made ready for HMAC-SHA256: making it costs more than a code for a short text. */
struct crypto_hmac;
struct crypto_hmac *crypto_hmac_new(struct bytes key);
void crypto_hmac_free(struct crypto_hmac *hmac); /* takes NULL */

/* HMAC-SHA256 over the parts one after another. */
void crypto_hmac_sha256(const struct crypto_hmac *hmac, const struct bytes *parts, size_t count,
                        uint8_t mac[SHA256_SIZE]);

/* SHA-256 over the parts one after another. */
void crypto_sha256(const struct bytes *parts, size_t count, uint8_t digest[SHA256_SIZE]);

/* Overwrites what nobody must find in memory that is given back. */
void crypto_wipe(void *bytes, size_t size);

/* Whether both are the same, in a time that depends on the sizes alone. */
bool crypto_equal(const void *a, size_t a_size, const void *b, size_t b_size);

/* Standard base64 with padding. Decoding is strict (alphabet, padding, no white space) and appends to out;
 * returns false, appending nothing, for anything else. */
void crypto_base64_encode(const void *bytes, size_t size, struct buf *out);
bool crypto_base64_decode(const char *text, size_t size, struct buf *out);

/* Lower-case hexadecimal. */
void crypto_hex_encode(const void *bytes, size_t size, struct buf *out);

/* Bytes nobody can guess; ends the process if the system has none. */
void crypto_random(void *bytes, size_t size);
