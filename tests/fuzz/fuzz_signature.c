/*
 * fuzz_signature.c - any bytes as the headers and body of a signed delivery: none may be taken for genuine.
 *
 * The input is cut at its first four NULs into id, timestamp, signature and body; a part that is "-" is absent.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/signature.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define NOW_MS INT64_C(1614265330000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const headers[] = {"webhook-id", "webhook-timestamp", "webhook-signature"};
static const char *const secrets[] = {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                                      "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"};

struct parts {
    const char *header[COUNT_OF(headers)];
    const char *body;
    size_t body_size;
};

static void cut(const char *text, size_t size, struct parts *parts)
{
    const char *end = text + size;

    for (size_t i = 0; i < COUNT_OF(parts->header); i++) {
        parts->header[i] = strcmp(text, "-") == 0 ? NULL : text;
        text += strlen(text);
        if (text < end)
            text++;
    }
    parts->body = text;
    parts->body_size = (size_t)(end - text);
}

static const char *header(void *arg, const char *name)
{
    const struct parts *parts = arg;

    for (size_t i = 0; i < COUNT_OF(headers); i++)
        if (strcmp(headers[i], name) == 0)
            return parts->header[i];
    return parts->header[COUNT_OF(headers) - 1];
}

static void try(const char *name, struct parts *parts)
{
    const struct signature_scheme *scheme = signature_scheme_named(name);
    struct signature_key *keys[COUNT_OF(secrets)];
    struct signature_input input = {
        .header = header,
        .arg = parts,
        .body = parts->body,
        .body_size = parts->body_size,
        .now_ms = NOW_MS,
        .tolerance_ms = 300000,
    };
    struct error err = {0};

    for (size_t i = 0; i < COUNT_OF(secrets); i++)
        keys[i] = signature_key_new(scheme, secrets[i], &err);
    if (signature_verify(scheme, keys, COUNT_OF(keys), &input, &err))
        abort();
    if (err.kind != ERROR_REFUSED)
        abort();
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        signature_key_free(keys[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_copy(data, size);
    struct parts parts;

    cut(text, size, &parts);
    try("standard-webhooks", &parts);
    try("pinpoint", &parts);
    mem_free(text);
    return 0;
}
