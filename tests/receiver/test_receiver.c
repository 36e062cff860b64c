/*
 * test_receiver.c - the receiver over real HTTP, with a real Redis behind it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/client.h"
#include "queue/inspect.h"
#include "receiver/receiver.h"
#include "tests/fakes/raw_client.h"
#include "tests/fakes/redis_fixture.h"
#include "tests/fakes/wait.h"
#include "tests/receiver/signing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OLD_SECRET   "whsec_b2xkIHNlY3JldCBvZiB0aGUgcmVjZWl2ZXIncyB0ZXN0cw=="
#define NEW_SECRET   "whsec_bmV3IHNlY3JldCBvZiB0aGUgcmVjZWl2ZXIncyB0ZXN0cw=="
#define WRONG_SECRET "whsec_YW5vdGhlciBzZWNyZXQgdGhhbiB0aGUgcmVjZWl2ZXIncw=="
#define ATS_SECRET   "the secret of Pinpoint's own webhook"

/* ---- a configuration without a file ---- */

static struct account accounts[] = {{.name = (char[]){"acme"}}, {.name = (char[]){"globex"}}};

static struct source sources[] = {
    /* an account of its own, two secrets: one is being replaced by the other */
    {.name = (char[]){"quiz"},
     .preset = (char[]){""},
     .account = (char[]){"acme"},
     .tolerance_ms = 300000,
     .type_path = (char[]){".type"},
     .order_by_path = (char[]){".data.application_id"},
     .occurred_at_path = (char[]){".at"},
     .delivery_id_path = (char[]){""}},
    /* the account in the path, no delivery id anywhere */
    {.name = (char[]){"ats"},
     .preset = (char[]){""},
     .account = (char[]){""},
     .type_path = (char[]){".event"},
     .order_by_path = (char[]){""},
     .occurred_at_path = (char[]){".triggeredAt"},
     .delivery_id_path = (char[]){""}},
};

static struct config config = {
    .listen = (char[]){"127.0.0.1:0"},
    .max_body_bytes = 2000,
    .accounts = accounts,
    .account_count = COUNT_OF(accounts),
    .sources = sources,
    .source_count = COUNT_OF(sources),
};

/* ---- the scene: a Redis, a receiver, a client ---- */

struct scene {
    struct loop *loop;
    struct redis_fixture *redis;
    struct receiver *receiver;
    struct http_client *client;
    struct queue *queue; /* to look what was stored */
};

/* An answer, copied. */
struct reply {
    struct scene *scene;
    bool has_come;
    int status;
    char content_type[64];
    char retry_after[16];
    char body[20000];
};

static void on_response(void *arg, const struct http_response *response)
{
    struct reply *reply = arg;

    reply->has_come = true;
    reply->status = response->status;
    snprintf(reply->content_type, sizeof(reply->content_type), "%s", response->content_type);
    snprintf(reply->retry_after, sizeof(reply->retry_after), "%s", response->retry_after);
    snprintf(reply->body, sizeof(reply->body), "%s", response->body);
    loop_stop(reply->scene->loop);
}

/* One request. What is NULL or 0 has its default. */
struct parcel {
    const char *method; /* POST */
    const char *path;   /* /in/quiz */
    const char *secret; /* none: unsigned */
    const char *scheme; /* standard-webhooks */
    const char *id;     /* "d1" */
    const char *body;   /* GOOD_BODY */
    const char *sent;   /* in place of the body that was signed */
    const char *headers[4];
    const char *last_header; /* behind those of the signature */
    int64_t age_ms;          /* of the signature */
};

#define GOOD_BODY   "{\"type\":\"quiz.completed\",\"at\":1614687278,\"data\":{\"application_id\":77,\"score\":9}}"
#define HEADERS_MAX 16

static const char * or (const char *value, const char *fallback)
{
    return value ? value : fallback;
}

