/*
 * control.c - the ledger, the statistics, faults at run time, a fresh start.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/control.h"

#include "base/json.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WRITES_DEFAULT = 1000, WRITES_MAX = 10000 };

typedef void control_fn(struct sandbox *sandbox, struct http_exchange *exchange);

/* The number in the query at name, or fallback; at most max. */
static uint64_t query_number(const struct http_exchange *exchange, const char *name, uint64_t fallback, uint64_t max)
{
    const char *text = http_exchange_query(exchange, name);
    uint64_t number = text && *text && strspn(text, "0123456789") == strlen(text) ? strtoull(text, NULL, 10) : fallback;

    return number < max ? number : max;
}

static void get_writes(struct sandbox *sandbox, struct http_exchange *exchange)
{
    uint64_t since = query_number(exchange, "since", 0, UINT64_MAX);
    uint64_t limit = query_number(exchange, "limit", WRITES_DEFAULT, WRITES_MAX);

    sandbox_answer_json(exchange, 200, ledger_list(sandbox->ledger, since, (size_t)limit));
}

static void get_stats(struct sandbox *sandbox, struct http_exchange *exchange)
{
    cJSON *stats = cJSON_CreateObject();
    char seed[24];

    traffic_print(&sandbox->traffic, stats);
    cJSON_AddNumberToObject(stats, "writes", (double)ledger_count(sandbox->ledger));
    cJSON_AddItemToObject(stats, "webhook", webhook_print(sandbox->webhook));
    (void)snprintf(seed, sizeof(seed), "%llu", (unsigned long long)sandbox->options.seed);
    cJSON_AddStringToObject(stats, "seed", seed);
    sandbox_answer_json(exchange, 200, stats);
}

static void get_faults(struct sandbox *sandbox, struct http_exchange *exchange)
{
    cJSON *settings = cJSON_CreateObject();
    char latency[48];
    struct buf faults;

    buf_init(&faults, 1024);
    faults_print(&sandbox->faults, &faults);
    (void)snprintf(latency, sizeof(latency), "%lld-%lld", (long long)sandbox->latency_min_ms,
                   (long long)sandbox->latency_max_ms);
    cJSON_AddStringToObject(settings, "fault", faults.data);
    cJSON_AddStringToObject(settings, "latency", latency);
    cJSON_AddNumberToObject(settings, "rate", sandbox->traffic.rate);
    cJSON_AddNumberToObject(settings, "burst", sandbox->traffic.burst);
    buf_clear(&faults);
    sandbox_answer_json(exchange, 200, settings);
}

/* What a change asks for, complete before any of it is taken over. */
struct change {
    struct sandbox_faults faults;
    int64_t latency_min_ms, latency_max_ms;
    double rate;
    int64_t burst;
};

static bool read_change(const cJSON *document, struct change *change, struct error *err)
{
    const cJSON *member;

    cJSON_ArrayForEach(member, document)
    {
        const char *name = member->string;
        bool ok = false;

        if (strcmp(name, "fault") == 0 && cJSON_IsString(member)) {
            ok = sandbox_faults_parse(member->valuestring, &change->faults, err);
        } else if (strcmp(name, "latency") == 0 && cJSON_IsString(member)) {
            ok = sandbox_latency_parse(member->valuestring, &change->latency_min_ms, &change->latency_max_ms, err);
        } else if (strcmp(name, "rate") == 0 && cJSON_IsNumber(member) && member->valuedouble >= 0) {
            change->rate = member->valuedouble;
            ok = true;
        } else if (strcmp(name, "burst") == 0 && cJSON_IsNumber(member) && member->valuedouble >= 0) {
            change->burst = json_get_integer(document, "burst", 0);
            ok = change->burst <= INT32_MAX || error_set(err, ERROR_INVALID, "burst: too large");
        } else {
            ok = error_set(err, ERROR_INVALID,
                           "%.40s: expected fault and latency as strings, rate and burst as numbers", name);
        }
        if (!ok)
            return false;
    }
    return true;
}

static void apply_change(struct sandbox *sandbox, const struct change *change, bool has_limit)
{
    sandbox->faults = change->faults;
    sandbox->latency_min_ms = change->latency_min_ms;
    sandbox->latency_max_ms = change->latency_max_ms;
    if (has_limit)
        traffic_limit(&sandbox->traffic, change->rate, (unsigned)change->burst);
}

static void post_faults(struct sandbox *sandbox, struct http_exchange *exchange)
{
    struct change change = {sandbox->faults, sandbox->latency_min_ms, sandbox->latency_max_ms, sandbox->traffic.rate,
                            0};
    struct error err = {0};
    size_t size = 0;
    const char *body = http_exchange_body(exchange, &size);
    cJSON *document = json_parse(body, size, &err);

    if (!cJSON_IsObject(document) || !read_change(document, &change, &err)) {
        http_exchange_answer_problem(exchange, 400, "Bad Request", err.text[0] ? err.text : "expected an object");
    } else {
        apply_change(sandbox, &change, json_get(document, "rate") || json_get(document, "burst"));
        get_faults(sandbox, exchange);
    }
    cJSON_Delete(document);
}

static void post_reset(struct sandbox *sandbox, struct http_exchange *exchange)
{
    sandbox_reset(sandbox);
    sandbox_answer_json(exchange, 200, cJSON_CreateObject());
}

static const struct control {
    const char *method;
    const char *path;
    control_fn *handle;
} controls[] = {
    {"GET", "/sandbox/writes", get_writes}, {"GET", "/sandbox/stats", get_stats},
    {"GET", "/sandbox/faults", get_faults}, {"POST", "/sandbox/faults", post_faults},
    {"POST", "/sandbox/reset", post_reset},
};

void control_handle(struct sandbox *sandbox, struct http_exchange *exchange)
{
    const char *path = http_exchange_path(exchange);
    bool is_known = false;

    for (size_t i = 0; i < COUNT_OF(controls); i++) {
        if (strcmp(controls[i].path, path) != 0)
            continue;
        is_known = true;
        if (strcmp(controls[i].method, http_exchange_method(exchange)) == 0) {
            controls[i].handle(sandbox, exchange);
            return;
        }
    }
    if (is_known)
        http_exchange_answer_problem(exchange, 405, "Method Not Allowed", "this path has another method");
    else
        sandbox_answer_not_found(exchange);
}
