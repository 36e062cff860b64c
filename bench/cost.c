/*
 * cost.c - the parts of an event's way that do no I/O, each alone and many times, so that instructions can be counted:
 * `cost PART TIMES`, called by bench/cost.sh under callgrind.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json_check.h"
#include "base/mem.h"
#include "config/config.h"
#include "handlers/handler.h"
#include "http/signature.h"
#include "queue/event.h"
#include "receiver/fields.h"
#include "rules/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONFIG   "bench/cost/hookline.json"
#define AT_MS    INT64_C(1768473000000)
#define DELIVERY "01KF0000000000000000000000-17"

static const char body[] =
    "{\"type\":\"bench.event\",\"timestamp\":\"2026-01-15T10:30:00Z\",\"data\":{\"application_id\":\"1042\","
    "\"assessment\":{\"id\":\"asm_4711\",\"name\":\"SQL for "
    "analysts\"},\"score\":87,\"max_score\":100,\"percentile\":92,"
    "\"result\":\"passed\",\"report_url\":\"https://skillcheck.example/reports/asm_4711\","
    "\"completed_at\":\"2026-01-15T10:29:41Z\",\"notes\":\"Nothing in here is looked at by any rule; it makes the "
    "event "
    "as long as events are: half a kilobyte, which is what an assessment platform sends when somebody is done.\"}}";

/* What the parts work on. */
struct bench {
    const struct source *source;
    struct buf signed_lines; /* "webhook-id: …\n" and so on, each value ended by a NUL */
    struct fields fields;
    struct event event;
    struct buf record;
};

static void must(bool is_true, const char *what)
{
    if (is_true)
        return;
    fprintf(stderr, "cost: %s\n", what);
    exit(1);
}

/* A signature_header_fn over the lines that signature_sign has made. */
static const char *header(void *arg, const char *name)
{
    const struct buf *lines = arg;
    size_t size = strlen(name);

    for (const char *line = lines->data; line < lines->data + lines->size; line += strlen(line) + 1)
        if (strncmp(line, name, size) == 0)
            return line + size + 2;
    return NULL;
}

static void verify(struct bench *bench)
{
    const struct signature_input input = {.header = header,
                                          .arg = &bench->signed_lines,
                                          .body = body,
                                          .body_size = sizeof(body) - 1,
                                          .now_ms = AT_MS,
                                          .tolerance_ms = 1000};
    struct error err = {0};

    must(signature_verify(bench->source->scheme, bench->source->keys, bench->source->key_count, &input, &err),
         err.text);
}

static void read_fields(struct bench *bench)
{
    const struct delivery delivery = {.id_header = DELIVERY, .body = body, .body_size = sizeof(body) - 1};
    struct json_facts facts;
    struct error err = {0};

    must(json_check(body, sizeof(body) - 1, &facts, &err), err.text);
    must(fields_read(&bench->fields, bench->source, &delivery, &err), err.text);
}

static void record(struct bench *bench)
{
    struct event event;
    struct error err = {0};

    buf_reset(&bench->record);
    event_encode(&bench->event, &bench->record);
    must(event_decode(bench->record.data, bench->record.size, &event, &err), err.text);
}

static void map(struct bench *bench)
{
    struct plan plan = {0};
    struct error err = {0};

    must(rules_plan(bench->source->rules, &bench->event, &plan, &err), err.text);
    must(plan.count == 1, "one action was expected");
    plan_clear(&plan);
}

/* Plans too, since a request is made of a plan: bench/cost.sh takes the plan's cost off. */
static void build_request(struct bench *bench)
{
    struct plan plan = {0};
    struct request request = {0};
    struct action action;
    struct error err = {0};

    must(rules_plan(bench->source->rules, &bench->event, &plan, &err), err.text);
    action_init(&action, handler_named(plan.actions[0].name));
    action.args = plan.actions[0].args;
    action.ref = "0123456789ab";
    action.now_ms = action.received_ms = AT_MS;
    must(action.handler->step(&action, NULL, &request, &err) == STEP_SEND && request.body, "a request was expected");
    request_clear(&request);
    action_clear(&action);
    plan_clear(&plan);
}

static const struct {
    const char *name;
    void (*run)(struct bench *bench);
} parts[] = {{"verify", verify}, {"read", read_fields}, {"record", record}, {"map", map}, {"request", build_request}};

static void prepare(struct bench *bench, const struct config *config)
{
    bench->source = config_source(config, "bench");
    buf_init(&bench->signed_lines, 4096);
    buf_init(&bench->record, EVENT_PAYLOAD_MAX);
    fields_init(&bench->fields);
    signature_sign(bench->source->keys[0], DELIVERY, AT_MS, body, sizeof(body) - 1, &bench->signed_lines);
    for (char *at = bench->signed_lines.data; (at = strchr(at, '\n')); at++)
        *at = '\0';
    bench->event = (struct event){.id = "01KF0000000000000000000000",
                                  .account = "acme",
                                  .source = "bench",
                                  .type = "bench.event",
                                  .order_key = "1042",
                                  .delivery_id = DELIVERY,
                                  .headers = "{\"host\":\"127.0.0.1:8080\",\"content-type\":\"application/json\"}",
                                  .received_ms = AT_MS,
                                  .occurred_ms = AT_MS,
                                  .payload = body,
                                  .payload_size = sizeof(body) - 1};
}

int main(int argc, char **argv)
{
    struct error err = {0};
    struct config *config = config_load(CONFIG, false, &err);
    struct bench bench = {0};

    must(config != NULL, err.text);
    must(argc == 3, "usage: cost PART TIMES");
    prepare(&bench, config);
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        for (long n = strcmp(parts[i].name, argv[1]) == 0 ? strtol(argv[2], NULL, 10) : 0; n > 0; n--)
            parts[i].run(&bench);
    buf_clear(&bench.signed_lines);
    buf_clear(&bench.record);
    fields_clear(&bench.fields);
    config_free(config);
    return 0;
}