/* Sends the parcel; the reply comes while the loop runs. */
static void post(struct scene *scene, const struct parcel *parcel, struct reply *reply)
{
    const char *headers[HEADERS_MAX] = {"Content-Type: application/json"};
    const char *body = or (parcel->body, GOOD_BODY);
    char *url = mem_printf("%s%s", receiver_address(scene->receiver), or (parcel->path, "/in/quiz"));
    size_t count = parcel->headers[0] ? 0 : 1; /* a parcel with headers brings its own content type */
    struct buf signature;

    buf_init(&signature, 2000);
    for (size_t i = 0; i < COUNT_OF(parcel->headers) && parcel->headers[i]; i++)
        headers[count++] = parcel->headers[i];
    if (parcel->secret)
        signing_sign(or (parcel->scheme, "standard-webhooks"), parcel->secret, or (parcel->id, "d1"),
                     clock_now_ms() - parcel->age_ms, body, &signature);
    count += signing_split(signature.data, headers + count);
    headers[count++] = parcel->last_header;
    body = or (parcel->sent, body);
    *reply = (struct reply){.scene = scene};
    const struct http_request request = {.method = or (parcel->method, "POST"),
                                         .url = url,
                                         .headers = headers,
                                         .body = parcel->method ? NULL : body,
                                         .body_size = parcel->method ? 0 : strlen(body)};
    http_client_send(scene->client, &request, on_response, reply);
    buf_clear(&signature);
    mem_free(url);
}

static int deliver(struct scene *scene, const struct parcel *parcel, struct reply *reply)
{
    post(scene, parcel, reply);
    assert_true(wait_for(scene->loop, &reply->has_come));
    return reply->status;
}

static int get(struct scene *scene, const char *path, struct reply *reply)
{
    return deliver(scene, &(struct parcel){.method = "GET", .path = path}, reply);
}

/* "id" of an answer that has one; static storage, overwritten by the next call. */
static const char *id_of(const struct reply *reply)
{
    static char id[ULID_SIZE];
    struct error err = {0};
    cJSON *answer = json_parse(reply->body, strlen(reply->body), &err);

    snprintf(id, sizeof(id), "%s", json_get_string(answer, "id", ""));
    cJSON_Delete(answer);
    assert_true(ulid_is(id));
    return id;
}

/* ---- what was stored ---- */

struct look {
    struct scene *scene;
    cJSON *report;
    bool has_come;
};

static void on_report(void *arg, const cJSON *report, const struct error *err)
{
    struct look *look = arg;

    assert_null(err);
    look->report = cJSON_Duplicate(report, true);
    look->has_come = true;
    loop_stop(look->scene->loop);
}

/* The event as `hookline show` has it; owned. */
static cJSON *stored_event(struct scene *scene, const char *id)
{
    struct look look = {.scene = scene};

    queue_show(scene->queue, id, on_report, &look);
    assert_true(wait_for(scene->loop, &look.has_come));
    assert_non_null(look.report);
    return look.report;
}

static int64_t count_stored(struct scene *scene)
{
    struct look look = {.scene = scene};

    queue_status(scene->queue, on_report, &look);
    assert_true(wait_for(scene->loop, &look.has_come));
    int64_t count = json_get_integer(look.report, "waiting", -1);
    cJSON_Delete(look.report);
    return count;
}

/* ---- opening and closing ---- */

static void on_queue_ready(void *arg, const struct error *err)
{
    struct look *look = arg;

    assert_null(err);
    look->has_come = true;
    loop_stop(look->scene->loop);
}

static void open_receiver(struct scene *scene, const struct config *with)
{
    struct error err = {0};
    const struct receiver_options options = {.config = with, .redis_url = redis_fixture_url(scene->redis)};
    struct reply reply;

    scene->receiver = receiver_open(scene->loop, &options, &err);
    if (!scene->receiver)
        fail_msg("%s", err.text);
    while (get(scene, "/readyz", &reply) != 200)
        assert_int_equal(reply.status, 503);
}

