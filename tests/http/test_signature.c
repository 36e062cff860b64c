/*
 * test_signature.c - published vectors, and everything a sender or a forger may get wrong.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/signature.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The vector that the Standard Webhooks libraries test themselves with. */
#define SECRET          "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define OTHER_SECRET    "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
#define ID              "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define TIMESTAMP       "1614265330"
#define BODY            "{\"test\": 2432232314}"
#define SIGNATURE       "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
#define SIGNED_AT_MS    INT64_C(1614265330000)
#define TOLERANCE_MS    INT64_C(300000)

#define PINPOINT_SECRET "topsecret"
#define PINPOINT_BODY                                                                                                  \
    "{\"event\":\"application_hired\",\"triggeredAt\":1614687278,\"data\":{\"application\":{\"id\":1},\"job\":{"       \
    "\"id\":1}}}"
#define PINPOINT_SIGNATURE "ETUAIFf3WHi6a8ks/apOLwpQlIsROu2mesSB+hc4D/Y="

/* A delivery as it arrives. A header that is NULL is absent, or was sent twice. */
struct delivery {
    const char *id, *timestamp, *signature, *body;
};

static const char *header(void *arg, const char *name)
{
    const struct delivery *delivery = arg;

    if (strcmp(name, "webhook-id") == 0)
        return delivery->id;
    if (strcmp(name, "webhook-timestamp") == 0)
        return delivery->timestamp;
    if (strcmp(name, "webhook-signature") == 0 || strcmp(name, "PINPOINT-HMAC-SHA256") == 0)
        return delivery->signature;
    fail_msg("no scheme has a header %s", name);
    return NULL;
}

static struct signature_key *key_of(const char *scheme, const char *secret)
{
    struct error err = {0};
    struct signature_key *key = signature_key_new(signature_scheme_named(scheme), secret, &err);

    if (!key)
        fail_msg("%s", err.text);
    return key;
}

static bool verify_at(int64_t now_ms, struct delivery delivery, const char *const *secrets, struct error *err)
{
    struct signature_key *keys[SIGNATURE_SECRETS_MAX];
    size_t count = 0;
    struct signature_input input = {
        .header = header,
        .arg = &delivery,
        .body = delivery.body,
        .body_size = strlen(delivery.body),
        .now_ms = now_ms,
        .tolerance_ms = TOLERANCE_MS,
    };

    for (; secrets[count]; count++)
        keys[count] = key_of("standard-webhooks", secrets[count]);
    bool is_genuine = signature_verify(signature_scheme_named("standard-webhooks"), keys, count, &input, err);
    for (size_t i = 0; i < count; i++)
        signature_key_free(keys[i]);
    return is_genuine;
}

static bool verify(struct delivery delivery, struct error *err)
{
    return verify_at(SIGNED_AT_MS, delivery, (const char *const[]){SECRET, NULL}, err);
}

static bool verify_pinpoint(const char *secret, const char *signature, const char *body, struct error *err)
{
    struct delivery delivery = {.signature = signature, .body = body};
    struct signature_input input = {
        .header = header,
        .arg = &delivery,
        .body = body,
        .body_size = strlen(body),
        .now_ms = SIGNED_AT_MS,
    };

    struct signature_key *key = key_of("pinpoint", secret);
    bool is_genuine = signature_verify(signature_scheme_named("pinpoint"), &key, 1, &input, err);
    signature_key_free(key);
    return is_genuine;
}

static void the_published_standard_webhooks_vector_is_genuine(void **state)
{
    struct error err = {0};

    (void)state;
    assert_true(verify((struct delivery){ID, TIMESTAMP, SIGNATURE, BODY}, &err));
}

static void the_pinpoint_vector_is_genuine(void **state)
{
    struct error err = {0};

    (void)state;
    assert_true(verify_pinpoint(PINPOINT_SECRET, PINPOINT_SIGNATURE, PINPOINT_BODY, &err));
}

static void any_of_several_signatures_may_match(void **state)
{
    static const char *const headers[] = {
        "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= " SIGNATURE,
        SIGNATURE " v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== " SIGNATURE,
        "  " SIGNATURE "  ",
        "nonsense v2,x , v1, " SIGNATURE,
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 " SIGNATURE,
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        struct error err = {0};

        if (!verify((struct delivery){ID, TIMESTAMP, headers[i], BODY}, &err))
            fail_msg("\"%s\": %s", headers[i], err.text);
    }
}

