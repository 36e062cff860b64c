/*
 * kept_headers.c - a list of words that make a header a secret, and a bounded object of the rest.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/kept_headers.h"

#include "base/json.h"
#include "base/mem.h"
#include "queue/event.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define NAME_SIZE 100 /* a longer name is left out */

/* A header whose name contains one of these is left out: what vendors use to prove who they are goes by many names
 * (x-api-key, proxy-authorization, x-verify-token, pinpoint-hmac-sha256), and a new scheme must not need a new row. */
static const char *const secret_words[] = {
    "auth", "cookie", "signature", "hmac", "token", "secret", "api-key", "apikey", "password",
};
static const char first_letters[] = "acshtp"; /* of these words */

void kept_headers_init(struct kept_headers *kept)
{
    buf_init(&kept->text, EVENT_HEADERS_MAX);
    buf_init(&kept->pair, EVENT_HEADERS_MAX);
}

void kept_headers_clear(struct kept_headers *kept)
{
    buf_clear(&kept->text);
    buf_clear(&kept->pair);
}

static bool is_secret(const char *name)
{
    for (name = strpbrk(name, first_letters); name; name = strpbrk(name + 1, first_letters)) {
        for (size_t i = 0; i < COUNT_OF(secret_words); i++) {
            if (*name == *secret_words[i] && strncmp(name, secret_words[i], strlen(secret_words[i])) == 0)
                return true;
        }
    }
    return false;
}

/* Whether one of the count names is this one. */
static bool is_among(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(names[i], name) == 0)
            return true;
    }
    return false;
}

/* False when name is too long. */
static bool lower(const char *name, char lowered[NAME_SIZE])
{
    size_t size = strlen(name);

    if (size >= NAME_SIZE)
        return false;
    for (size_t i = 0; i <= size; i++)
        lowered[i] = (char)tolower((unsigned char)name[i]);
    return true;
}

static void print_pair(struct buf *pair, bool is_first, const char *name, const char *value)
{
    buf_reset(pair);
    if (!is_first)
        buf_add_char(pair, ',');
    json_add_quoted(name, strlen(name), pair);
    buf_add_char(pair, ':');
    json_add_quoted(value, strlen(value), pair);
}

/* Whether it was kept. */
static bool keep(struct kept_headers *kept, bool is_first, const struct http_header *header)
{
    char lowered[NAME_SIZE];

    if (!lower(header->name, lowered) || is_secret(lowered))
        return false;
    print_pair(&kept->pair, is_first, lowered, header->value);
    if (kept->pair.overflow || kept->text.size + kept->pair.size + sizeof("}") - 1 > EVENT_HEADERS_MAX)
        return false;
    buf_add(&kept->text, kept->pair.data, kept->pair.size);
    return true;
}

void kept_headers_read(struct kept_headers *kept, struct http_exchange *exchange)
{
    const char *names[KEPT_HEADERS_MAX];
    size_t count, kept_count = 0;
    const struct http_header *headers = http_exchange_headers(exchange, &count);

    buf_reset(&kept->text);
    buf_add_char(&kept->text, '{');
    for (size_t i = 0; i < count && kept_count < KEPT_HEADERS_MAX; i++) {
        if (!is_among(names, kept_count, headers[i].name) && keep(kept, kept_count == 0, &headers[i]))
            names[kept_count++] = headers[i].name;
    }
    buf_add_char(&kept->text, '}');
}
