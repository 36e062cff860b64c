/*
 * bench.c - hookline bench: how fast an installation takes events in, and works them off.
 *
 * Signs and sends many events at once, from one thread. It is as honest as its place: on the machine that it measures
 * it takes processor time from what it measures.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/bench_event.h"
#include "cli/bench_queue.h"
#include "cli/bench_report.h"
#include "cli/bench_target.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/local_url.h"
#include "cli/report.h"
#include "cli/session.h"
#include "http/load_generator.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS = 10000, CONNECTIONS = 64, ANSWER_TIMEOUT_MS = 30000 };

static const struct option bench_options[] = {
    {"source", OPTION_TEXT, "SOURCE", "the source to send as (required)"},
    {"account", OPTION_TEXT, "ACCOUNT", "for a source that serves several accounts"},
    {"url", OPTION_TEXT, "URL", "the receiver's address (from the configuration)"},
    {"events", OPTION_NUMBER, "N", "how many (10000)"},
    {"connections", OPTION_NUMBER, "N", "keep-alive connections (64)"},
    {"rate", OPTION_NUMBER, "N", "events a second (as many as are answered)"},
    {"allow-base-url", OPTION_TEXT, "URL", "the account's base URL, when it is not the sandbox's"},
    {"wait", OPTION_FLAG, NULL, "also wait until all are settled: for this the queue is asked"},
    {"json", OPTION_FLAG, NULL, "print one line of JSON"},
    {0},
};

/* What was asked for. */
struct bench {
    const struct arguments *arguments;
    struct config *config;
    const struct source *source;
    const char *account; /* NULL when the source has one of its own */
    char *local;         /* owned: the receiver's address as the configuration has it */
    const char *url;
    size_t events, connections;
    struct buf file;
    struct bench_event event;
    struct loop *loop;
    struct load_generator *load;
    struct bench_queue queue; /* with --wait */
    int64_t settled_us;
    int64_t dead;
};

static const struct account *find_account(const struct bench *bench)
{
    const char *name = *bench->source->account ? bench->source->account : bench->account;

    if (!name) {
        (void)report_usage("bench: source %s serves several accounts: expected --account ACCOUNT", bench->source->name);
        return NULL;
    }
    return session_account(bench->config, name);
}

/* Says what is wrong and returns false; the command ends with EXIT_USAGE then. */
static bool read_numbers(struct bench *bench)
{
    long events = arguments_number(bench->arguments, "events", EVENTS);
    long connections = arguments_number(bench->arguments, "connections", CONNECTIONS);

    bench->events = (size_t)events;
    bench->connections = (size_t)(connections < events ? connections : events);
    if (events > 0 && connections > 0 && connections <= LOAD_CONNECTIONS_MAX)
        return true;
    (void)report_usage("bench: expected at least one event, and 1 to %d connections", LOAD_CONNECTIONS_MAX);
    return false;
}

static bool read_file(struct bench *bench)
{
    const char *path = bench->arguments->operands[0];
    struct error err = {0};

    if (!input_read(path, &bench->file, &err)) {
        (void)report_usage("bench: %s", err.text);
        return false;
    }
    cJSON *body = json_parse(bench->file.data, bench->file.size, &err);
    if (!body)
        (void)report_usage("bench: %s: %s (placeholders stand inside of strings)", path, err.text);
    cJSON_Delete(body);
    return body != NULL;
}

static bool prepare(struct bench *bench)
{
    struct error err = {0};
    const struct account *account;

    bench->source = session_source(bench->config, arguments_text(bench->arguments, "source", NULL));
    if (!bench->source || !read_numbers(bench) || !(account = find_account(bench)) || !read_file(bench))
        return false;
    bench->local = local_url(bench->config->listen);
    bench->url = arguments_text(bench->arguments, "url", bench->local);
    const char *allowed = arguments_text(bench->arguments, "allow-base-url", NULL);
    if (strcmp(bench->url, bench->local) != 0 && !allowed) {
        (void)report_usage("bench: who listens at %s may have another configuration than this one: --allow-base-url %s "
                           "says that his account %s may be written to",
                           bench->url, account->base_url, account->name);
        return false;
    }
    if (!bench_target_check(account, allowed, &err)) {
        (void)report_usage("bench: %s", err.text);
        return false;
    }
    bench_event_init(&bench->event, bench->source, bench->account, bench->url, bench->file.data);
    if (bench_event_is_one_lane(&bench->event))
        report_note(
            "every event has the same ordering key, so they run one after another; {{n%%100}} in %s spreads them",
            bench->arguments->operands[0]);
    return true;
}

