/*
 * delivery.c - see delivery.h. Knows how to sign, not what is in the event.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/delivery.h"

#include "base/clock.h"
#include "base/mem.h"
#include "http/signature.h"

#include <string.h>

#define HEADERS_MAX       8 /* a scheme signs with fewer */
#define HEADERS_MAX_BYTES 4096
#define URL_MAX           2048
#define SEND_TIMEOUT_MS   10000

char *delivery_url(const struct delivery *delivery)
{
    struct buf url;

    buf_init(&url, URL_MAX);
    buf_addf(&url, "%.*s/in/",
             (int)(strlen(delivery->base_url) - (delivery->base_url[strlen(delivery->base_url) - 1] == '/')),
             delivery->base_url);
    buf_add_url_encoded(&url, delivery->source->name);
    if (delivery->account) {
        buf_add_char(&url, '/');
        buf_add_url_encoded(&url, delivery->account);
    }
    return buf_take(&url);
}

/* Takes lines, "Name: value\n" each, apart: headers[] point into it. */
static void split_lines(char *lines, const char **headers)
{
    size_t count = 0;

    for (char *line = lines, *end; count < HEADERS_MAX && (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        headers[count++] = line;
    }
    headers[count] = NULL;
}

void delivery_send(const struct delivery *delivery, struct loop *loop, struct http_client *client,
                   struct fetched *answer)
{
    const char *headers[HEADERS_MAX + 1];
    char *url = delivery_url(delivery);
    struct buf lines;

    buf_init(&lines, HEADERS_MAX_BYTES);
    signature_sign(delivery->source->keys[0], delivery->id, clock_now_ms(), delivery->body, delivery->body_size,
                   &lines);
    buf_add_string(&lines, "Content-Type: application/json\n");
    split_lines(lines.data, headers);
    struct http_request request = {.method = "POST",
                                   .url = url,
                                   .headers = headers,
                                   .body = delivery->body,
                                   .body_size = delivery->body_size,
                                   .timeout_ms = SEND_TIMEOUT_MS};
    fetch(loop, client, &request, answer);
    buf_clear(&lines);
    mem_free(url);
}
