/*
 * test_crypto.c - published vectors, and that decoding takes nothing but the standard's form.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crypto.h"

#include "base/mem.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_hex(const void *bytes, size_t size, const char *expected)
{
    struct buf hex;

    buf_init(&hex, 1000);
    crypto_hex_encode(bytes, size, &hex);
    assert_string_equal(hex.data, expected);
    buf_clear(&hex);
}

/* count bytes of one value, at most 200. */
static struct bytes bytes_of(uint8_t value, size_t count, uint8_t *memory)
{
    struct bytes bytes = {memory, count};

    memset(memory, value, count);
    return bytes;
}

static struct bytes text_bytes(const char *text)
{
    struct bytes bytes = {text, strlen(text)};

    return bytes;
}

static void assert_hmac(struct bytes key, struct bytes data, const char *expected)
{
    struct crypto_hmac *hmac = crypto_hmac_new(key);
    uint8_t mac[SHA256_SIZE];

    for (int again = 0; again < 3; again++) {
        crypto_hmac_sha256(hmac, &data, 1, mac);
        assert_hex(mac, sizeof(mac), expected);
    }
    crypto_hmac_free(hmac);
}

/* Test cases 1 to 4, 6 and 7; case 5 is about a truncated code, which nobody here makes. */
static void hmac_gives_the_vectors_of_rfc_4231(void **state)
{
    uint8_t key[200], data[200], counting[25];

    (void)state;
    for (size_t i = 0; i < sizeof(counting); i++)
        counting[i] = (uint8_t)(i + 1);
    assert_hmac(bytes_of(0x0b, 20, key), text_bytes("Hi There"),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_hmac(text_bytes("Jefe"), text_bytes("what do ya want for nothing?"),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_hmac(bytes_of(0xaa, 20, key), bytes_of(0xdd, 50, data),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    assert_hmac((struct bytes){counting, sizeof(counting)}, bytes_of(0xcd, 50, data),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    assert_hmac(bytes_of(0xaa, 131, key), text_bytes("Test Using Larger Than Block-Size Key - Hash Key First"),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    assert_hmac(bytes_of(0xaa, 131, key),
                text_bytes("This is a test using a larger than block-size key and a larger than block-size data. "
                           "The key needs to be hashed before being used by the HMAC algorithm."),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

static void hmac_takes_an_empty_key_and_no_data(void **state)
{
    static const char expected[] = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
    struct crypto_hmac *other = crypto_hmac_new(text_bytes("a key of another call"));

    (void)state;
    assert_hmac((struct bytes){NULL, 0}, (struct bytes){NULL, 0}, expected);
    assert_hmac(text_bytes(""), (struct bytes){NULL, 0}, expected);
    crypto_hmac_free(other);
    crypto_hmac_free(NULL);
}

static void parts_count_as_one_text(void **state)
{
    const struct bytes parts[] = {{"what do ", 8}, {"", 0}, {"ya want", 7}, {NULL, 0}, {" for nothing?", 13}};
    const struct bytes whole = text_bytes("what do ya want for nothing?");
    struct crypto_hmac *jefe = crypto_hmac_new(text_bytes("Jefe"));
    uint8_t a[SHA256_SIZE], b[SHA256_SIZE];

    (void)state;
    crypto_hmac_sha256(jefe, parts, COUNT_OF(parts), a);
    crypto_hmac_sha256(jefe, &whole, 1, b);
    crypto_hmac_free(jefe);
    assert_memory_equal(a, b, sizeof(a));
    crypto_sha256(parts, COUNT_OF(parts), a);
    crypto_sha256(&whole, 1, b);
    assert_memory_equal(a, b, sizeof(a));
}

static void sha256_gives_the_vectors_of_fips_180(void **state)
{
    const struct bytes abc = text_bytes("abc");
    const struct bytes two_blocks = text_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
    uint8_t digest[SHA256_SIZE];

    (void)state;
    crypto_sha256(NULL, 0, digest);
    assert_hex(digest, sizeof(digest), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    crypto_sha256(&abc, 1, digest);
    assert_hex(digest, sizeof(digest), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    crypto_sha256(&two_blocks, 1, digest);
    assert_hex(digest, sizeof(digest), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void equal_means_the_same_bytes_and_size(void **state)
{
    (void)state;
    assert_true(crypto_equal("abc", 3, "abc", 3));
    assert_true(crypto_equal("", 0, "x", 0));
    assert_true(crypto_equal("a\0b", 3, "a\0b", 3));
    assert_false(crypto_equal("a\0b", 3, "a\0c", 3));
    assert_false(crypto_equal("abc", 3, "abd", 3));
    assert_false(crypto_equal("abc", 3, "xbc", 3));
    assert_false(crypto_equal("abc", 3, "abc", 2));
    assert_false(crypto_equal("", 0, "a", 1));
}

/* RFC 4648, section 10. */
static const struct {
    const char *plain;
    const char *base64;
    const char *hex;
} encodings[] = {
    {"", "", ""},
    {"f", "Zg==", "66"},
    {"fo", "Zm8=", "666f"},
    {"foo", "Zm9v", "666f6f"},
    {"foob", "Zm9vYg==", "666f6f62"},
    {"fooba", "Zm9vYmE=", "666f6f6261"},
    {"foobar", "Zm9vYmFy", "666f6f626172"},
};

static void encodings_give_the_vectors_of_rfc_4648(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 100);
    for (size_t i = 0; i < COUNT_OF(encodings); i++) {
        assert_hex(encodings[i].plain, strlen(encodings[i].plain), encodings[i].hex);

        buf_reset(&out);
        crypto_base64_encode(encodings[i].plain, strlen(encodings[i].plain), &out);
        assert_string_equal(out.data, encodings[i].base64);

        buf_reset(&out);
        assert_true(crypto_base64_decode(encodings[i].base64, strlen(encodings[i].base64), &out));
        assert_string_equal(out.data, encodings[i].plain);
    }
    buf_clear(&out);
}

static void all_bytes_survive_base64(void **state)
{
    uint8_t bytes[256];
    struct buf text, back;

    (void)state;
    buf_init(&text, 1000);
    buf_init(&back, 1000);
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(255 - i);
    for (size_t size = 0; size <= sizeof(bytes); size++) {
        buf_reset(&text);
        buf_reset(&back);
        crypto_base64_encode(bytes, size, &text);
        assert_true(crypto_base64_decode(text.data, text.size, &back));
        assert_true(crypto_equal(back.data, back.size, bytes, size));
    }
    buf_clear(&text);
    buf_clear(&back);
}

static void decoding_appends_nothing_when_it_refuses(void **state)
{
    static const char *const texts[] = {
        "Z",     "Zg",   "Zg=",      "Zm9vYg",           "=",        "====",     "Z===",     "Zg==Zg==",
        "Zm9=v", "Zm=v", "=Zg=",     "Zm9v\n",           " Zm9v",    "Zm9vZm 9", "Zm9vZ-8=", "Zm9v__8=",
        "Zh==",  "Zm9=", "Zm9v====", "\xff\xff\xff\xff", "Zm9vYg=a",
    };
    struct buf out;

    (void)state;
    buf_init(&out, 100);
    buf_add_string(&out, "kept");
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (crypto_base64_decode(texts[i], strlen(texts[i]), &out))
            fail_msg("decoded: \"%s\"", texts[i]);
        assert_string_equal(out.data, "kept");
    }
    assert_false(crypto_base64_decode("Zm\0v", 4, &out));
    buf_clear(&out);
}

static void random_bytes_fill_the_whole_memory(void **state)
{
    uint8_t a[64] = {0}, b[64] = {0}, last = 0;

    (void)state;
    for (int tries = 0; tries < 20; tries++) {
        crypto_random(a, sizeof(a));
        crypto_random(b, sizeof(b));
        assert_memory_not_equal(a, b, sizeof(a));
        last |= a[63];
    }
    assert_int_not_equal(last, 0);
    crypto_random(a, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hmac_gives_the_vectors_of_rfc_4231),
        cmocka_unit_test(hmac_takes_an_empty_key_and_no_data),
        cmocka_unit_test(parts_count_as_one_text),
        cmocka_unit_test(sha256_gives_the_vectors_of_fips_180),
        cmocka_unit_test(equal_means_the_same_bytes_and_size),
        cmocka_unit_test(encodings_give_the_vectors_of_rfc_4648),
        cmocka_unit_test(all_bytes_survive_base64),
        cmocka_unit_test(decoding_appends_nothing_when_it_refuses),
        cmocka_unit_test(random_bytes_fill_the_whole_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