/* ---- measuring ---- */

/* Ctrl-C: what was measured so far is shown. */
static void on_signal(void *arg, int number)
{
    struct bench *bench = arg;

    (void)number;
    bench->queue.is_stopped = true;
    load_generator_quiet(bench->load);
}

static void on_ended(void *arg)
{
    struct bench *bench = arg;

    loop_stop(bench->loop);
}

/* A load_request_fn. */
static void write_request(void *arg, size_t number, struct buf *out)
{
    struct bench *bench = arg;

    bench_event_request(&bench->event, number, out);
}

static bool wait_until_settled(struct bench *bench, int64_t started_us)
{
    bool is_settled = false;

    if (!bench_queue_wait(&bench->queue, &is_settled, &bench->dead))
        return false;
    if (is_settled)
        bench->settled_us = clock_monotonic_us() - started_us;
    return true;
}

static int tell(const struct bench *bench)
{
    struct buf body;

    buf_init(&body, LOAD_REQUEST_MAX);
    bench_event_body(&bench->event, 0, &body);
    const struct bench_outcome outcome = {.load = load_generator_result(bench->load),
                                          .url = bench->url,
                                          .body_size = body.size,
                                          .connections = bench->connections,
                                          .settled_us = bench->settled_us,
                                          .dead = (size_t)bench->dead};
    buf_clear(&body);
    return bench_report(&outcome, arguments_flag(bench->arguments, "json"));
}

static int measure(struct bench *bench)
{
    const struct load_options options = {
        .url = bench->url,
        .connections = bench->connections,
        .requests = bench->events,
        .per_second = (double)arguments_number(bench->arguments, "rate", 0),
        .timeout_ms = ANSWER_TIMEOUT_MS,
        .request = write_request,
        .ended = on_ended,
        .arg = bench,
    };
    int64_t started_us = clock_monotonic_us();
    struct error err = {0};
    int code = EXIT_FAILURE;

    bench->loop = loop_new();
    bench->load = load_generator_open(bench->loop, &options, &err);
    if (bench->load) {
        loop_on_signal(bench->loop, SIGINT, on_signal, bench);
        loop_on_signal(bench->loop, SIGTERM, on_signal, bench);
        loop_run(bench->loop);
        bool is_waiting = arguments_flag(bench->arguments, "wait");
        if (!is_waiting || wait_until_settled(bench, started_us))
            code = tell(bench);
        if (is_waiting && bench->settled_us == 0) /* somebody has had enough */
            code = EXIT_FAILURE;
    } else {
        code = report_usage("bench: %s", err.text);
    }
    load_generator_close(bench->load);
    loop_free(bench->loop);
    return code;
}

static int bench_run(const struct arguments *arguments)
{
    struct bench bench = {.arguments = arguments, .account = arguments_text(arguments, "account", NULL)};
    int code = EXIT_USAGE;

    if (!arguments_text(arguments, "source", NULL))
        return report_usage("bench: expected --source SOURCE; hookline bench --help tells more");
    bench.config = session_config(arguments, false);
    if (!bench.config)
        return EXIT_USAGE;
    buf_init(&bench.file, bench.config->max_body_bytes);
    if (prepare(&bench)) {
        code = arguments_flag(arguments, "wait") ? bench_queue_open(&bench.queue, arguments) : EXIT_SUCCESS;
        if (code == EXIT_SUCCESS)
            code = measure(&bench);
        bench_queue_close(&bench.queue);
        bench_event_clear(&bench.event);
    }
    mem_free(bench.local);
    buf_clear(&bench.file);
    config_free(bench.config);
    return code;
}

const struct command bench_command = {
    .name = "bench",
    .group = GROUP_DEVELOP,
    .summary = "measure how fast events are taken in and worked off",
    .operands = "FILE|-",
    .operands_min = 1,
    .operands_max = 1,
    .description =
        "Sends FILE many times, signed, each a delivery of its own; {{n}}, {{n%100}} and {{us}} in it become numbers.\n"
        "Refuses an account whose base URL is not the sandbox's: what is made up for measuring is not written there.",
    .example = "hookline bench --source skillcheck --events 20000 --wait examples/events/assessment.json",
    .options = bench_options,
    .run = bench_run,
};