static int scene_open(void **state)
{
    struct scene *scene = mem_new(sizeof(*scene));
    struct look ready = {.scene = scene};
    struct error err = {0};

    scene->redis = *state;
    redis_fixture_flush(scene->redis);
    scene->loop = loop_new();
    scene->client = http_client_new(scene->loop, &(struct http_client_options){0});
    scene->queue = queue_open(scene->loop, &(struct queue_options){.url = redis_fixture_url(scene->redis)}, &err);
    assert_non_null(scene->queue);
    queue_when_ready(scene->queue, 5000, on_queue_ready, &ready);
    assert_true(wait_for(scene->loop, &ready.has_come));
    open_receiver(scene, &config);
    *state = scene;
    return 0;
}

static int scene_close(void **state)
{
    struct scene *scene = *state;

    http_client_free(scene->client);
    receiver_close(scene->receiver);
    queue_close(scene->queue);
    loop_free(scene->loop);
    mem_free(scene);
    return 0;
}

/* ---- the tests ---- */

static void what_is_taken_is_stored_as_it_came(void **state)
{
    struct scene *scene = *state;
    const struct parcel parcel = {
        .secret = OLD_SECRET,
        .id = "delivery 1",
        .body = "{\"type\":\"quiz.completed\",\"at\":1614687278, \"data\":{\"application_id\":9223372036854775807}}"};
    struct reply reply;

    assert_int_equal(deliver(scene, &parcel, &reply), 202);
    assert_string_equal(reply.content_type, "application/json");
    cJSON *event = stored_event(scene, id_of(&reply));
    assert_string_equal(json_get_string(event, "account", ""), "acme");
    assert_string_equal(json_get_string(event, "source", ""), "quiz");
    assert_string_equal(json_get_string(event, "type", ""), "quiz.completed");
    assert_string_equal(json_get_string(event, "order_key", ""), "9223372036854775807");
    assert_string_equal(json_get_string(event, "delivery_id", ""), "delivery 1");
    assert_string_equal(json_get_string(json_find(event, "payload", "data", NULL), "application_id", ""),
                        "9223372036854775807");
    cJSON_Delete(event);
}

static void headers_are_kept_without_those_that_are_secret(void **state)
{
    static const char *const left_out[] = {"authorization", "x-api-key", "webhook-signature", "x-verify-token"};
    struct scene *scene = *state;
    const struct parcel parcel = {
        .secret = OLD_SECRET,
        .headers = {"Content-Type: application/json", "X-API-Key: abc", "X-Verify-Token: abc", "X-Attempt: \"3\""}};
    struct reply reply;

    assert_int_equal(deliver(scene, &parcel, &reply), 202);
    cJSON *event = stored_event(scene, id_of(&reply));
    const cJSON *headers = json_get(event, "headers");
    assert_string_equal(json_get_string(headers, "x-attempt", ""), "\"3\"");
    assert_string_equal(json_get_string(headers, "webhook-id", ""), "d1");
    for (size_t i = 0; i < COUNT_OF(left_out); i++)
        assert_null(json_get(headers, left_out[i]));
    cJSON_Delete(event);
}

static void the_account_may_stand_in_the_path(void **state)
{
    static const struct {
        const char *path, *account;
    } cases[] = {{"/in/ats/acme", "acme"}, {"/in/ats/globex", "globex"}};
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct parcel parcel = {.path = cases[i].path,
                                      .secret = ATS_SECRET,
                                      .scheme = "pinpoint",
                                      .body = "{\"event\":\"application_hired\",\"triggeredAt\":1614687278}"};
        struct reply reply;

        assert_int_equal(deliver(scene, &parcel, &reply), 202);
        cJSON *event = stored_event(scene, id_of(&reply));
        assert_string_equal(json_get_string(event, "account", ""), cases[i].account);
        cJSON_Delete(event);
    }
}

static void a_path_may_repeat_the_account_of_its_source(void **state)
{
    struct reply reply;

    assert_int_equal(deliver(*state, &(struct parcel){.path = "/in/quiz/acme", .secret = OLD_SECRET}, &reply), 202);
}

