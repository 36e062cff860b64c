/*
 * signature.c - the table of signature schemes, and the one way to sign and verify by it.
 *
 * The receiver verifies, the deliver action and the sandbox sign. Nothing that a sender controls decides how much is
 * allocated, or how many comparisons of secret bytes are made: signatures are compared as text, so theirs is never
 * decoded.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/signature.h"

#include "base/crypto.h"
#include "base/mem.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    ID_SIZE_MAX = 256,
    TIMESTAMP_DIGITS_MAX = 12, /* until the year 33658 */
    SIGNATURES_MAX = 16,       /* in one header; those behind them are not looked at */
    KEY_SIZE_MAX = 512,
    MAC_TEXT_SIZE = 44, /* 32 bytes in base64 */
    PREFIX_SIZE_MAX = 8,
};

struct signature_scheme {
    const char *name;
    const char *signature_header;
    const char *signature_prefix; /* before the base64 of each signature */
    const char *id_header;        /* with timestamp_header: what is signed is "<id>.<timestamp>.<body>" */
    const char *timestamp_header; /* both NULL: what is signed is the body */
    const char *secret_prefix;    /* behind it a key of key_size_min to key_size_max bytes, in base64 or as it is */
    bool is_key_base64;
    size_t key_size_min, key_size_max;
    const char *secret_form; /* the same for people */
};

/* Every scheme. To add one of these shapes, add its row and its name to SCHEME_NAMES, its test vector to
 * tests/http/test_signature.c and its line to signature.h. */
static const struct signature_scheme schemes[] = {
    {
        .name = "standard-webhooks",
        .signature_header = "webhook-signature",
        .signature_prefix = "v1,",
        .id_header = "webhook-id",
        .timestamp_header = "webhook-timestamp",
        .secret_prefix = "whsec_",
        .is_key_base64 = true,
        .key_size_min = 24,
        .key_size_max = 64,
        .secret_form = "\"whsec_\" and the base64 of 24 to 64 bytes",
    },
    {
        .name = "pinpoint",
        .signature_header = "PINPOINT-HMAC-SHA256",
        .signature_prefix = "",
        .secret_prefix = "",
        .key_size_min = 8,
        .key_size_max = KEY_SIZE_MAX,
        .secret_form = "8 to 512 bytes",
    },
};

#define SCHEME_NAMES "standard-webhooks, pinpoint"

struct signature_key {
    const struct signature_scheme *scheme;
    struct crypto_hmac *hmac;
};

/* What a request says of itself, "" for what it does not say, and the first thing that is wrong with that. */
struct claim {
    const char *id, *timestamp, *signatures;
    int64_t at_ms;
    const char *flaw; /* NULL when there is none */
};

/* The bytes a signature is made over. */
struct content {
    struct bytes parts[5];
    size_t count;
};

/* A signature as it stands in the header: prefix and base64. */
struct signature_text {
    char text[PREFIX_SIZE_MAX + MAC_TEXT_SIZE + 1];
    size_t size;
};

const struct signature_scheme *signature_scheme_named(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        if (strcmp(schemes[i].name, name) == 0)
            return &schemes[i];
    return NULL;
}

const char *signature_scheme_name(const struct signature_scheme *scheme)
{
    return scheme->name;
}

const char *signature_scheme_names(void)
{
    return SCHEME_NAMES;
}

const char *signature_id_header(const struct signature_scheme *scheme)
{
    return scheme->id_header;
}

/* Adds the key inside secret to key; adds nothing, and returns false, when it does not have the scheme's form. */
static bool read_key(const struct signature_scheme *scheme, const char *secret, struct buf *key)
{
    size_t prefix_size = strlen(scheme->secret_prefix);

    if (strncmp(secret, scheme->secret_prefix, prefix_size) != 0)
        return false;
    secret += prefix_size;
    if (!scheme->is_key_base64)
        buf_add_string(key, secret);
    else if (!crypto_base64_decode(secret, strlen(secret), key))
        return false;
    return !key->overflow && key->size >= scheme->key_size_min && key->size <= scheme->key_size_max;
}

struct signature_key *signature_key_new(const struct signature_scheme *scheme, const char *secret, struct error *err)
{
    struct signature_key *key = NULL;
    struct buf bytes;

    buf_init(&bytes, KEY_SIZE_MAX);
    if (read_key(scheme, secret, &bytes)) {
        key = mem_new(sizeof(*key));
        key->scheme = scheme;
        key->hmac = crypto_hmac_new((struct bytes){bytes.data, bytes.size});
    } else {
        error_set(err, ERROR_INVALID, "a secret of scheme %s is %s", scheme->name, scheme->secret_form);
    }
    crypto_wipe(bytes.data, bytes.size);
    buf_clear(&bytes);
    return key;
}

void signature_key_free(struct signature_key *key)
{
    if (!key)
        return;
    crypto_hmac_free(key->hmac);
    mem_free(key);
}

static struct bytes bytes_of(const char *text)
{
    return (struct bytes){text, strlen(text)};
}

