/*
 * gateway.c - calls and the fetches that serve them.
 *
 * A fetch is one HTTP request; a call is one run's wait for it. Most fetches serve one call; a shared read may serve
 * many. What an HTTP response means is decided in pinpoint/response; how sure a failure is, in http/client.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/gateway.h"

#include "base/clock.h"
#include "base/crash.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/retry_after.h"
#include "worker/pace.h"
#include "worker/retry.h"

#include <stdio.h>
#include <string.h>
#include <sys/queue.h>

struct gateway_call {
    TAILQ_ENTRY(gateway_call) entry;
    struct fetch *fetch;
    gateway_fn *fn;
    void *arg;
};

struct fetch {
    TAILQ_ENTRY(fetch) entry;
    TAILQ_HEAD(, gateway_call) calls;
    struct gateway *gateway;
    struct request request; /* owned copy */
    struct turn turn;
    struct http_call *http;        /* NULL until sent */
    const int64_t *lease_until_ms; /* of a write; NULL for none */
    bool is_answering;             /* fetch_answer frees it */
};

struct gateway {
    struct http_client *client;
    const struct account *account;
    struct catalogue *catalogue;
    struct pace *pace;
    TAILQ_HEAD(, fetch) fetches;
    int64_t rests_until_ms;  /* monotonic */
    unsigned limited_in_row; /* 429s since the last other answer */
    char *key_header;
    char *vendor_header;
};

struct gateway *gateway_new(struct loop *loop, struct queue *queue, struct http_client *client,
                            const struct account *account)
{
    struct gateway *gateway = mem_new(sizeof(*gateway));

    gateway->client = client;
    gateway->account = account;
    gateway->catalogue = catalogue_new();
    gateway->pace = pace_new(loop, queue, account->name, account->requests_per_second > 0);
    TAILQ_INIT(&gateway->fetches);
    gateway->key_header = mem_printf("X-API-KEY: %s", account->api_key);
    if (account->vendor_name && *account->vendor_name)
        gateway->vendor_header = mem_printf("x-vendor-name: %s", account->vendor_name);
    queue_set_limits(queue, account->name,
                     &(struct queue_limits){.requests_per_second = account->requests_per_second,
                                            .burst = account->burst,
                                            .max_in_flight = account->max_in_flight,
                                            .weight = account->weight});
    return gateway;
}

void gateway_free(struct gateway *gateway)
{
    if (!gateway)
        return;
    pace_free(gateway->pace);
    catalogue_free(gateway->catalogue);
    mem_free(gateway->key_header);
    mem_free(gateway->vendor_header);
    mem_free(gateway);
}

struct catalogue *gateway_catalogue(struct gateway *gateway)
{
    return gateway->catalogue;
}

static bool is_read(const struct fetch *fetch)
{
    return strcmp(fetch->request.method, "GET") == 0;
}

static bool is_lease_over(const struct fetch *fetch)
{
    return fetch->lease_until_ms && clock_monotonic_ms() >= *fetch->lease_until_ms;
}

static void fetch_free(struct fetch *fetch)
{
    request_clear(&fetch->request);
    mem_free(fetch);
}

/* Gives answer to everyone who waits for fetch, and ends it. A callback may cancel other calls of the same fetch,
 * and the last one may end the gateway. */
static void fetch_answer(struct fetch *fetch, const struct answer *answer)
{
    struct gateway_call *call;

    fetch->http = NULL;
    fetch->is_answering = true;
    TAILQ_REMOVE(&fetch->gateway->fetches, fetch, entry); /* who asks from now on, asks anew */
    while ((call = TAILQ_FIRST(&fetch->calls))) {
        TAILQ_REMOVE(&fetch->calls, call, entry);
        call->fn(call->arg, answer);
        mem_free(call);
    }
    fetch_free(fetch);
}