static void a_second_delivery_gets_the_first_ones_id(void **state)
{
    struct scene *scene = *state;
    char first[ULID_SIZE];
    struct reply reply;

    assert_int_equal(deliver(scene, &(struct parcel){.secret = OLD_SECRET}, &reply), 202);
    snprintf(first, sizeof(first), "%s", id_of(&reply));
    assert_int_equal(deliver(scene, &(struct parcel){.secret = OLD_SECRET}, &reply), 200);
    assert_string_equal(id_of(&reply), first);
    assert_int_equal(deliver(scene, &(struct parcel){.secret = OLD_SECRET, .id = "d2"}, &reply), 202);
    assert_string_not_equal(id_of(&reply), first);
    assert_int_equal(count_stored(scene), 2);
}

static void without_a_delivery_id_the_same_body_is_the_same_delivery(void **state)
{
    struct scene *scene = *state;
    struct parcel parcel = {.path = "/in/ats/acme",
                            .secret = ATS_SECRET,
                            .scheme = "pinpoint",
                            .body = "{\"event\":\"application_hired\",\"triggeredAt\":1}"};
    struct reply reply;

    assert_int_equal(deliver(scene, &parcel, &reply), 202);
    assert_int_equal(deliver(scene, &parcel, &reply), 200);
    parcel.body = "{\"event\":\"application_hired\",\"triggeredAt\":2}";
    assert_int_equal(deliver(scene, &parcel, &reply), 202);
}

static void while_a_secret_is_replaced_both_are_good(void **state)
{
    struct scene *scene = *state;
    struct reply reply;

    assert_int_equal(deliver(scene, &(struct parcel){.secret = OLD_SECRET, .id = "a"}, &reply), 202);
    assert_int_equal(deliver(scene, &(struct parcel){.secret = NEW_SECRET, .id = "b"}, &reply), 202);
    assert_int_equal(deliver(scene, &(struct parcel){.secret = WRONG_SECRET, .id = "c"}, &reply), 401);
}

/* Every way to be told no; words are in the problem's detail. */
struct refusal {
    struct parcel parcel;
    int status;
    const char *words;
};

static const struct refusal refusals[] = {
    {{.path = "/in/nobody", .secret = OLD_SECRET}, 404, "no source of this name"},
    {{.path = "/in/"}, 404, "GET / lists"},
    {{.path = "/in/quiz/"}, 404, "GET / lists"},
    {{.path = "/in/quiz/acme/more"}, 404, "GET / lists"},
    {{.path = "/elsewhere"}, 404, "GET / lists"},
    {{.path = "/metrics"}, 405, "Allow"},
    {{.method = "GET"}, 405, "Allow"},
    {{.method = "PUT"}, 405, "Allow"},
    {{0}, 401, "could not be verified"},
    {{.secret = WRONG_SECRET}, 401, "could not be verified"},
    {{.secret = OLD_SECRET, .sent = "{\"type\":\"quiz.completed\",\"at\":1}"}, 401, "could not be verified"},
    {{.secret = OLD_SECRET, .age_ms = 301000}, 401, "could not be verified"},
    {{.secret = OLD_SECRET, .age_ms = -301000}, 401, "could not be verified"},
    {{.secret = OLD_SECRET, .last_header = "webhook-id: another"}, 401, "could not be verified"},
    {{.secret = WRONG_SECRET, .body = "no json"}, 401, "could not be verified"},
    {{.secret = ATS_SECRET, .scheme = "pinpoint"}, 401, "could not be verified"},
    {{.secret = OLD_SECRET, .headers = {"Content-Type: text/plain"}}, 415, "application/json"},
    {{.secret = OLD_SECRET, .headers = {"Content-Type: application/x-www-form-urlencoded"}}, 415, "application/json"},
    {{.secret = OLD_SECRET, .headers = {"Content-Type: application/json", "Content-Encoding: gzip"}},
     415,
     "Content-Encoding"},
    {{.secret = OLD_SECRET, .body = ""}, 400, ""},
    {{.secret = OLD_SECRET, .body = "no json"}, 400, ""},
    {{.secret = OLD_SECRET, .body = "{\"type\":\"a\"} trailing"}, 400, ""},
    {{.secret = OLD_SECRET, .body = "{\"type\":\"\xff\"}"}, 400, ""},
    {{.secret = OLD_SECRET, .body = "{}"}, 400, ".type is missing"},
    {{.secret = OLD_SECRET, .body = "{\"type\":\"a\",\"data\":{\"application_id\":{}}}"}, 400, ".data.application_id"},
    {{.path = "/in/quiz/globex", .secret = OLD_SECRET}, 404, "no account of that name"},
    {{.path = "/in/ats/nobody", .secret = ATS_SECRET, .scheme = "pinpoint", .body = "{\"event\":\"a\"}"},
     404,
     "no account of that name"},
    {{.path = "/in/ats", .secret = ATS_SECRET, .scheme = "pinpoint", .body = "{\"event\":\"a\"}"},
     404,
     "needs an account in its path: /in/ats/{account}"},
};

