/*
 * proof.c - the calls behind proof.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/proof.h"

#include "base/json.h"
#include "base/mem.h"
#include "cli/fetch.h"
#include "cli/session.h"
#include "http/client.h"
#include "pinpoint/response.h"

#include <stdio.h>
#include <string.h>

#define CALL_TIMEOUT_MS  10000
#define READY_TIMEOUT_MS 3000
#define USERS_PATH       "/api/v1/users?page%5Bsize%5D=1"

struct calls {
    struct loop *loop;
    size_t left;
};

struct call {
    struct calls *calls;
    struct proof *proof;
};

/* A 2xx must carry a list of users: a page that greets everybody proves nothing. */
static void judge(const struct http_response *response, struct proof *proof)
{
    struct error err = {0};
    cJSON *document = response->body_size ? json_parse(response->body, response->body_size, &err) : NULL;
    struct response answer = {response->status, cJSON_IsObject(document) ? document : NULL};
    struct buf words;

    buf_init(&words, sizeof(proof->result) - 1);
    if (response->outcome != HTTP_ANSWERED)
        buf_addf(&words, "unreachable: %s", response->problem);
    else if (response_meaning(response->status) != MEANING_OK)
        response_describe(&answer, &words);
    else if (!cJSON_IsArray(json_get(document, "data")))
        buf_addf(&words, "%d, but this is no answer of Pinpoint's API", response->status);
    else
        proof->is_ok = true;
    snprintf(proof->result, sizeof(proof->result), "%s", proof->is_ok ? "ok" : words.data);
    buf_clear(&words);
    cJSON_Delete(document);
}

static void on_response(void *arg, const struct http_response *response)
{
    struct call *call = arg;

    judge(response, call->proof);
    if (--call->calls->left == 0)
        loop_stop(call->calls->loop);
}

static void send_call(struct http_client *client, const struct account *account, struct call *call)
{
    char *url = mem_printf("%s%s", account->base_url, USERS_PATH);
    char *key = mem_printf("X-API-KEY: %s", account->api_key);
    char *vendor = *account->vendor_name ? mem_printf("x-vendor-name: %s", account->vendor_name) : NULL;
    const char *headers[] = {key, "Accept: application/vnd.api+json", vendor, NULL};
    struct http_request request = {.method = "GET", .url = url, .headers = headers, .timeout_ms = CALL_TIMEOUT_MS};

    http_client_send(client, &request, on_response, call);
    mem_free(vendor);
    mem_free(key);
    mem_free(url);
}

void proof_accounts(const struct config *config, struct proof *proofs)
{
    struct loop *loop = loop_new();
    struct http_client *client = http_client_new(loop, &(struct http_client_options){0});
    struct calls calls = {loop, config->account_count};
    struct call *each = mem_new((config->account_count + 1) * sizeof(*each));

    for (size_t i = 0; i < config->account_count; i++) {
        each[i] = (struct call){&calls, &proofs[i]};
        send_call(client, &config->accounts[i], &each[i]);
    }
    while (calls.left > 0)
        loop_run(loop);
    mem_free(each);
    http_client_free(client);
    loop_free(loop);
}

bool proof_redis(const struct config *config, const char *url, int64_t timeout_ms, struct error *err)
{
    struct loop *loop = loop_new();
    struct queue_options options = config->queue;
    struct inquiry inquiry;

    options.url = url;
    struct queue *queue = queue_open(loop, &options, err);
    bool is_ok = queue != NULL;
    if (queue) {
        inquiry_init(&inquiry, loop);
        queue_when_ready(queue, timeout_ms, inquiry_done, &inquiry);
        is_ok = inquiry_wait(&inquiry);
        *err = inquiry.err;
    }
    queue_close(queue);
    loop_free(loop);
    return is_ok;
}

static int get_status(struct loop *loop, struct http_client *client, const char *address, const char *path,
                      struct error *err)
{
    char *url = mem_printf("%s%s", address, path);
    struct http_request request = {.method = "GET", .url = url, .timeout_ms = READY_TIMEOUT_MS};
    struct fetched fetched;

    fetch(loop, client, &request, &fetched);
    int status = fetched.status;
    if (status == 0)
        error_set(err, ERROR_UNAVAILABLE, "%s: %s", url, fetched.problem);
    else
        error_set(err, ERROR_UNAVAILABLE, "%s: answered %d", url, status);
    fetched_clear(&fetched);
    mem_free(url);
    return status;
}

bool proof_ready(const char *url, struct error *err)
{
    struct loop *loop = loop_new();
    struct http_client *client = http_client_new(loop, &(struct http_client_options){0});
    int status = get_status(loop, client, url, "/readyz", err);

    if (status == 404)
        status = get_status(loop, client, url, "/sandbox/stats", err);
    http_client_free(client);
    loop_free(loop);
    return status == 200;
}
