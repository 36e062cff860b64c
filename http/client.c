/*
 * client.c - calls: what libcurl is told of a request, and what is made of how its transfer ended.
 *
 * A call is a libcurl handle with its answer's body and its deadline; all three are used again for later calls. What
 * all calls have in common is told to the handle once.
 *
 * Whether a request may have had an effect is known from one fact: before each attempt to send it libcurl calls
 * before_send, and no byte of a request leaves before that. Not called: not sent. Called: anything may have happened.
 * The same place keeps a request from being sent twice. libcurl sends it again, by itself, when a kept connection
 * closes without an answer; the server may have acted on the first, so only what may be repeated gets a second go.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/client.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/curl_loop.h"
#include "http/curl_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

#define DEFAULT_MAX_CONNECTIONS    128
#define DEFAULT_MAX_RESPONSE_BYTES (8u << 20)
#define DEFAULT_TIMEOUT_MS         30000
#define CONNECT_TIMEOUT_MS         10000L
/* Servers close idle connections after 60 s or more; not using an old one saves meeting that moment. */
#define CONNECTION_IDLE_MAX_S 50L
#define BODY_KEPT_BYTES       (64u << 10) /* a larger buffer is freed between two calls */
/* What is read at once. libcurl has such a buffer for each request in flight, of 16 KiB unless it is told; most answers
 * have little more than this. */
#define RECEIVE_BYTES 1024L

struct http_call {
    LIST_ENTRY(http_call) entry; /* in flight, or spare */
    struct http_client *client;
    CURL *easy;
    struct timer *deadline;
    struct curl_slist *headers;
    struct buf body; /* of the response */
    http_response_fn *fn;
    void *arg;
    int64_t timeout_ms;
    int64_t started_ms;
    const int64_t *send_until_ms; /* NULL for no bound */
    unsigned attempts;            /* how often libcurl was about to send the request */
    bool is_repeatable;
    bool is_head_complete;         /* of the response */
    const char *hindrance;         /* why it could not be started; NULL when it was */
    char problem[CURL_ERROR_SIZE]; /* filled by libcurl */
};

LIST_HEAD(calls, http_call);

struct http_client {
    struct loop *loop;
    struct curl_loop *curl_loop; /* NULL before the first call */
    long max_connections;
    size_t max_response_bytes;
    char *user_agent;
    struct calls in_flight;
    struct calls spare;
};

static bool is_too_late(const struct http_call *call)
{
    return call->send_until_ms && clock_monotonic_ms() >= *call->send_until_ms;
}

/* libcurl's CURLOPT_PREREQFUNCTION: a connection is there, and the request would be sent next. This process may have
 * been stopped while the connection was being made, so here is the last moment to look at the time. */
static int before_send(void *arg, char *their_ip, char *our_ip, int their_port, int our_port)
{
    struct http_call *call = arg;

    (void)their_ip;
    (void)our_ip;
    (void)their_port;
    (void)our_port;
    if (is_too_late(call) || (call->attempts > 0 && !call->is_repeatable))
        return CURL_PREREQFUNC_ABORT;
    call->attempts++;
    return CURL_PREREQFUNC_OK;
}

/* libcurl's CURLOPT_WRITEFUNCTION. */
static size_t on_body(char *bytes, size_t one, size_t size, void *arg)
{
    struct http_call *call = arg;

    (void)one;
    buf_add(&call->body, bytes, size);
    return call->body.overflow ? CURL_WRITEFUNC_ERROR : size;
}

/* libcurl's CURLOPT_HEADERFUNCTION: one line of a head, of which there may be several. libcurl takes a connection that
 * closes inside of one for the end of a response, so the empty line is waited for here. */
static size_t on_head_line(char *line, size_t one, size_t size, void *arg)
{
    struct http_call *call = arg;

    (void)one;
    call->is_head_complete = line[0] == '\r' || line[0] == '\n';
    return size;
}

/* The call's memory for the next one, emptied. */
static void put_away(struct http_call *call)
{
    timer_stop(call->deadline);
    curl_request_forget(call->easy, &call->headers);
    if (call->body.capacity > BODY_KEPT_BYTES)
        buf_clear(&call->body);
    LIST_REMOVE(call, entry);
    LIST_INSERT_HEAD(&call->client->spare, call, entry);
}

static const char *header_of(CURL *easy, const char *name)
{
    struct curl_header *header;

    return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK ? header->value : "";
}

static void describe_answer(struct http_call *call, struct http_response *response)
{
    long status = 0;

    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    response->outcome = HTTP_ANSWERED;
    response->status = (int)status;
    response->body = call->body.data;
    response->body_size = call->body.size;
    response->content_type = header_of(call->easy, "Content-Type");
    response->retry_after = header_of(call->easy, "Retry-After");
    response->date = header_of(call->easy, "Date");
}

/* Ends call and tells its owner. problem is NULL when a whole response has come. */
static void finish(struct http_call *call, const char *problem)
{
    struct http_response response = {
        .outcome = call->attempts == 0 ? HTTP_NOT_SENT : HTTP_UNKNOWN,
        .body = "",
        .content_type = "",
        .retry_after = "",
        .date = "",
        .problem = problem ? problem : "",
        .duration_ms = clock_monotonic_ms() - call->started_ms,
    };

    if (!problem)
        describe_answer(call, &response);
    curl_loop_end(call->client->curl_loop, call->easy);
    timer_stop(call->deadline);
    call->fn(call->arg, &response);
    put_away(call);
}

