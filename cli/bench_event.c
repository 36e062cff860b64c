/*
 * bench_event.c - see bench_event.h. Knows how a delivery looks on the wire, not who sends it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/bench_event.h"

#include "base/clock.h"
#include "base/mem.h"
#include "cli/delivery.h"
#include "http/signature.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_MAX = 1 << 20, LINES_MAX = 4096 };

void bench_event_init(struct bench_event *event, const struct source *source, const char *account, const char *url,
                      const char *text)
{
    const struct delivery delivery = {.base_url = url, .source = source, .account = account};
    char *whole = delivery_url(&delivery);
    const char *host = strstr(whole, "://");

    *event = (struct bench_event){.source = source, .text = text};
    host = host ? host + 3 : whole;
    event->host = mem_copy(host, strcspn(host, "/"));
    event->path = mem_string(host + strlen(event->host));
    ulid_new(event->run);
    buf_init(&event->body, BODY_MAX);
    buf_init(&event->lines, LINES_MAX);
    mem_free(whole);
}

void bench_event_clear(struct bench_event *event)
{
    mem_free(event->host);
    mem_free(event->path);
    buf_clear(&event->body);
    buf_clear(&event->lines);
}

/* Adds what the placeholder at text stands for; returns what is behind it, or text when it is none. */
static const char *add_placeholder(const char *text, size_t number, struct buf *out)
{
    char *end;

    if (strncmp(text, "{{us}}", 6) == 0) {
        buf_addf(out, "%lld", (long long)clock_now_us());
        return text + 6;
    }
    if (strncmp(text, "{{n}}", 5) == 0) {
        buf_addf(out, "%zu", number);
        return text + 5;
    }
    unsigned long modulus = strncmp(text, "{{n%", 4) == 0 ? strtoul(text + 4, &end, 10) : 0;
    if (modulus == 0 || strncmp(end, "}}", 2) != 0)
        return text;
    buf_addf(out, "%lu", (unsigned long)number % modulus);
    return end + 2;
}

void bench_event_body(const struct bench_event *event, size_t number, struct buf *out)
{
    const char *text = event->text;

    for (const char *open; (open = strstr(text, "{{"));) {
        buf_add(out, text, (size_t)(open - text));
        text = add_placeholder(open, number, out);
        if (text == open)
            buf_add(out, text++, 1);
    }
    buf_add_string(out, text);
}

/* "Name: value\n" lines as they go over the wire. */
static void add_lines(const struct buf *lines, struct buf *out)
{
    const char *line = lines->data;

    for (const char *end; (end = strchr(line, '\n')); line = end + 1) {
        buf_add(out, line, (size_t)(end - line));
        buf_add_string(out, "\r\n");
    }
}

void bench_event_request(void *arg, size_t number, struct buf *out)
{
    struct bench_event *event = arg;
    char id[ULID_SIZE + 24];

    buf_reset(&event->body);
    buf_reset(&event->lines);
    snprintf(id, sizeof(id), "%s-%zu", event->run, number);
    bench_event_body(event, number, &event->body);
    signature_sign(event->source->keys[0], id, clock_now_ms(), event->body.data, event->body.size, &event->lines);
    buf_addf(out, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n",
             event->path, event->host, event->body.size);
    add_lines(&event->lines, out);
    buf_add_string(out, "\r\n");
    buf_add(out, event->body.data, event->body.size);
}

bool bench_event_is_one_lane(const struct bench_event *event)
{
    return *event->source->order_by_path && !strstr(event->text, "{{n");
}
