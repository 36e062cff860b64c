/*
 * signature.h - how webhooks are signed: one row a scheme, verifying and signing from the same facts.
 *
 * standard-webhooks  webhook-id, webhook-timestamp, webhook-signature "v1,<base64>" over "<id>.<timestamp>.<body>",
 *                    several signatures separated by spaces; secrets are base64 behind "whsec_" (standardwebhooks.com)
 * pinpoint           PINPOINT-HMAC-SHA256: base64 of HMAC-SHA256 over the raw body (Pinpoint's developer documentation)
 *
 * Verification looks at nothing but headers and bytes, costs the same whatever is wrong, and says one of the
 * reasons below, which may be logged but should not be told to the sender.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define SIGNATURE_SECRETS_MAX 8

struct signature_scheme;
struct signature_key; /* a secret, made ready to sign and verify with */

/* The scheme of that name, or NULL. */
const struct signature_scheme *signature_scheme_named(const char *name);
const char *signature_scheme_name(const struct signature_scheme *scheme);

/* "standard-webhooks, pinpoint": for messages. */
const char *signature_scheme_names(void);

/* NULL when secret has not the form that scheme asks for ("whsec_" + base64 of 24 to 64 bytes; any 8 bytes or more). */
MUST_CHECK struct signature_key *signature_key_new(const struct signature_scheme *scheme, const char *secret,
                                                   struct error *err);
void signature_key_free(struct signature_key *key); /* takes NULL */

/* What a request said. */
typedef const char *signature_header_fn(void *arg, const char *name); /* NULL when absent or given more than once */

struct signature_input {
    signature_header_fn *header;
    void *arg;
    const char *body;
    size_t body_size;
    int64_t now_ms;
    int64_t tolerance_ms; /* how far a signed timestamp may be from now, either way; schemes without one ignore it */
};

/* True when one of the count keys, all of that scheme, made one of the signatures. err->kind is ERROR_REFUSED
 * otherwise. */
MUST_CHECK bool signature_verify(const struct signature_scheme *scheme, struct signature_key *const *keys, size_t count,
                                 const struct signature_input *input, struct error *err);

/* The header lines ("Name: value\n" each) that a sender would add for body, appended to out. id is the delivery's. */
void signature_sign(struct signature_key *key, const char *id, int64_t now_ms, const char *body, size_t body_size,
                    struct buf *out);

/* The header that carries the sender's delivery id, or NULL when the scheme has none. */
const char *signature_id_header(const struct signature_scheme *scheme);