static const char *problem_of(struct http_call *call, CURLcode code)
{
    if (code == CURLE_OK)
        return call->is_head_complete ? NULL : "the answer broke off";
    if (code == CURLE_ABORTED_BY_CALLBACK && call->attempts == 0)
        return "not sent: its time was over";
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return "the connection was closed before an answer came";
    if (call->body.overflow)
        return "the answer is too large";
    return call->problem[0] ? call->problem : curl_easy_strerror(code);
}

static void on_done(void *arg, CURL *easy, CURLcode code)
{
    char *private = NULL;
    struct http_call *call;

    (void)arg;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
    call = (struct http_call *)(void *)private;
    finish(call, problem_of(call, code));
}

/* A call that could not be started ends here as well, at once, so that its owner is never called from its own call. */
static void on_deadline(void *arg)
{
    struct http_call *call = arg;
    char duration[32], problem[64];

    clock_format_duration(call->timeout_ms, duration, sizeof(duration));
    snprintf(problem, sizeof(problem), "no answer within %s", duration);
    finish(call, call->hindrance ? call->hindrance : problem);
}

struct http_client *http_client_new(struct loop *loop, const struct http_client_options *options)
{
    struct http_client *client = mem_new(sizeof(*client));

    client->loop = loop;
    client->max_connections = (long)(options->max_connections ? options->max_connections : DEFAULT_MAX_CONNECTIONS);
    client->max_response_bytes = options->max_response_bytes ? options->max_response_bytes : DEFAULT_MAX_RESPONSE_BYTES;
    client->user_agent = mem_string(options->user_agent ? options->user_agent : "hookline/" HOOKLINE_VERSION);
    LIST_INIT(&client->in_flight);
    LIST_INIT(&client->spare);
    return client;
}

/* Starting libcurl reads openssl.cnf and takes 2 MiB, so a process that asks nobody goes without. */
static void start_curl(struct http_client *client)
{
    if (!client->curl_loop)
        client->curl_loop = curl_loop_new(client->loop, client->max_connections, on_done, client);
}

/* What every call has in common. */
static void set_policy(struct http_call *call)
{
    CURL *easy = call->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->problem);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_send);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, call);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head_line);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, call->client->user_agent);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    /* One request at a time on a connection, so that one that breaks leaves one outcome unknown and not many. */
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, CONNECTION_IDLE_MAX_S);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, RECEIVE_BYTES);
}

static struct http_call *call_new(struct http_client *client)
{
    struct http_call *call = mem_new(sizeof(*call));

    call->client = client;
    call->easy = curl_easy_init();
    if (!call->easy) {
        log_error("libcurl is out of memory");
        abort();
    }
    call->deadline = timer_new(client->loop, on_deadline, call);
    buf_init(&call->body, client->max_response_bytes);
    set_policy(call);
    curl_loop_prepare(client->curl_loop, call->easy);
    LIST_INSERT_HEAD(&client->spare, call, entry);
    return call;
}

static void call_free(struct http_call *call)
{
    LIST_REMOVE(call, entry);
    curl_easy_cleanup(call->easy);
    timer_free(call->deadline);
    buf_clear(&call->body);
    mem_free(call);
}

/* Why it cannot be started, or NULL. */
static const char *start(struct http_call *call, const struct http_request *request)
{
    const char *hindrance = curl_request_set(call->easy, request, &call->headers);

    if (!hindrance && !curl_loop_start(call->client->curl_loop, call->easy))
        hindrance = "libcurl is out of memory";
    return hindrance;
}

struct http_call *http_client_send(struct http_client *client, const struct http_request *request, http_response_fn *fn,
                                   void *arg)
{
    struct http_call *call = LIST_FIRST(&client->spare);

    start_curl(client);
    if (!call)
        call = call_new(client);
    LIST_REMOVE(call, entry);
    LIST_INSERT_HEAD(&client->in_flight, call, entry);
    call->fn = fn;
    call->arg = arg;
    call->attempts = 0;
    call->is_head_complete = false;
    call->problem[0] = '\0';
    call->started_ms = clock_monotonic_ms();
    call->timeout_ms = request->timeout_ms ? request->timeout_ms : DEFAULT_TIMEOUT_MS;
    call->send_until_ms = request->send_until_ms;
    call->is_repeatable = curl_request_is_repeatable(request->method);
    buf_reset(&call->body);
    call->hindrance = start(call, request);
    timer_start(call->deadline, call->hindrance ? 0 : call->timeout_ms);
    return call;
}

void http_call_cancel(struct http_call *call)
{
    curl_loop_end(call->client->curl_loop, call->easy);
    put_away(call);
}

void http_client_free(struct http_client *client)
{
    struct http_call *call;

    if (!client)
        return;
    while ((call = LIST_FIRST(&client->in_flight)))
        http_call_cancel(call);
    while ((call = LIST_FIRST(&client->spare)))
        call_free(call);
    curl_loop_free(client->curl_loop);
    mem_free(client->user_agent);
    mem_free(client);
}
