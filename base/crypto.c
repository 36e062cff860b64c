/*
 * crypto.c - digests, encodings and randomness over OpenSSL 3.
 *
 * The receiver calls crypto_hmac_sha256 for every request. What fails here fails because libcrypto is broken or
 * memory is out, never because of input, so the process ends.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crypto.h"

#include "base/log.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

static void must(int worked, const char *what)
{
    if (worked == 1)
        return;
    log_error("libcrypto failed: %s", what);
    abort();
}

static EVP_MD_CTX *new_sha256(void)
{
    /* Fetched once, never changed afterwards: looking an algorithm up costs more than hashing a small body. */
    static EVP_MD *sha256;
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    if (!sha256)
        sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    must(sha256 != NULL && context != NULL, "SHA-256");
    must(EVP_DigestInit_ex2(context, sha256, NULL), "SHA-256");
    return context;
}

void crypto_sha256(const struct bytes *parts, size_t count, uint8_t digest[SHA256_SIZE])
{
    EVP_MD_CTX *context = new_sha256();

    for (size_t i = 0; i < count; i++)
        must(EVP_DigestUpdate(context, parts[i].data, parts[i].size), "SHA-256");
    must(EVP_DigestFinal_ex(context, digest, NULL), "SHA-256");
    EVP_MD_CTX_free(context);
}

struct crypto_hmac *crypto_hmac_new(struct bytes key)
{
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SHA256"}, 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = hmac ? EVP_MAC_CTX_new(hmac) : NULL;

    /* A NULL key would be none at all. */
    must(context != NULL && EVP_MAC_init(context, key.size ? key.data : "", key.size, params), "HMAC");
    EVP_MAC_free(hmac);
    return (struct crypto_hmac *)context;
}

void crypto_hmac_free(struct crypto_hmac *hmac)
{
    EVP_MAC_CTX_free((EVP_MAC_CTX *)hmac);
}

void crypto_hmac_sha256(struct crypto_hmac *hmac, const struct bytes *parts, size_t count, uint8_t mac[SHA256_SIZE])
{
    EVP_MAC_CTX *context = (EVP_MAC_CTX *)hmac;
    size_t size;

    must(EVP_MAC_init(context, NULL, 0, NULL), "HMAC"); /* once more with the same key */
    for (size_t i = 0; i < count; i++)
        must(EVP_MAC_update(context, parts[i].data, parts[i].size), "HMAC");
    must(EVP_MAC_final(context, mac, &size, SHA256_SIZE), "HMAC");
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

    while (size > 0) { /* libcrypto counts in int */
        int part = size > 1 << 20 ? 1 << 20 : (int)size;

        must(RAND_bytes(at, part), "no randomness");
        at += part;
        size -= (size_t)part;
    }
}