static void what_is_not_taken_is_answered_with_a_problem(void **state)
{
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct reply reply;
        struct error err = {0};

        if (deliver(scene, &refusals[i].parcel, &reply) != refusals[i].status)
            fail_msg("case %zu: %d, not %d: %s", i, reply.status, refusals[i].status, reply.body);
        assert_string_equal(reply.content_type, "application/problem+json");
        cJSON *problem = json_parse(reply.body, strlen(reply.body), &err);
        assert_int_equal(json_get_integer(problem, "status", 0), refusals[i].status);
        if (!strstr(json_get_string(problem, "detail", ""), refusals[i].words))
            fail_msg("case %zu: \"%s\" is not in %s", i, refusals[i].words, reply.body);
        cJSON_Delete(problem);
    }
    assert_int_equal(count_stored(scene), 0);
}

static void a_wrong_method_is_told_the_right_one(void **state)
{
    struct scene *scene = *state;
    unsigned port = (unsigned)strtoul(strrchr(receiver_address(scene->receiver), ':') + 1, NULL, 10);
    struct raw_client client;

    raw_client_open(&client, scene->loop, port);
    raw_client_send(&client, "GET /in/quiz HTTP/1.1\r\nHost: here\r\n\r\n");
    assert_true(raw_client_await(&client, "Allow: POST\r\n"));
    raw_client_send(&client, "DELETE /readyz HTTP/1.1\r\nHost: here\r\n\r\n");
    assert_true(raw_client_await(&client, "Allow: GET, HEAD\r\n"));
    raw_client_send(&client, "HEAD /readyz HTTP/1.1\r\nHost: here\r\n\r\n");
    assert_true(raw_client_await(&client, "HTTP/1.1 200 OK\r\n"));
    raw_client_close(&client);
}

static void a_body_over_the_bound_is_refused(void **state)
{
    struct scene *scene = *state;
    char body[2100] = "{\"type\":\"";
    struct reply reply;

    memset(body + strlen(body), 'x', sizeof(body) - strlen(body) - 1);
    assert_int_equal(deliver(scene, &(struct parcel){.secret = OLD_SECRET, .body = body}, &reply), 413);
}

static void json_may_be_called_by_other_names(void **state)
{
    static const char *const types[] = {"Content-Type: application/json; charset=utf-8",
                                        "Content-Type: application/vnd.api+json", "Content-Type: Application/JSON",
                                        "Content-Type: application/cloudevents+json;v=1", "Content-Type;"};
    struct scene *scene = *state;

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        char id[20];
        struct reply reply;

        snprintf(id, sizeof(id), "d%zu", i);
        const struct parcel parcel = {.secret = OLD_SECRET, .id = id, .headers = {types[i]}};
        if (deliver(scene, &parcel, &reply) != 202)
            fail_msg("%s: %d", types[i], reply.status);
    }
}

/* Since the last CONFIG RESETSTAT. */
static bool has_run_a_script(struct redis_fixture *redis)
{
    redisReply *info = redis_fixture_command(redis, "INFO commandstats");
    bool has_run = strstr(info->str, "cmdstat_eval") != NULL;

    freeReplyObject(info);
    return has_run;
}

