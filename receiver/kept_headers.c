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

/* One reading of a request's headers. */
struct reading {
    struct kept_headers *kept;
    const char *names[KEPT_HEADERS_MAX]; /* as sent, borrowed from the exchange */
    size_t count;
};

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
    for (size_t i = 0; i < COUNT_OF(secret_words); i++) {
        if (strstr(name, secret_words[i]))
            return true;
    }
    return false;
}

static bool is_kept_already(const struct reading *reading, const char *name)
{
    for (size_t i = 0; i < reading->count; i++) {
        if (strcasecmp(reading->names[i], name) == 0)
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

static void keep(void *arg, const char *name, const char *value)
{
    struct reading *reading = arg;
    struct kept_headers *kept = reading->kept;
    char lowered[NAME_SIZE];

    if (reading->count == KEPT_HEADERS_MAX || !lower(name, lowered) || is_secret(lowered) ||
        is_kept_already(reading, name))
        return;
    print_pair(&kept->pair, reading->count == 0, lowered, value);
    if (kept->pair.overflow || kept->text.size + kept->pair.size + sizeof("}") - 1 > EVENT_HEADERS_MAX)
        return;
    buf_add(&kept->text, kept->pair.data, kept->pair.size);
    reading->names[reading->count++] = name;
}

void kept_headers_read(struct kept_headers *kept, const struct http_exchange *exchange)
{
    struct reading reading = {.kept = kept};

    buf_reset(&kept->text);
    buf_add_char(&kept->text, '{');
    http_exchange_each_header(exchange, keep, &reading);
    buf_add_char(&kept->text, '}');
}
