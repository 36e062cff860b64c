/*
 * crypto.c - digests over libcrypto, encodings, and the system's randomness.
 *
 * SHA-256 is called by its own name, not through EVP, and RAND_bytes not at all: they would read openssl.cnf and load
 * a provider with all of its algorithms, 2 MiB in each process, to do the same, slower. (A FIPS provider is passed by.)
 */
/* SPDX-License-Identifier: Apache-2.0 */
#define OPENSSL_API_COMPAT 10100 /* the last version in which the functions of SHA-256 are not called deprecated */
#include "base/crypto.h"

#include "base/log.h"
#include "base/mem.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENTROPY_MAX 256 /* bytes that getentropy gives at once */

static void add_parts(SHA256_CTX *context, const struct bytes *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        SHA256_Update(context, parts[i].data, parts[i].size);
}

void crypto_sha256(const struct bytes *parts, size_t count, uint8_t digest[SHA256_SIZE])
{
    SHA256_CTX context;

    SHA256_Init(&context);
    add_parts(&context, parts, count);
    SHA256_Final(digest, &context);
}

/* HMAC of RFC 2104: a digest of key and text inside a digest of key and that. Both are begun with the key once. */
struct crypto_hmac {
    SHA256_CTX inner, outer;
};

/* Begins with the key, which fits a block, filled up with zeros, each byte crossed with pad. */
static void begin_keyed(SHA256_CTX *context, struct bytes key, uint8_t pad)
{
    uint8_t block[SHA256_CBLOCK];

    memset(block, pad, sizeof(block));
    for (size_t i = 0; i < key.size; i++)
        block[i] ^= ((const uint8_t *)key.data)[i];
    SHA256_Init(context);
    SHA256_Update(context, block, sizeof(block));
    OPENSSL_cleanse(block, sizeof(block));
}

struct crypto_hmac *crypto_hmac_new(struct bytes key)
{
    struct crypto_hmac *hmac = mem_new(sizeof(*hmac));
    uint8_t digest[SHA256_SIZE];

    if (key.size > SHA256_CBLOCK) {
        crypto_sha256(&key, 1, digest);
        key = (struct bytes){digest, sizeof(digest)};
    }
    begin_keyed(&hmac->inner, key, 0x36);
    begin_keyed(&hmac->outer, key, 0x5c);
    OPENSSL_cleanse(digest, sizeof(digest));
    return hmac;
}

void crypto_hmac_free(struct crypto_hmac *hmac)
{
    if (!hmac)
        return;
    OPENSSL_cleanse(hmac, sizeof(*hmac));
    mem_free(hmac);
}

void crypto_hmac_sha256(const struct crypto_hmac *hmac, const struct bytes *parts, size_t count,
                        uint8_t mac[SHA256_SIZE])
{
    SHA256_CTX context = hmac->inner;

    add_parts(&context, parts, count);
    SHA256_Final(mac, &context);
    context = hmac->outer;
    SHA256_Update(&context, mac, SHA256_SIZE);
    SHA256_Final(mac, &context);
}

void crypto_wipe(void *bytes, size_t size)
{
    OPENSSL_cleanse(bytes, size);
}

bool crypto_equal(const void *a, size_t a_size, const void *b, size_t b_size)
{
    return a_size == b_size && CRYPTO_memcmp(a, b, a_size) == 0;
}

static const char base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void crypto_base64_encode(const void *bytes, size_t size, struct buf *out)
{
    const uint8_t *at = bytes;

    for (; size > 0; at += 3, size -= size < 3 ? size : 3) {
        uint32_t bits = (uint32_t)at[0] << 16 | (size > 1 ? (uint32_t)at[1] << 8 : 0) | (size > 2 ? at[2] : 0);
        char four[4] = {base64_alphabet[bits >> 18], base64_alphabet[bits >> 12 & 63],
                        size > 1 ? base64_alphabet[bits >> 6 & 63] : '=', size > 2 ? base64_alphabet[bits & 63] : '='};

        buf_add(out, four, sizeof(four));
        if (size < 3)
            break;
    }
}

/* The 6 bits of a character, or -1. */
static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '/')
        return c == '+' ? 62 : 63;
    return -1;
}

/* Three bytes (fewer where padding stands) of four characters; 0 when they are none. Bits that padding leaves over
 * must be 0, or one value would have several texts. */
static size_t decode_four(const char four[4], bool is_last, uint8_t three[3])
{
    size_t padding = !is_last || four[3] != '=' ? 0 : four[2] == '=' ? 2 : 1;
    uint32_t bits = 0;

    for (size_t i = 0; i < 4; i++) {
        int value = i < 4 - padding ? base64_value(four[i]) : 0;

        if (value < 0)
            return 0;
        bits = bits << 6 | (uint32_t)value;
    }
    if ((bits & ((1u << 8 * padding) - 1)) != 0)
        return 0;
    three[0] = (uint8_t)(bits >> 16);
    three[1] = (uint8_t)(bits >> 8);
    three[2] = (uint8_t)bits;
    return 3 - padding;
}

static bool is_base64(const char *text, size_t size)
{
    uint8_t three[3];

    if (size % 4 != 0)
        return false;
    for (size_t i = 0; i < size; i += 4)
        if (decode_four(text + i, i + 4 == size, three) == 0)
            return false;
    return true;
}

bool crypto_base64_decode(const char *text, size_t size, struct buf *out)
{
    uint8_t three[3];

    if (!is_base64(text, size))
        return false;
    for (size_t i = 0; i < size; i += 4)
        buf_add(out, three, decode_four(text + i, i + 4 == size, three));
    return true;
}

void crypto_hex_encode(const void *bytes, size_t size, struct buf *out)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *at = bytes;

    for (size_t i = 0; i < size; i++) {
        char two[2] = {digits[at[i] >> 4], digits[at[i] & 15]};

        buf_add(out, two, sizeof(two));
    }
}

void crypto_random(void *bytes, size_t size)
{
    uint8_t *at = bytes;

    while (size > 0) {
        size_t part = size < ENTROPY_MAX ? size : ENTROPY_MAX;

        if (getentropy(at, part) != 0) {
            log_error("the system gives no randomness");
            abort();
        }
        at += part;
        size -= part;
    }
}
