/*
 * verdict.c - the table of verdicts. To add one: a value in verdict.h, its row here, its line in docs/operations.md.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/verdict.h"

#include "base/ulid.h"

#include <string.h>

struct row {
    const char *name;
    int status;
    const char *title;       /* NULL: stored, answered with the id */
    const char *detail;      /* in place of the caller's, where a sender is told the same whatever is wrong */
    const char *retry_after; /* seconds; NULL for none */
};

/* The titles are HTTP's own words for the status, as RFC 9457 asks of a problem without a type. */
static const struct row rows[VERDICT_COUNT] = {
    [VERDICT_ACCEPTED] = {"accepted", 202, NULL, NULL, NULL},
    [VERDICT_DUPLICATE] = {"duplicate", 200, NULL, NULL, NULL},
    [VERDICT_SPILLED] = {"spilled", 202, NULL, NULL, NULL},
    [VERDICT_UNKNOWN_SOURCE] = {"unknown_source", 404, "Not Found", "there is no source of this name", NULL},
    [VERDICT_REFUSED] = {"refused", 401, "Unauthorized", "the request's signature could not be verified", NULL},
    [VERDICT_UNSUPPORTED] = {"unsupported", 415, "Unsupported Media Type", NULL, NULL},
    [VERDICT_INVALID] = {"invalid", 400, "Bad Request", NULL, NULL},
    [VERDICT_UNKNOWN_ACCOUNT] = {"unknown_account", 404, "Not Found", NULL, NULL},
    [VERDICT_FULL] = {"full", 503, "Service Unavailable", "the queue is full: deliver this again later", "30"},
    [VERDICT_ACCOUNT_FULL] = {"account_full", 429, "Too Many Requests",
                              "too many events of this account wait: deliver this again later", "30"},
    [VERDICT_UNAVAILABLE] = {"unavailable", 503, "Service Unavailable", "Redis cannot store this now: try again", "5"},
};

const char *verdict_name(enum verdict verdict)
{
    return rows[verdict].name;
}

static void answer_id(struct http_exchange *exchange, int status, const char *id)
{
    char body[] = "{\"id\":\"..........................\"}\n";

    memcpy(strchr(body, '.'), id, ULID_SIZE - 1);
    http_exchange_answer(exchange, status, "application/json", body, sizeof(body) - 1);
}

void verdict_answer(enum verdict verdict, struct http_exchange *exchange, const char *id, const char *detail)
{
    const struct row *row = &rows[verdict];

    if (!row->title) {
        answer_id(exchange, row->status, id);
        return;
    }
    if (row->retry_after)
        http_exchange_set_header(exchange, "Retry-After", row->retry_after);
    http_exchange_answer_problem(exchange, row->status, row->title, row->detail ? row->detail : detail);
}
