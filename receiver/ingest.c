/*
 * ingest.c - one delivery: the checks in their order, the event, the answer.
 *
 * The order matters. Up to the signature only the path, the headers and the raw bytes are looked at: whoever cannot
 * sign costs no parsing, no memory and no Redis command, and learns nothing but which sources there are.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "receiver/ingest.h"

#include "base/clock.h"
#include "base/crash.h"
#include "base/json_check.h"
#include "base/mem.h"
#include "receiver/parts.h"

#include <string.h>
#include <strings.h>

/* A request while the handler runs. */
struct request {
    struct receiver *receiver;
    struct http_exchange *exchange;
    const struct path_names *names;
    const char *body;
    size_t body_size;
    const struct source *source;
    const struct account *account;
};

/* What outlives the handler: an answer that waits for Redis or the disk. It holds nothing of the configuration. */
struct pending {
    struct receiver *receiver;
    struct http_exchange *exchange;
    struct counts *counts;
    int64_t started_ms;
    char id[ULID_SIZE];
    struct buf record; /* of the event, where there is a spill that it may go to */
};

static enum verdict find_source(struct request *request, struct error *err)
{
    request->source = config_source(request->receiver->config, request->names->source);
    if (request->source)
        return VERDICT_ACCEPTED;
    error_set(err, ERROR_INVALID, "no such source");
    return VERDICT_UNKNOWN_SOURCE;
}

/* The signature_header_fn: a header sent twice is as good as none. */
static const char *single_header(void *arg, const char *name)
{
    return http_exchange_single_header(arg, name);
}

static enum verdict check_signature(struct request *request, struct error *err)
{
    const struct source *source = request->source;
    const struct signature_input input = {
        .header = single_header,
        .arg = request->exchange,
        .body = request->body,
        .body_size = request->body_size,
        .now_ms = clock_now_ms(),
        .tolerance_ms = source->tolerance_ms,
    };

    if (!signature_verify(source->scheme, source->keys, source->key_count, &input, err))
        return VERDICT_REFUSED;
    CRASH_POINT("after-verify");
    return VERDICT_ACCEPTED;
}

/* application/json, application/anything+json, with or without parameters. No type at all counts as JSON. */
static bool is_json_type(const char *type)
{
    size_t size = strcspn(type, "; \t");

    return size == 0 || (size == strlen("application/json") && strncasecmp(type, "application/json", size) == 0) ||
           (size > strlen("+json") && strncasecmp(type + size - strlen("+json"), "+json", strlen("+json")) == 0);
}

/* That the body is not compressed the server has seen to. */
static enum verdict check_media(struct request *request, struct error *err)
{
    const char *type = http_exchange_header(request->exchange, "content-type");

    if (!type || is_json_type(type))
        return VERDICT_ACCEPTED;
    error_set(err, ERROR_INVALID, "the body must be JSON (application/json)");
    return VERDICT_UNSUPPORTED;
}

static enum verdict check_json(struct request *request, struct error *err)
{
    struct json_facts facts;

    return json_check(request->body, request->body_size, &facts, err) ? VERDICT_ACCEPTED : VERDICT_INVALID;
}

static enum verdict read_fields(struct request *request, struct error *err)
{
    const char *id_header = signature_id_header(request->source->scheme);
    const struct delivery delivery = {
        .id_header = id_header ? single_header(request->exchange, id_header) : NULL,
        .body = request->body,
        .body_size = request->body_size,
    };

    return fields_read(&request->receiver->fields, request->source, &delivery, err) ? VERDICT_ACCEPTED
                                                                                    : VERDICT_INVALID;
}

/* The source's account, or the path's for a source without one. A path may repeat a source's account, not change it. */
static enum verdict find_account(struct request *request, struct error *err)
{
    const char *fixed = request->source->account;
    const char *named = request->names->account;
    const struct account *account = config_account(request->receiver->config, *named ? named : fixed);

    if (account && (!*fixed || strcmp(account->name, fixed) == 0)) {
        request->account = account;
        return VERDICT_ACCEPTED;
    }
    if (!*named)
        error_set(err, ERROR_INVALID, "this source needs an account in its path: /in/%s/{account}",
                  request->source->name);
    else
        error_set(err, ERROR_INVALID, "this source has no account of that name");
    return VERDICT_UNKNOWN_ACCOUNT;
}

typedef enum verdict check_fn(struct request *request, struct error *err);

/* From the first to the last; one that does not accept ends the delivery. */
static check_fn *const checks[] = {find_source, check_signature, check_media, check_json, read_fields, find_account};

static enum verdict run_checks(struct request *request, struct error *err)
{
    enum verdict verdict = VERDICT_ACCEPTED;

    for (size_t i = 0; i < COUNT_OF(checks) && verdict == VERDICT_ACCEPTED; i++)
        verdict = checks[i](request, err);
    return verdict;
}

static struct counts *counts_of(const struct request *request)
{
    struct receiver *receiver = request->receiver;