static void who_cannot_sign_costs_no_command_of_redis(void **state)
{
    struct scene *scene = *state;
    struct reply reply;

    redis_fixture_do(scene->redis, "CONFIG RESETSTAT");
    for (int i = 0; i < 20; i++)
        assert_int_equal(deliver(scene, &(struct parcel){.secret = WRONG_SECRET}, &reply), 401);
    assert_false(has_run_a_script(scene->redis));
    assert_int_equal(deliver(scene, &(struct parcel){.secret = OLD_SECRET}, &reply), 202);
    assert_true(has_run_a_script(scene->redis));
}

static void a_delivery_is_acknowledged_only_after_redis_has_answered(void **state)
{
    struct scene *scene = *state;
    struct reply delivery, other;

    redis_fixture_freeze(scene->redis);
    post(scene, &(struct parcel){.secret = OLD_SECRET}, &delivery);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(get(scene, "/healthz", &other), 200);
        assert_false(delivery.has_come);
    }
    redis_fixture_thaw(scene->redis);
    assert_true(wait_for(scene->loop, &delivery.has_come));
    assert_int_equal(delivery.status, 202);
}

static void without_redis_senders_are_told_to_come_back_and_may(void **state)
{
    struct scene *scene = *state;
    struct reply reply;

    redis_fixture_kill(scene->redis);
    assert_int_equal(deliver(scene, &(struct parcel){.secret = OLD_SECRET}, &reply), 503);
    assert_string_equal(reply.retry_after, "5");
    assert_int_equal(get(scene, "/readyz", &reply), 503);
    assert_non_null(strstr(reply.body, "Redis is not connected"));
    assert_int_equal(get(scene, "/healthz", &reply), 200);
    redis_fixture_start(scene->redis);
    while (get(scene, "/readyz", &reply) != 200)
        assert_int_equal(reply.status, 503);
    assert_int_equal(deliver(scene, &(struct parcel){.secret = OLD_SECRET}, &reply), 202);
}

static void a_full_queue_is_said_to_be_full(void **state)
{
    struct scene *scene = *state;
    struct config small = config;
    struct reply reply;

    small.queue.max_events = 1;
    receiver_close(scene->receiver);
    open_receiver(scene, &small);
    assert_int_equal(deliver(scene, &(struct parcel){.secret = OLD_SECRET, .id = "a"}, &reply), 202);
    assert_int_equal(deliver(scene, &(struct parcel){.secret = OLD_SECRET, .id = "b"}, &reply), 503);
    assert_string_equal(reply.retry_after, "30");
    assert_non_null(strstr(reply.body, "full"));
    receiver_reload(scene->receiver, &config);
}

static void an_account_with_too_many_events_is_told_to_come_later(void **state)
{
    static const struct parcel first = {.secret = OLD_SECRET, .id = "a"}, second = {.secret = OLD_SECRET, .id = "b"};
    struct reply reply;

    accounts[0].max_waiting = 1;
    assert_int_equal(deliver(*state, &first, &reply), 202);
    assert_int_equal(deliver(*state, &second, &reply), 429);
    assert_string_equal(reply.retry_after, "30");
    assert_string_equal(reply.content_type, "application/problem+json");
    assert_int_equal(deliver(*state, &first, &reply), 200);
    accounts[0].max_waiting = 0;
}