static void signatures_behind_the_sixteenth_are_not_looked_at(void **state)
{
    struct error err = {0};

    (void)state;
    assert_false(
        verify((struct delivery){ID, TIMESTAMP, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 " SIGNATURE, BODY}, &err));
    assert_string_equal(err.text, "no signature matches");
}

static void any_of_several_secrets_may_match(void **state)
{
    static const struct delivery genuine = {ID, TIMESTAMP, SIGNATURE, BODY};
    struct error err = {0};

    (void)state;
    assert_true(verify_at(SIGNED_AT_MS, genuine, (const char *const[]){OTHER_SECRET, SECRET, NULL}, &err));
    assert_true(verify_at(SIGNED_AT_MS, genuine, (const char *const[]){SECRET, OTHER_SECRET, NULL}, &err));
    assert_false(verify_at(SIGNED_AT_MS, genuine, (const char *const[]){OTHER_SECRET, NULL}, &err));
    assert_false(verify_at(SIGNED_AT_MS, genuine, (const char *const[]){NULL}, &err));
}

static void a_signature_that_does_not_fit_is_refused(void **state)
{
    static const struct delivery deliveries[] = {
        {ID, TIMESTAMP, SIGNATURE, "{\"test\": 2432232315}"},
        {ID, TIMESTAMP, SIGNATURE, ""},
        {ID "x", TIMESTAMP, SIGNATURE, BODY},
        {ID, "1614265331", SIGNATURE, BODY},
        {ID, "01614265330", SIGNATURE, BODY},
        {ID, TIMESTAMP, "v1,", BODY},
        {ID, TIMESTAMP, " ", BODY},
        {ID, TIMESTAMP, "v1,f0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", BODY},
        {ID, TIMESTAMP, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=", BODY},
        {ID, TIMESTAMP, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE", BODY},
        {ID, TIMESTAMP, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE==", BODY},
        {ID, TIMESTAMP, "v1,g0hM9SsE-OTPJTGt_tmIKtSyZlE3uFJELVlNIOLJ1OE=", BODY},
        {ID, TIMESTAMP, "v1,83484cf52b04f8e4cf2531adfed9882ad4b2665137b852442d594d20e2c9d4e1", BODY},
        {ID, TIMESTAMP, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", BODY},
        {ID, TIMESTAMP, "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", BODY},
        {ID, TIMESTAMP, "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", BODY},
        {ID, TIMESTAMP, "V1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", BODY},
        {ID, TIMESTAMP, "v1, g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", BODY},
        {ID, TIMESTAMP, SIGNATURE ",", BODY},
        {ID, TIMESTAMP, SIGNATURE "," SIGNATURE, BODY},
        {ID, TIMESTAMP, "\t" SIGNATURE, BODY},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(deliveries); i++) {
        struct error err = {0};

        if (verify(deliveries[i], &err))
            fail_msg("row %zu was taken for genuine", i);
        assert_int_equal(err.kind, ERROR_REFUSED);
        assert_string_equal(err.text, "no signature matches");
    }
}

static void a_header_that_is_absent_or_doubled_is_refused(void **state)
{
    static const struct delivery deliveries[] = {
        {NULL, TIMESTAMP, SIGNATURE, BODY}, {ID, NULL, SIGNATURE, BODY}, {ID, TIMESTAMP, NULL, BODY},
        {"", TIMESTAMP, SIGNATURE, BODY},   {ID, "", SIGNATURE, BODY},   {ID, TIMESTAMP, "", BODY},
        {NULL, NULL, NULL, BODY},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(deliveries); i++) {
        struct error err = {0};

        assert_false(verify(deliveries[i], &err));
        assert_string_equal(err.text, "a signature header is missing, empty or given more than once");
    }
}

static void a_timestamp_that_is_no_number_of_seconds_is_refused(void **state)
{
    static const char *const timestamps[] = {
        "x",
        "-1614265330",
        "+1614265330",
        "1614265330.0",
        "1614265330 ",
        " 1614265330",
        "1e9",
        "0x6037BD32",
        "1614265330,",
        "2021-02-25",
        "\t",
        "1614265330\n",
        "NaN",
        "1234567890123",
        "9223372036854775808",
        "99999999999999999999999999999999999999999999999",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(timestamps); i++) {
        struct error err = {0};

        assert_false(verify((struct delivery){ID, timestamps[i], SIGNATURE, BODY}, &err));
        assert_string_equal(err.text, "the timestamp is not a number of seconds");
    }
}

static void an_id_of_any_length_is_refused(void **state)
{
    char id[300];
    struct error err = {0};

    (void)state;
    memset(id, 'x', sizeof(id) - 1);
    id[sizeof(id) - 1] = '\0';
    assert_false(verify((struct delivery){id, TIMESTAMP, SIGNATURE, BODY}, &err));
    assert_string_equal(err.text, "the id is too long");
}

static void a_signature_is_good_for_the_tolerance_and_no_longer(void **state)
{
    static const struct {
        int64_t late_ms;
        bool is_taken;
    } moments[] = {
        {0, true},        {1000, true},      {TOLERANCE_MS - 1000, true}, {TOLERANCE_MS, true},
        {-1000, true},    {-300000, true},   {TOLERANCE_MS + 1, false},   {-TOLERANCE_MS - 1, false},
        {3600000, false}, {90000000, false}, {-SIGNED_AT_MS, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(moments); i++) {
        struct error err = {0};
        bool is_taken = verify_at(SIGNED_AT_MS + moments[i].late_ms, (struct delivery){ID, TIMESTAMP, SIGNATURE, BODY},
                                  (const char *const[]){SECRET, NULL}, &err);

        if (is_taken != moments[i].is_taken)
            fail_msg("%lld ms late: %s", (long long)moments[i].late_ms, is_taken ? "taken" : err.text);
        if (!is_taken)
            assert_string_equal(err.text, "the timestamp is too far from now");
    }
}

static void an_old_forgery_is_called_a_forgery(void **state)
{
    struct error err = {0};

    (void)state;
    assert_false(verify_at(SIGNED_AT_MS + 2 * TOLERANCE_MS, (struct delivery){ID, TIMESTAMP, "v1,x", BODY},
                           (const char *const[]){SECRET, NULL}, &err));
    assert_string_equal(err.text, "no signature matches");
}

static void a_pinpoint_signature_is_the_whole_header(void **state)
{
    static const char *const signatures[] = {
        "",
        "ETUAIFf3WHi6a8ks/apOLwpQlIsROu2mesSB+hc4D/Y",
        " " PINPOINT_SIGNATURE,
        PINPOINT_SIGNATURE " ",
        PINPOINT_SIGNATURE " " PINPOINT_SIGNATURE,
        "sha256=" PINPOINT_SIGNATURE,
        "v1," PINPOINT_SIGNATURE,
        "etuaiff3whi6a8ks/apolwpqliSROu2mesSB+hc4D/Y=",
        "1135002057f75878ba6bc92cfdaa4e2f0a50948b113aeda67ac481fa17380ff6",
    };
    struct error err = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(signatures); i++)
        assert_false(verify_pinpoint(PINPOINT_SECRET, signatures[i], PINPOINT_BODY, &err));
    assert_false(verify_pinpoint(PINPOINT_SECRET, PINPOINT_SIGNATURE, PINPOINT_BODY "\n", &err));
    assert_false(verify_pinpoint("topsecreT", PINPOINT_SIGNATURE, PINPOINT_BODY, &err));
}

static void a_secret_must_have_the_form_of_its_scheme(void **state)
{
    static const struct {
        const char *scheme, *secret;
        bool is_good;
    } secrets[] = {
        {"standard-webhooks", SECRET, true},
        {"standard-webhooks", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", true},
        {"standard-webhooks",
         "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", true},
        {"standard-webhooks", "", false},
        {"standard-webhooks", "whsec_", false},
        {"standard-webhooks", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false},
        {"standard-webhooks", "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false},
        {"standard-webhooks", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", false},
        {"standard-webhooks", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw ", false},
        {"standard-webhooks", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLQ==", false},
        {"standard-webhooks",
         "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false},
        {"pinpoint", PINPOINT_SECRET, true},
        {"pinpoint", "12345678", true},
        {"pinpoint", "1234567", false},
        {"pinpoint", "", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(secrets); i++) {
        struct error err = {0};
        struct signature_key *key =
            signature_key_new(signature_scheme_named(secrets[i].scheme), secrets[i].secret, &err);

        if ((key != NULL) != secrets[i].is_good)
            fail_msg("%s \"%s\": %s", secrets[i].scheme, secrets[i].secret, key ? "taken" : err.text);
        signature_key_free(key);
    }
}

static void what_is_wrong_with_a_secret_is_said_without_the_secret(void **state)
{
    struct error err = {0};

    (void)state;
    assert_null(signature_key_new(signature_scheme_named("standard-webhooks"), "hunter2", &err));
    assert_int_equal(err.kind, ERROR_INVALID);
    assert_string_equal(err.text,
                        "a secret of scheme standard-webhooks is \"whsec_\" and the base64 of 24 to 64 bytes");
}

static void signing_adds_the_headers_that_verify(void **state)
{
    struct signature_key *standard = key_of("standard-webhooks", SECRET);
    struct signature_key *pinpoint = key_of("pinpoint", PINPOINT_SECRET);
    struct buf out;

    (void)state;
    buf_init(&out, 1000);
    signature_sign(standard, ID, SIGNED_AT_MS + 999, BODY, strlen(BODY), &out);
    assert_string_equal(out.data,
                        "webhook-id: " ID "\nwebhook-timestamp: " TIMESTAMP "\nwebhook-signature: " SIGNATURE "\n");
    buf_reset(&out);
    signature_sign(pinpoint, "unused", SIGNED_AT_MS, PINPOINT_BODY, strlen(PINPOINT_BODY), &out);
    assert_string_equal(out.data, "PINPOINT-HMAC-SHA256: " PINPOINT_SIGNATURE "\n");
    buf_reset(&out);
    signature_sign(standard, ID, SIGNED_AT_MS, BODY, strlen(BODY), &out); /* a key signs more than once */
    assert_non_null(strstr(out.data, SIGNATURE));
    buf_clear(&out);
    signature_key_free(standard);
    signature_key_free(pinpoint);
}

static void every_scheme_that_is_named_exists(void **state)
{
    char *names = mem_string(signature_scheme_names());
    char *rest = names;

    (void)state;
    for (char *name; (name = strsep(&rest, ","));) {
        name += strspn(name, " ");
        assert_non_null(signature_scheme_named(name));
        assert_string_equal(signature_scheme_name(signature_scheme_named(name)), name);
    }
    mem_free(names);
    assert_null(signature_scheme_named("none"));
    assert_null(signature_scheme_named(""));
    assert_string_equal(signature_id_header(signature_scheme_named("standard-webhooks")), "webhook-id");
    assert_null(signature_id_header(signature_scheme_named("pinpoint")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_standard_webhooks_vector_is_genuine),
        cmocka_unit_test(the_pinpoint_vector_is_genuine),
        cmocka_unit_test(any_of_several_signatures_may_match),
        cmocka_unit_test(signatures_behind_the_sixteenth_are_not_looked_at),
        cmocka_unit_test(any_of_several_secrets_may_match),
        cmocka_unit_test(a_signature_that_does_not_fit_is_refused),
        cmocka_unit_test(a_header_that_is_absent_or_doubled_is_refused),
        cmocka_unit_test(a_timestamp_that_is_no_number_of_seconds_is_refused),
        cmocka_unit_test(an_id_of_any_length_is_refused),
        cmocka_unit_test(a_signature_is_good_for_the_tolerance_and_no_longer),
        cmocka_unit_test(an_old_forgery_is_called_a_forgery),
        cmocka_unit_test(a_pinpoint_signature_is_the_whole_header),
        cmocka_unit_test(a_secret_must_have_the_form_of_its_scheme),
        cmocka_unit_test(what_is_wrong_with_a_secret_is_said_without_the_secret),
        cmocka_unit_test(signing_adds_the_headers_that_verify),
        cmocka_unit_test(every_scheme_that_is_named_exists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