/* How long the account rests after a 429: what Pinpoint asks for, else longer each time in a row. */
static int64_t rest_ms(struct gateway *gateway, int64_t asked_ms)
{
    int64_t now_ms = clock_monotonic_ms();

    if (now_ms >= gateway->rests_until_ms)
        gateway->limited_in_row++;
    int64_t delay_ms = asked_ms != RETRY_AFTER_NONE ? asked_ms : retry_draw_ms(gateway->limited_in_row, RETRY_BASE_MS);
    if (now_ms + delay_ms > gateway->rests_until_ms)
        gateway->rests_until_ms = now_ms + delay_ms;
    return gateway->rests_until_ms - now_ms;
}

/* What Retry-After asks for, by the clock of the one who asks: ours may be set wrong. */
static int64_t asked_wait_ms(const struct http_response *http)
{
    int64_t their_now_ms;

    if (!*http->retry_after)
        return RETRY_AFTER_NONE;
    their_now_ms = retry_after_date(http->date);
    return retry_after_parse(http->retry_after, their_now_ms != RETRY_AFTER_NONE ? their_now_ms : clock_now_ms());
}

/* Whether the body is a JSON object: *document, owned, when somebody may look into it. */
static bool read_body(const struct fetch *fetch, const struct http_response *http, cJSON **document)
{
    struct error unread;

    if (!is_read(fetch) && response_meaning(http->status) == MEANING_OK)
        return json_is_object(http->body, http->body_size);
    *document = http->body_size ? json_parse(http->body, http->body_size, &unread) : NULL;
    if (!cJSON_IsObject(*document)) {
        cJSON_Delete(*document);
        *document = NULL;
    }
    return *document != NULL;
}

/* Fills answer from a whole response; the words go into problem. */
static void read_response(struct fetch *fetch, const struct http_response *http, struct answer *answer,
                          struct buf *problem)
{
    int64_t asked_ms = asked_wait_ms(http);
    cJSON *document = NULL;
    bool is_object = read_body(fetch, http, &document);

    answer->response = (struct response){http->status, document};
    answer->meaning = response_meaning(http->status);
    if (answer->meaning == MEANING_OK && !is_object) {
        answer->meaning = MEANING_RETRY;
        buf_addf(problem, "%d with a body that is no JSON document", http->status);
    } else if (answer->meaning != MEANING_OK) {
        response_describe(&answer->response, problem);
    }
    answer->maybe_written = answer->meaning == MEANING_RETRY && !is_read(fetch);
    if (answer->meaning == MEANING_LIMITED)
        answer->delay_ms = rest_ms(fetch->gateway, asked_ms);
    else if (asked_ms != RETRY_AFTER_NONE)
        answer->delay_ms = asked_ms;
    if (answer->meaning == MEANING_OK)
        fetch->gateway->limited_in_row = 0;
}

static void on_response(void *arg, const struct http_response *http)
{
    struct fetch *fetch = arg;
    struct answer answer = {.meaning = MEANING_RETRY, .duration_ms = http->duration_ms};
    struct buf problem;

    CRASH_POINT("after-send");
    buf_init(&problem, 400);
    if (http->outcome == HTTP_ANSWERED) {
        read_response(fetch, http, &answer, &problem);
    } else {
        answer.maybe_written = http->outcome == HTTP_UNKNOWN && !is_read(fetch);
        answer.is_late = http->outcome == HTTP_NOT_SENT && is_lease_over(fetch);
        buf_add_string(&problem, http->problem);
    }
    answer.problem = problem.data;
    fetch_answer(fetch, &answer);
    cJSON_Delete((cJSON *)answer.response.document);
    buf_clear(&problem);
}

static char *url_of(const struct fetch *fetch)
{
    struct buf url;

    buf_init(&url, SIZE_MAX - 1);
    buf_add_string(&url, fetch->gateway->account->base_url);
    buf_add_string(&url, fetch->request.path);
    return buf_take(&url);
}