static void the_metrics_tell_what_became_of_deliveries(void **state)
{
    static const char *const lines[] = {
        "hookline_received_total{source=\"quiz\",result=\"accepted\"} 1\n",
        "hookline_received_total{source=\"quiz\",result=\"duplicate\"} 1\n",
        "hookline_received_total{source=\"quiz\",result=\"refused\"} 1\n",
        "hookline_received_total{source=\"quiz\",result=\"invalid\"} 1\n",
        "hookline_received_total{source=\"\",result=\"unknown_source\"} 1\n",
        "hookline_receive_seconds_count 5\n",
        "hookline_redis_up 1\n",
        "hookline_queue_waiting 1\n",
        "hookline_account_waiting{account=\"acme\"} 1\n",
    };
    static const struct parcel parcels[] = {
        {.secret = OLD_SECRET}, {.secret = OLD_SECRET}, {.secret = WRONG_SECRET}, {.secret = OLD_SECRET, .body = "{}"},
        {.path = "/in/nobody"},
    };
    struct scene *scene = *state;
    struct reply reply;

    for (size_t i = 0; i < COUNT_OF(parcels); i++)
        deliver(scene, &parcels[i], &reply);
    assert_int_equal(get(scene, "/metrics", &reply), 200);
    assert_non_null(strstr(reply.content_type, "version=0.0.4"));
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        if (!strstr(reply.body, lines[i]))
            fail_msg("no %sin %s", lines[i], reply.body);
    }
}

static void the_queues_numbers_are_read_once_a_second(void **state)
{
    struct scene *scene = *state;
    struct reply reply;

    int64_t now_ms = clock_now_ms();

    clock_freeze(now_ms);
    assert_int_equal(get(scene, "/metrics", &reply), 200);
    assert_int_equal(deliver(scene, &(struct parcel){.secret = OLD_SECRET}, &reply), 202);
    clock_freeze(now_ms + 999);
    assert_int_equal(get(scene, "/metrics", &reply), 200);
    assert_non_null(strstr(reply.body, "hookline_queue_waiting 0\n"));
    clock_freeze(now_ms + 1000);
    assert_int_equal(get(scene, "/metrics", &reply), 200);
    assert_non_null(strstr(reply.body, "hookline_queue_waiting 1\n"));
    clock_release();
}

static void the_paths_are_listed(void **state)
{
    struct scene *scene = *state;
    struct reply reply;

    assert_int_equal(get(scene, "/", &reply), 200);
    assert_non_null(strstr(reply.body, "/in/{source}/{account}"));
    assert_non_null(strstr(reply.body, "/metrics"));
}

/* A copy of the configuration that knows "quiz" only, on the heap, so that a use after it was freed is noticed. */
static struct config *config_of_quiz_alone(void)
{
    struct config *copy = mem_new(sizeof(*copy));

    *copy = config;
    copy->sources = mem_new(sizeof(*copy->sources));
    copy->sources[0] = sources[0];
    copy->sources[0].name = mem_string(sources[0].name);
    copy->source_count = 1;
    return copy;
}

static void free_config(struct config *copy)
{
    mem_free(copy->sources[0].name);
    mem_free(copy->sources);
    mem_free(copy);
}

static void a_new_configuration_holds_from_the_next_request_on(void **state)
{
    struct scene *scene = *state;
    const struct parcel ats = {
        .path = "/in/ats/acme", .secret = ATS_SECRET, .scheme = "pinpoint", .body = "{\"event\":\"a\"}"};
    struct config *next = config_of_quiz_alone();
    struct reply under_way, reply;

    assert_int_equal(deliver(scene, &ats, &reply), 202);
    receiver_reload(scene->receiver, next);
    assert_int_equal(deliver(scene, &ats, &reply), 404);
    redis_fixture_freeze(scene->redis);
    post(scene, &(struct parcel){.secret = OLD_SECRET}, &under_way);
    assert_int_equal(get(scene, "/healthz", &reply), 200);
    receiver_reload(scene->receiver, &config);
    free_config(next);
    redis_fixture_thaw(scene->redis);
    assert_true(wait_for(scene->loop, &under_way.has_come));
    assert_int_equal(under_way.status, 202);
    assert_int_equal(deliver(scene, &ats, &reply), 200);
}

struct drain {
    struct scene *scene;
    const struct reply *under_way;
    bool has_ended;
};

static void on_drained(void *arg)
{
    struct drain *drain = arg;

    assert_true(drain->under_way->has_come);
    drain->has_ended = true;
    loop_stop(drain->scene->loop);
}

static void stop_loop(void *arg)
{
    loop_stop(arg);
}

