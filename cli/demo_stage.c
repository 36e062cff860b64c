/*
 * demo_stage.c - starts the demo's processes, waits, stops them. Knows nothing of what the events say.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/demo.h"
#include "cli/fetch.h"
#include "cli/report.h"
#include "cli/session.h"
#include "queue/inspect.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLL_MS          20
#define ANSWER_MS        2000
#define READY_MS         20000
#define STOP_SERVE_MS    45000 /* beyond the configuration's drain time and what serve adds to it */
#define STOP_SANDBOX_MS  5000
#define SANDBOX_VARIABLE "HOOKLINE_SANDBOX_KEY"

static void on_stop(void *arg, int number)
{
    struct demo *demo = arg;

    (void)number;
    demo->is_interrupted = true;
    loop_stop(demo->loop);
}

/* Whether something happened that ends the demo; says so, once. */
static bool has_failed(struct demo *demo)
{
    const struct demo_child *children[] = {&demo->sandbox, &demo->serve};

    for (size_t i = 0; i < COUNT_OF(children); i++) {
        if (children[i]->has_ended) {
            demo_child_complain(children[i]);
            return true;
        }
    }
    return false;
}

bool demo_stage_wait(struct demo *demo, const char *what, demo_fn *is_true, int64_t timeout_ms)
{
    int64_t until_ms = clock_monotonic_ms() + timeout_ms;

    while (!demo->is_interrupted && !has_failed(demo)) {
        if (is_true(demo))
            return true;
        if (timeout_ms > 0 && clock_monotonic_ms() > until_ms) {
            (void)report_failure("waited %lld s in vain for %s", (long long)timeout_ms / 1000, what);
            return false;
        }
        session_pause(demo->loop, POLL_MS);
    }
    return false;
}

static bool answers(struct demo *demo, const char *address, const char *path)
{
    char *url = mem_printf("%s%s", address, path);
    struct http_request request = {.method = "GET", .url = url, .timeout_ms = ANSWER_MS};
    struct fetched fetched;

    fetch(demo->loop, demo->client, &request, &fetched);
    bool is_ready = fetched.status == 200;
    fetched_clear(&fetched);
    mem_free(url);
    return is_ready;
}

static bool sandbox_is_ready(struct demo *demo)
{
    return answers(demo, demo->sandbox_url, "/sandbox/stats");
}

static bool receiver_is_ready(struct demo *demo)
{
    return answers(demo, demo->receiver_url, "/readyz");
}

/* An event that waited for its worker to start would look slow. */
static bool workers_are_there(struct demo *demo)
{
    struct inquiry inquiry;
    int count = 0;

    inquiry_init(&inquiry, demo->loop);
    queue_status(demo->queue, inquiry_report, &inquiry);
    if (inquiry_wait(&inquiry))
        count = cJSON_GetArraySize(json_get(inquiry.report, "workers"));
    inquiry_clear(&inquiry);
    return count >= (int)demo->config->worker_processes;
}

/* The sandbox learns the key by its environment: a command line is open to everybody on the machine. */
static bool start_sandbox(struct demo *demo, struct error *err)
{
    const char *listen = demo->sandbox_url + strlen("http://");
    const char *argv[] = {demo->program, "sandbox", "--listen", listen, NULL};

    setenv(SANDBOX_VARIABLE, demo->place.api_key, 1);
    bool is_started = demo_child_start(&demo->sandbox, demo->loop, argv, err);
    unsetenv(SANDBOX_VARIABLE);
    return is_started;
}

static bool start_serve(struct demo *demo, struct error *err)
{
    const char *argv[] = {demo->program, "serve", "--config", demo->place.config_path, NULL};

    return demo_child_start(&demo->serve, demo->loop, argv, err);
}

static bool open_queue(struct demo *demo, struct error *err)
{
    struct queue_options options = demo->config->queue;
    char *url = session_queue_url(demo->config);

    options.url = url;
    demo->queue = queue_open(demo->loop, &options, err);
    mem_free(url);
    return demo->queue != NULL;
}

static void open_loop(struct demo *demo)
{
    demo->sandbox = (struct demo_child){.name = "the sandbox", .log_path = demo->place.sandbox_log};
    demo->serve = (struct demo_child){.name = "hookline serve", .log_path = demo->place.serve_log};
    snprintf(demo->receiver_url, sizeof(demo->receiver_url), "http://127.0.0.1:%u", demo->place.receiver_port);
    snprintf(demo->sandbox_url, sizeof(demo->sandbox_url), "http://127.0.0.1:%u", demo->place.sandbox_port);
    demo->program = process_own_path();
    demo->loop = loop_new();
    loop_on_signal(demo->loop, SIGINT, on_stop, demo);
    loop_on_signal(demo->loop, SIGTERM, on_stop, demo);
    demo->client = http_client_new(demo->loop, &(struct http_client_options){0});
}

bool demo_stage_open(struct demo *demo, const struct demo_place_options *options)
{
    struct error err = {0};

    if (!demo_place_open(&demo->place, options, &err)) {
        (void)report_failure("%s", err.text);
        return false;
    }
    open_loop(demo);
    demo->config = config_load(demo->place.config_path, false, &err);
    if (!demo->config || !start_sandbox(demo, &err) || !start_serve(demo, &err)) {
        (void)report_failure("%s", err.text);
        return false;
    }
    if (!demo_stage_wait(demo, "the sandbox", sandbox_is_ready, READY_MS) ||
        !demo_stage_wait(demo, "the receiver", receiver_is_ready, READY_MS))
        return false;
    if (open_queue(demo, &err))
        return demo_stage_wait(demo, "the workers", workers_are_there, READY_MS);
    (void)report_failure("%s", err.text);
    return false;
}

void demo_stage_close(struct demo *demo)
{
    if (!demo->loop)
        return;
    demo_child_stop(&demo->serve, STOP_SERVE_MS);
    demo_child_stop(&demo->sandbox, STOP_SANDBOX_MS);
    queue_close(demo->queue);
    http_client_free(demo->client);
    loop_free(demo->loop);
    config_free(demo->config);
    mem_free(demo->program);
    demo_place_close(&demo->place);
}