static void send_now(struct fetch *fetch)
{
    const struct gateway *gateway = fetch->gateway;
    const char *headers[] = {gateway->key_header, "Accept: application/vnd.api+json",
                             fetch->request.body ? "Content-Type: application/vnd.api+json" : gateway->vendor_header,
                             fetch->request.body ? gateway->vendor_header : NULL, NULL};
    char *url = url_of(fetch);
    struct http_request http = {.method = fetch->request.method,
                                .url = url,
                                .headers = headers,
                                .body = fetch->request.body,
                                .body_size = fetch->request.body ? strlen(fetch->request.body) : 0,
                                .timeout_ms = gateway->account->timeout_ms,
                                .send_until_ms = fetch->lease_until_ms};

    CRASH_POINT("before-send");
    fetch->http = http_client_send(gateway->client, &http, on_response, fetch);
    mem_free(url);
}

/* While the request waited, the account may have come to rest, and the lease of a write to its end. */
static void on_turn(void *arg)
{
    struct fetch *fetch = arg;
    int64_t rest_ms_left = fetch->gateway->rests_until_ms - clock_monotonic_ms();

    if (rest_ms_left > 0)
        fetch_answer(fetch, &(struct answer){.meaning = MEANING_LIMITED,
                                             .delay_ms = rest_ms_left,
                                             .problem = "not sent: the account rests after a 429"});
    else if (is_lease_over(fetch))
        fetch_answer(fetch, &(struct answer){
                                .meaning = MEANING_RETRY, .is_late = true, .problem = "not sent: the lease was over"});
    else
        send_now(fetch);
}

static struct fetch *fetch_find(const struct gateway *gateway, const struct request *request)
{
    struct fetch *fetch;

    TAILQ_FOREACH(fetch, &gateway->fetches, entry)
    {
        if (fetch->request.is_shared && strcmp(fetch->request.path, request->path) == 0)
            return fetch;
    }
    return NULL;
}

static struct fetch *fetch_new(struct gateway *gateway, const struct request *request)
{
    struct fetch *fetch = mem_new(sizeof(*fetch));

    fetch->gateway = gateway;
    fetch->request = *request;
    fetch->request.path = mem_string(request->path);
    fetch->request.body = mem_string(request->body);
    fetch->turn.fn = on_turn;
    fetch->turn.arg = fetch;
    TAILQ_INIT(&fetch->calls);
    TAILQ_INSERT_TAIL(&gateway->fetches, fetch, entry);
    return fetch;
}

struct gateway_call *gateway_send(struct gateway *gateway, const struct request *request, struct gateway_ticket ticket,
                                  gateway_fn *fn, void *arg)
{
    struct gateway_call *call = mem_new(sizeof(*call));
    struct fetch *fetch = request->is_shared ? fetch_find(gateway, request) : NULL;
    bool is_new = !fetch;

    if (is_new)
        fetch = fetch_new(gateway, request);
    call->fetch = fetch;
    call->fn = fn;
    call->arg = arg;
    TAILQ_INSERT_TAIL(&fetch->calls, call, entry);
    if (is_new) {
        fetch->lease_until_ms = is_read(fetch) ? NULL : ticket.lease_until_ms;
        pace_ask(gateway->pace, &fetch->turn, ticket.is_paid);
    }
    return call;
}

bool gateway_cancel(struct gateway_call *call)
{
    if (!call)
        return false;

    struct fetch *fetch = call->fetch;
    bool was_sent = fetch->http != NULL;
    TAILQ_REMOVE(&fetch->calls, call, entry);
    mem_free(call);
    if (!TAILQ_EMPTY(&fetch->calls) || fetch->is_answering)
        return was_sent;
    if (fetch->http)
        http_call_cancel(fetch->http);
    pace_cancel(fetch->gateway->pace, &fetch->turn);
    TAILQ_REMOVE(&fetch->gateway->fetches, fetch, entry);
    fetch_free(fetch);
    return was_sent;
}