/* Gives the receiver the time to look again and again whether it has drained. */
static void let_it_look(struct scene *scene)
{
    struct timer *timer = timer_new(scene->loop, stop_loop, scene->loop);

    timer_start(timer, 60);
    loop_run(scene->loop);
    timer_free(timer);
}

static void draining_answers_what_has_arrived_and_takes_nothing_new(void **state)
{
    struct scene *scene = *state;
    struct reply under_way, reply;
    struct drain drain = {.scene = scene, .under_way = &under_way};

    redis_fixture_freeze(scene->redis);
    post(scene, &(struct parcel){.secret = OLD_SECRET}, &under_way);
    assert_int_equal(get(scene, "/healthz", &reply), 200);
    receiver_drain(scene->receiver, on_drained, &drain);
    assert_int_equal(get(scene, "/readyz", &reply), 503); /* on the connection that is there; it closes then */
    assert_non_null(strstr(reply.body, "stopping"));
    assert_int_equal(get(scene, "/healthz", &reply), 0);
    let_it_look(scene);
    assert_false(drain.has_ended);
    redis_fixture_thaw(scene->redis);
    assert_true(wait_for(scene->loop, &drain.has_ended));
    assert_int_equal(under_way.status, 202);
}

static void what_has_no_answer_when_it_closes_gets_none(void **state)
{
    struct scene *scene = *state;
    struct reply under_way, reply;

    redis_fixture_freeze(scene->redis);
    post(scene, &(struct parcel){.secret = OLD_SECRET}, &under_way);
    assert_int_equal(get(scene, "/healthz", &reply), 200);
    assert_int_equal(get(scene, "/readyz", &reply), 200);
    receiver_close(scene->receiver);
    scene->receiver = NULL;
    redis_fixture_thaw(scene->redis);
    assert_true(wait_for(scene->loop, &under_way.has_come));
    assert_int_equal(under_way.status, 0);
}

/* One Redis for all tests; each begins with an empty one. */
static int open_redis(void **state)
{
    signing_add_key(&sources[0], "standard-webhooks", OLD_SECRET);
    signing_add_key(&sources[0], "standard-webhooks", NEW_SECRET);
    signing_add_key(&sources[1], "pinpoint", ATS_SECRET);
    *state = redis_fixture_open(NULL);
    return 0;
}

static int close_redis(void **state)
{
    for (size_t i = 0; i < COUNT_OF(sources); i++)
        signing_free_keys(&sources[i]);
    redis_fixture_close(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_taken_is_stored_as_it_came),
        TEST(headers_are_kept_without_those_that_are_secret),
        TEST(the_account_may_stand_in_the_path),
        TEST(a_path_may_repeat_the_account_of_its_source),
        TEST(a_second_delivery_gets_the_first_ones_id),
        TEST(without_a_delivery_id_the_same_body_is_the_same_delivery),
        TEST(while_a_secret_is_replaced_both_are_good),
        TEST(what_is_not_taken_is_answered_with_a_problem),
        TEST(a_wrong_method_is_told_the_right_one),
        TEST(a_body_over_the_bound_is_refused),
        TEST(json_may_be_called_by_other_names),
        TEST(who_cannot_sign_costs_no_command_of_redis),
        TEST(a_delivery_is_acknowledged_only_after_redis_has_answered),
        TEST(without_redis_senders_are_told_to_come_back_and_may),
        TEST(a_full_queue_is_said_to_be_full),
        TEST(an_account_with_too_many_events_is_told_to_come_later),
        TEST(the_metrics_tell_what_became_of_deliveries),
        TEST(the_queues_numbers_are_read_once_a_second),
        TEST(the_paths_are_listed),
        TEST(a_new_configuration_holds_from_the_next_request_on),
        TEST(draining_answers_what_has_arrived_and_takes_nothing_new),
        TEST(what_has_no_answer_when_it_closes_gets_none),
    };

    log_init("test", LOG_ERROR);
    return cmocka_run_group_tests(tests, open_redis, close_redis);
}
