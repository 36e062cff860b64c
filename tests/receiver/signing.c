/*
 * signing.c - see signing.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/receiver/signing.h"

#include "http/signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct signature_key *key_of(const char *scheme, const char *secret)
{
    struct error err = {0};
    struct signature_key *key = signature_key_new(signature_scheme_named(scheme), secret, &err);

    if (!key)
        fail_msg("%s", err.text);
    return key;
}

void signing_add_key(struct source *source, const char *scheme, const char *secret)
{
    source->scheme = signature_scheme_named(scheme);
    source->keys[source->key_count++] = key_of(scheme, secret);
}

void signing_free_keys(struct source *source)
{
    while (source->key_count > 0)
        signature_key_free(source->keys[--source->key_count]);
}

void signing_sign(const char *scheme, const char *secret, const char *id, int64_t at_ms, const char *body,
                  struct buf *lines)
{
    struct signature_key *key = key_of(scheme, secret);

    signature_sign(key, id, at_ms, body, strlen(body), lines);
    signature_key_free(key);
}

size_t signing_split(char *text, const char **lines)
{
    size_t count = 0;

    for (char *end; *text && (end = strchr(text, '\n')); text = end + 1) {
        *end = '\0';
        lines[count++] = text;
    }
    return count;
}
