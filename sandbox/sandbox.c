/*
 * sandbox.c - opening, closing, starting afresh, and which file serves which path.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/sandbox.h"

#include "base/crypto.h"
#include "base/json.h"
#include "base/mem.h"
#include "sandbox/answer.h"
#include "sandbox/api.h"
#include "sandbox/control.h"
#include "sandbox/pages.h"
#include "sandbox/parts.h"
#include "sandbox/seed.h"

#include <stdlib.h>
#include <string.h>

#define BODY_MAX_BYTES  (16u << 20) /* an application brings its CV along */
#define CONNECTIONS_MAX 4096
#define LATENCY_MAX_MS  60000
#define CONTROL_PREFIX  "/sandbox/"
#define API_PREFIX      "/api/"

/* A browser names the page that a request comes from; only the sandbox's own may do more than look. */
static bool is_from_elsewhere(const struct http_exchange *exchange)
{
    const char *origin = http_exchange_header(exchange, "Origin");
    const char *host = http_exchange_header(exchange, "Host");

    if (!origin || strcmp(http_exchange_method(exchange), "GET") == 0)
        return false;
    return strncmp(origin, "http://", 7) != 0 || !host || strcmp(origin + 7, host) != 0;
}

static void handle(void *arg, struct http_exchange *exchange)
{
    struct sandbox *sandbox = arg;
    const char *path = http_exchange_path(exchange);

    if (strncmp(path, API_PREFIX, strlen(API_PREFIX)) == 0)
        api_handle(sandbox, exchange);
    else if (is_from_elsewhere(exchange))
        http_exchange_answer_problem(exchange, 403, "Forbidden", "the request comes from a page of another site");
    else if (strncmp(path, CONTROL_PREFIX, strlen(CONTROL_PREFIX)) == 0)
        control_handle(sandbox, exchange);
    else
        pages_handle(sandbox, exchange);
}

static bool check(const struct sandbox_options *options, struct error *err)
{
    if (options->seed_applications > SANDBOX_APPLICATIONS_MAX) {
        return error_set(err, ERROR_INVALID, "applications: %u is more than %d", options->seed_applications,
                         SANDBOX_APPLICATIONS_MAX);
    }
    if (!(options->rate >= 0))
        return error_set(err, ERROR_INVALID, "rate: expected requests a second, 0 for no limit");
    return true;
}

static bool open_webhook(struct sandbox *sandbox, const struct sandbox_options *options, struct error *err)
{
    if (!options->webhook_url || !options->webhook_url[0])
        return true;
    sandbox->webhook = webhook_open(sandbox->loop, options->webhook_url, options->webhook_secret, err);
    return sandbox->webhook != NULL;
}

static bool open_server(struct sandbox *sandbox, const struct sandbox_options *options, struct error *err)
{
    struct http_server_options server = {
        .listen = options->listen ? options->listen : SANDBOX_LISTEN,
        .max_body_bytes = BODY_MAX_BYTES,
        .max_connections = CONNECTIONS_MAX,
        .handler = handle,
        .arg = sandbox,
    };

    sandbox->server = http_server_open(sandbox->loop, &server, err);
    return sandbox->server != NULL;
}

static uint64_t random_number(void)
{
    uint64_t number;

    crypto_random(&number, sizeof(number));
    return number;
}

void sandbox_reset(struct sandbox *sandbox)
{
    const struct sandbox_options *options = &sandbox->options;

    store_free(sandbox->store);
    ledger_free(sandbox->ledger);
    sandbox->store = store_new();
    sandbox->ledger = ledger_new();
    seed_store(sandbox->store, options->seed_applications);
    for (struct answer *answer = sandbox->answers; answer; answer = answer->next)
        answer->write = 0; /* its ledger is gone */
    sandbox->faults = options->faults;
    sandbox->latency_min_ms = options->latency_min_ms;
    sandbox->latency_max_ms = options->latency_max_ms;
    sandbox->dice.state = options->seed;
    sandbox->epoch = random_number();
    traffic_limit(&sandbox->traffic, options->rate, options->burst);
    traffic_reset(&sandbox->traffic);
}

struct sandbox *sandbox_open(struct loop *loop, const struct sandbox_options *options, struct error *err)
{
    struct sandbox *sandbox;

    if (!check(options, err))
        return NULL;
    sandbox = mem_new(sizeof(*sandbox));
    sandbox->loop = loop;
    sandbox->options = *options;
    sandbox->options.seed = options->seed ? options->seed : random_number();
    sandbox->api_key = mem_string(options->api_key ? options->api_key : SANDBOX_API_KEY);
    sandbox_reset(sandbox);
    if (!open_webhook(sandbox, options, err) || !open_server(sandbox, options, err)) {
        sandbox_close(sandbox);
        return NULL;
    }
    return sandbox;
}

const char *sandbox_address(const struct sandbox *sandbox)
{
    return http_server_address(sandbox->server);
}

void sandbox_close(struct sandbox *sandbox)
{
    if (!sandbox)
        return;
    http_server_close(sandbox->server);
    while (sandbox->answers)
        answer_free(sandbox->answers);
    webhook_close(sandbox->webhook);
    store_free(sandbox->store);
    ledger_free(sandbox->ledger);
    mem_free(sandbox->api_key);
    mem_free(sandbox);
}

bool sandbox_latency_parse(const char *text, int64_t *min_ms, int64_t *max_ms, struct error *err)
{
    size_t digits = strspn(text, "0123456789");
    const char *rest = text + digits;
    long long min = digits > 0 && digits < 8 ? strtoll(text, NULL, 10) : -1;
    long long max = min;

    if (*rest == '-') {
        digits = strspn(rest + 1, "0123456789");
        max = digits > 0 && digits < 8 ? strtoll(rest + 1, NULL, 10) : -1;
        rest += 1 + digits;
    }
    if (*rest || min < 0 || max < min || max > LATENCY_MAX_MS) {
        return error_set(err, ERROR_INVALID, "latency \"%.40s\": expected milliseconds such as 40 or 20-80, at most %d",
                         text, LATENCY_MAX_MS);
    }
    *min_ms = min;
    *max_ms = max;
    return true;
}

void sandbox_answer_json(struct http_exchange *exchange, int status, cJSON *document)
{
    char *text = json_print(document);

    http_exchange_set_header(exchange, "Cache-Control", "no-cache");
    http_exchange_set_header(exchange, "X-Content-Type-Options", "nosniff");
    http_exchange_answer(exchange, status, "application/json", text, strlen(text));
    mem_free(text);
    cJSON_Delete(document);
}

void sandbox_answer_not_found(struct http_exchange *exchange)
{
    http_exchange_answer_problem(exchange, 404, "Not Found", "there is nothing at this path");
}

long long sandbox_path_id(const char *path, const char *prefix, const char *suffix)
{
    size_t size = strlen(prefix);
    size_t digits;

    if (strncmp(path, prefix, size) != 0)
        return 0;
    digits = strspn(path + size, "0123456789");
    if (digits == 0 || digits > 9 || strcmp(path + size + digits, suffix) != 0)
        return 0;
    return strtoll(path + size, NULL, 10);
}