static struct content content_of(const struct signature_scheme *scheme, const char *id, const char *timestamp,
                                 struct bytes body)
{
    if (!scheme->id_header)
        return (struct content){.parts = {body}, .count = 1};
    return (struct content){
        .parts = {bytes_of(id), bytes_of("."), bytes_of(timestamp), bytes_of("."), body},
        .count = 5,
    };
}

/* The signature of content by key. */
static void make_signature(const struct signature_key *key, const struct content *content,
                           struct signature_text *signature)
{
    uint8_t mac[SHA256_SIZE];
    struct buf text;

    crypto_hmac_sha256(key->hmac, content->parts, content->count, mac);
    buf_init(&text, sizeof(signature->text) - 1);
    buf_add_string(&text, key->scheme->signature_prefix);
    crypto_base64_encode(mac, sizeof(mac), &text);
    *signature = (struct signature_text){.size = text.size};
    memcpy(signature->text, text.data, signature->size);
    buf_clear(&text);
}

/* Whether one of the signatures in header is the expected one. Looks at all of them, whatever it finds. */
static bool carries(const struct signature_scheme *scheme, const char *header, const struct signature_text *expected)
{
    bool is_found = false;

    if (!scheme->id_header)
        return crypto_equal(header, strlen(header), expected->text, expected->size);
    for (int i = 0; i < SIGNATURES_MAX && *header; i++) {
        size_t size = strcspn(header, " ");

        is_found |= size > 0 && crypto_equal(header, size, expected->text, expected->size);
        header += size;
        header += strspn(header, " ");
    }
    return is_found;
}

/* Seconds since 1970 in plain digits. */
static bool read_timestamp(const char *text, int64_t *at_ms)
{
    size_t size = strspn(text, "0123456789");
    int64_t seconds = 0;

    if (size == 0 || size > TIMESTAMP_DIGITS_MAX || text[size])
        return false;
    for (size_t i = 0; i < size; i++)
        seconds = seconds * 10 + (text[i] - '0');
    *at_ms = seconds * 1000;
    return true;
}

/* The value of a header, or "". */
static const char *value_of(const struct signature_input *input, const char *name, struct claim *claim)
{
    const char *value = input->header(input->arg, name);

    if (value && *value)
        return value;
    if (!claim->flaw)
        claim->flaw = "a signature header is missing, empty or given more than once";
    return "";
}

static void read_claim(const struct signature_scheme *scheme, const struct signature_input *input, struct claim *claim)
{
    *claim = (struct claim){.id = "", .timestamp = "", .at_ms = input->now_ms};
    claim->signatures = value_of(input, scheme->signature_header, claim);
    if (!scheme->id_header)
        return;
    claim->id = value_of(input, scheme->id_header, claim);
    claim->timestamp = value_of(input, scheme->timestamp_header, claim);
    if (!claim->flaw && strnlen(claim->id, ID_SIZE_MAX + 1) > ID_SIZE_MAX)
        claim->flaw = "the id is too long";
    if (!claim->flaw && !read_timestamp(claim->timestamp, &claim->at_ms))
        claim->flaw = "the timestamp is not a number of seconds";
}

static bool is_near(int64_t at_ms, const struct signature_input *input)
{
    int64_t distance_ms = at_ms > input->now_ms ? at_ms - input->now_ms : input->now_ms - at_ms;

    return distance_ms <= input->tolerance_ms;
}

/* All of it is computed before anything is decided, so that a refusal costs the same whatever its reason. */
bool signature_verify(const struct signature_scheme *scheme, struct signature_key *const *keys, size_t count,
                      const struct signature_input *input, struct error *err)
{
    struct signature_text expected;
    struct content content;
    struct claim claim;
    bool is_genuine = false;

    assert(count <= SIGNATURE_SECRETS_MAX);
    read_claim(scheme, input, &claim);
    content = content_of(scheme, claim.id, claim.timestamp, (struct bytes){input->body, input->body_size});
    for (size_t i = 0; i < count; i++) {
        make_signature(keys[i], &content, &expected);
        is_genuine |= carries(scheme, claim.signatures, &expected);
    }
    if (claim.flaw)
        return error_set(err, ERROR_REFUSED, "%s", claim.flaw);
    if (!is_genuine)
        return error_set(err, ERROR_REFUSED, "no signature matches");
    if (scheme->id_header && !is_near(claim.at_ms, input))
        return error_set(err, ERROR_REFUSED, "the timestamp is too far from now");
    return true;
}

void signature_sign(struct signature_key *key, const char *id, int64_t now_ms, const char *body, size_t body_size,
                    struct buf *out)
{
    const struct signature_scheme *scheme = key->scheme;
    struct signature_text signature;
    struct content content;
    char timestamp[24];

    snprintf(timestamp, sizeof(timestamp), "%lld", (long long)now_ms / 1000);
    content = content_of(scheme, id, timestamp, (struct bytes){body, body_size});
    make_signature(key, &content, &signature);
    if (scheme->id_header) {
        buf_addf(out, "%s: %s\n", scheme->id_header, id);
        buf_addf(out, "%s: %s\n", scheme->timestamp_header, timestamp);
    }
    buf_addf(out, "%s: %.*s\n", scheme->signature_header, (int)signature.size, signature.text);
}
