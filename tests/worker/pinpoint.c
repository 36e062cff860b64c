/*
 * pinpoint.c - a handler over http/server that plays a table.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/worker/pinpoint.h"

#include "base/clock.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void on_request(void *arg, struct http_exchange *exchange)
{
    struct pinpoint *pinpoint = arg;
    size_t size;

    if (pinpoint->at >= pinpoint->count)
        fail_msg("a request too many: %s %s", http_exchange_method(exchange), http_exchange_path(exchange));
    const struct exchange_row *row = &pinpoint->rows[pinpoint->at++];
    assert_string_equal(http_exchange_method(exchange), row->method);
    assert_string_equal(http_exchange_path(exchange), row->path);
    assert_string_equal(http_exchange_header(exchange, "X-API-KEY"), "key");
    const char *body = http_exchange_body(exchange, &size);
    if (pinpoint->ends_leases)
        *pinpoint->ends_leases = clock_monotonic_ms();
    mem_free(pinpoint->last_body);
    pinpoint->last_body = mem_copy(body, size);
    if (row->retry_after)
        http_exchange_set_header(exchange, "Retry-After", row->retry_after);
    if (row->status == 0)
        http_exchange_drop(exchange);
    else if (row->status > 0)
        http_exchange_answer(exchange, row->status, "application/vnd.api+json", row->body, strlen(row->body));
}

void pinpoint_open(struct pinpoint *pinpoint, struct loop *loop, const struct exchange_row *rows, size_t count)
{
    struct error err = {0};

    *pinpoint = (struct pinpoint){.rows = rows, .count = count};
    pinpoint->server = http_server_open(
        loop, &(struct http_server_options){.listen = "127.0.0.1:0", .handler = on_request, .arg = pinpoint}, &err);
    if (!pinpoint->server)
        fail_msg("%s", err.text);
}

void pinpoint_close(struct pinpoint *pinpoint)
{
    http_server_close(pinpoint->server);
    mem_free(pinpoint->last_body);
}