    if (!request->source)
        return metrics_of_unknown(receiver->metrics);
    return metrics_of(receiver->metrics, (size_t)(request->source - receiver->config->sources));
}

static void answer(struct pending *pending, enum verdict verdict, const char *id, const char *detail)
{
    int64_t duration_ms = clock_monotonic_ms() - pending->started_ms;

    metrics_count(pending->receiver->metrics, pending->counts, verdict, duration_ms);
    verdict_answer(verdict, pending->exchange, id, detail);
    buf_clear(&pending->record);
    mem_free(pending);
}

static void complain(struct pending *pending, enum verdict verdict, const char *why)
{
    complaints_log(&pending->receiver->complaints, verdict, counts_source(pending->counts), why);
    answer(pending, verdict, pending->id, "");
}

static void on_spilled(void *arg, const struct error *err)
{
    struct pending *pending = arg;

    if (err)
        complain(pending, VERDICT_UNAVAILABLE, err->text);
    else
        answer(pending, VERDICT_SPILLED, pending->id, "");
}

/* Whether an event that Redis did not take is kept here: not when it never will be taken. */
static bool may_spill(const struct pending *pending, enum queue_stored result, const struct error *err)
{
    return result == QUEUE_UNAVAILABLE && pending->receiver->spill && !(err && err->kind == ERROR_INVALID);
}

static void on_stored(void *arg, enum queue_stored result, const char *id, const struct error *err)
{
    static const enum verdict verdicts[] = {
        [QUEUE_STORED] = VERDICT_ACCEPTED,
        [QUEUE_DUPLICATE] = VERDICT_DUPLICATE,
        [QUEUE_FULL] = VERDICT_FULL,
        [QUEUE_ACCOUNT_FULL] = VERDICT_ACCOUNT_FULL,
        [QUEUE_UNAVAILABLE] = VERDICT_UNAVAILABLE,
    };
    static const char *const reasons[] = {
        [QUEUE_FULL] = "the queue is full",
        [QUEUE_ACCOUNT_FULL] = "the account has max_waiting events unsettled",
    };
    struct pending *pending = arg;
    const char *why = err ? err->text : reasons[result];

    CRASH_POINT("before-enqueue-reply");
    if (may_spill(pending, result, err))
        spill_add(pending->receiver->spill, &pending->record, why, on_spilled, pending);
    else if (result == QUEUE_STORED || result == QUEUE_DUPLICATE)
        answer(pending, verdicts[result], id, "");
    else
        complain(pending, verdicts[result], why);
    CRASH_POINT("after-enqueue-reply");
}

/* To Redis; behind what is in the spill already, or an older event would be overtaken. */
static void store(struct pending *pending, const struct event *event, size_t max_waiting)
{
    struct receiver *receiver = pending->receiver;

    memcpy(pending->id, event->id, sizeof(pending->id));
    if (receiver->spill)
        event_encode(event, &pending->record);
    if (spill_is_in_use(receiver->spill))
        spill_add(receiver->spill, &pending->record, "others are in it", on_spilled, pending);
    else
        queue_enqueue_within(receiver->queue, event, max_waiting, on_stored, pending);
}

static void enqueue(const struct request *request, struct pending *pending)
{
    struct receiver *receiver = request->receiver;
    struct event event = {
        .received_ms = clock_now_ms(),
        .occurred_ms = receiver->fields.occurred_ms,
        .account = request->account->name,
        .source = request->source->name,
        .type = receiver->fields.type.data,
        .order_key = receiver->fields.order_key.data,
        .delivery_id = receiver->fields.delivery_id.data,
        .payload = request->body,
        .payload_size = request->body_size,
    };

    ulid_new(event.id);
    kept_headers_read(&receiver->kept, request->exchange);
    event.headers = receiver->kept.text.data;
    store(pending, &event, request->account->max_waiting);
}

static struct pending *pending_new(const struct request *request, int64_t started_ms)
{
    struct pending *pending = mem_new(sizeof(*pending));

    pending->receiver = request->receiver;
    pending->exchange = request->exchange;
    pending->counts = counts_of(request);
    pending->started_ms = started_ms;
    buf_init(&pending->record, EVENT_PAYLOAD_MAX + EVENT_HEADERS_MAX + EVENT_HEAD_MAX);
    return pending;
}

void ingest_delivery(struct receiver *receiver, struct http_exchange *exchange, const struct path_names *names)
{
    struct request request = {.receiver = receiver, .exchange = exchange, .names = names};
    struct error err = {0};
    int64_t started_ms = clock_monotonic_ms();

    request.body = http_exchange_body(exchange, &request.body_size);
    enum verdict verdict = run_checks(&request, &err);
    struct pending *pending = pending_new(&request, started_ms);
    if (verdict == VERDICT_ACCEPTED) {
        enqueue(&request, pending);
    } else {
        complaints_log(&receiver->complaints, verdict, names->source, err.text);
        answer(pending, verdict, "", err.text);
    }
}
