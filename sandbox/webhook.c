/*
 * webhook.c - deliveries under way, each with its bytes, its call or its timer.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/webhook.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/client.h"
#include "http/signature.h"
#include "sandbox/store.h"

#include <string.h>

/* Pinpoint gives a receiver 5 s and comes back for 24 h; a sandbox is not left alone for so long. */
#define TIMEOUT_MS     5000
#define FIRST_RETRY_MS 500
#define ATTEMPTS_MAX   6
#define DELIVERIES_MAX 1000

struct delivery {
    struct delivery *next, **link; /* link points at what points here */
    struct webhook *webhook;
    char *body;
    char *signature; /* the header line */
    unsigned attempt;
    struct timer *timer;
    struct http_call *call; /* NULL while waiting */
};

struct webhook {
    struct loop *loop;
    struct http_client *client;
    char *url;
    struct signature_key *key;
    struct delivery *deliveries;
    size_t under_way, sent, delivered, failed;
};

struct webhook *webhook_open(struct loop *loop, const char *url, const char *secret, struct error *err)
{
    struct signature_key *key;
    struct webhook *webhook;

    if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0) {
        (void)error_set(err, ERROR_INVALID, "webhook address %s: expected http:// or https://", url);
        return NULL;
    }
    if (!secret) {
        (void)error_set(err, ERROR_INVALID, "a webhook address needs a webhook secret");
        return NULL;
    }
    key = signature_key_new(signature_scheme_named("pinpoint"), secret, err);
    if (!key)
        return NULL;
    webhook = mem_new(sizeof(*webhook));
    webhook->loop = loop;
    webhook->client = http_client_new(loop, &(struct http_client_options){.user_agent = "Pinpoint-Sandbox/1"});
    webhook->url = mem_string(url);
    webhook->key = key;
    return webhook;
}

static void delivery_free(struct delivery *delivery)
{
    *delivery->link = delivery->next;
    if (delivery->next)
        delivery->next->link = delivery->link;
    delivery->webhook->under_way--;
    if (delivery->call)
        http_call_cancel(delivery->call);
    timer_free(delivery->timer);
    mem_free(delivery->body);
    mem_free(delivery->signature);
    mem_free(delivery);
}

void webhook_close(struct webhook *webhook)
{
    if (!webhook)
        return;
    while (webhook->deliveries)
        delivery_free(webhook->deliveries);
    http_client_free(webhook->client);
    mem_free(webhook->url);
    signature_key_free(webhook->key);
    mem_free(webhook);
}

static void on_answer(void *arg, const struct http_response *response)
{
    struct delivery *delivery = arg;
    struct webhook *webhook = delivery->webhook;

    delivery->call = NULL;
    if (response->outcome == HTTP_ANSWERED && response->status / 100 == 2) {
        webhook->delivered++;
        delivery_free(delivery);
        return;
    }
    if (++delivery->attempt == ATTEMPTS_MAX) {
        log_warn("webhook given up attempts=%u status=%d %s", delivery->attempt, response->status, response->problem);
        webhook->failed++;
        delivery_free(delivery);
        return;
    }
    timer_start(delivery->timer, FIRST_RETRY_MS << (delivery->attempt - 1));
}

static void send_delivery(void *arg)
{
    struct delivery *delivery = arg;
    const char *headers[] = {"Content-Type: application/json", delivery->signature, NULL};
    struct http_request request = {
        .method = "POST",
        .url = delivery->webhook->url,
        .headers = headers,
        .body = delivery->body,
        .body_size = strlen(delivery->body),
        .timeout_ms = TIMEOUT_MS,
    };

    delivery->call = http_client_send(delivery->webhook->client, &request, on_answer, delivery);
}

static char *sign(const struct webhook *webhook, const char *body)
{
    struct buf line;

    buf_init(&line, 1024);
    signature_sign(webhook->key, "", clock_now_ms(), body, strlen(body), &line);
    line.data[strcspn(line.data, "\r\n")] = '\0';
    return buf_take(&line);
}

/* The ids are numbers here, though they are strings in the API's documents. */
static char *body_of(const struct record *application)
{
    bool is_hired = strcmp(record_text(record_link(application, "stage"), "basic_type"), "hired") == 0;

    return mem_printf("{\"event\":\"%s\",\"triggeredAt\":%lld,\"data\":{\"application\":{\"id\":%lld},"
                      "\"job\":{\"id\":%lld}}}",
                      is_hired ? "application_hired" : "application_stage_changed", (long long)(clock_now_ms() / 1000),
                      application->id, record_link(application, "job")->id);
}

void webhook_stage_changed(struct webhook *webhook, const struct record *application)
{
    struct delivery *delivery;

    if (webhook->under_way == DELIVERIES_MAX) {
        log_warn("webhook left out: %d deliveries are under way", DELIVERIES_MAX);
        webhook->failed++;
        return;
    }
    delivery = mem_new(sizeof(*delivery));
    delivery->webhook = webhook;
    delivery->body = body_of(application);
    delivery->signature = sign(webhook, delivery->body);
    delivery->timer = timer_new(webhook->loop, send_delivery, delivery);
    delivery->next = webhook->deliveries;
    delivery->link = &webhook->deliveries;
    if (delivery->next)
        delivery->next->link = &delivery->next;
    webhook->deliveries = delivery;
    webhook->under_way++;
    webhook->sent++;
    send_delivery(delivery);
}

cJSON *webhook_print(const struct webhook *webhook)
{
    cJSON *printed = cJSON_CreateObject();

    cJSON_AddNumberToObject(printed, "sent", webhook ? (double)webhook->sent : 0);
    cJSON_AddNumberToObject(printed, "delivered", webhook ? (double)webhook->delivered : 0);
    cJSON_AddNumberToObject(printed, "failed", webhook ? (double)webhook->failed : 0);
    cJSON_AddNumberToObject(printed, "under_way", webhook ? (double)webhook->under_way : 0);
    return printed;
}
