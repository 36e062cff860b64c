/*
 * demo.c - hookline demo: the course of things, from the first process to the table of what was written.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo.h"

#include "base/json.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/demo_results.h"
#include "cli/report.h"
#include "cli/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DIRECTORY     ".hookline/demo"
#define RECEIVER_PORT 8080
#define SANDBOX_PORT  9090
#define SETTLE_MS     60000

static const struct option demo_options[] = {
    {"once", OPTION_FLAG, NULL, "end when the events are written: 0 if all of them were"},
    {"dir", OPTION_TEXT, "DIR", "where the demo keeps its files (" DIRECTORY ")"},
    {"port", OPTION_NUMBER, "N", "the receiver's port (8080; with --once a free one)"},
    {0},
};

static bool send_events(struct demo *demo)
{
    struct error err = {0};

    for (size_t i = 0; i < DEMO_SAMPLES; i++) {
        demo->events[i].sample = &demo_samples[i];
        if (!demo_event_send(&demo->events[i], demo->config, demo->receiver_url, demo->loop, demo->client, &err)) {
            (void)report_failure("%s", err.text);
            return false;
        }
    }
    return true;
}

static void show_progress(struct demo *demo)
{
    struct buf line;

    buf_init(&line, 400);
    for (size_t i = 0; i < DEMO_SAMPLES; i++)
        buf_addf(&line, "%s%s: %s", i ? ", " : "", demo->events[i].sample->source,
                 view_state(demo_event_state(&demo->events[i])));
    progress_show(&demo->progress, line.data);
    buf_clear(&line);
}

static bool all_are_settled(struct demo *demo)
{
    bool all = true;

    for (size_t i = 0; i < DEMO_SAMPLES; i++) {
        struct demo_event *event = &demo->events[i];

        if (!demo_event_is_settled(event))
            demo_event_look(event, demo->loop, demo->queue);
        all = all && demo_event_is_settled(event);
    }
    show_progress(demo);
    return all;
}

static void tell_port(const char *whose, unsigned wanted, unsigned taken)
{
    if (wanted != 0 && wanted != taken)
        report_note("Port %u is in use: the %s takes %u.", wanted, whose, taken);
}

/* From the start to the table; whether everything was written. */
static bool perform(struct demo *demo, const struct demo_place_options *options)
{
    if (!demo_stage_open(demo, options))
        return false;
    tell_port("receiver", options->receiver_port, demo->place.receiver_port);
    tell_port("sandbox", options->sandbox_port, demo->place.sandbox_port);
    report_note("The receiver listens on %s, the sandbox stands in for Pinpoint on %s.", demo->receiver_url,
                demo->sandbox_url);
    report_note("Sending three signed events, as three vendors would.");
    if (!send_events(demo))
        return false;
    bool is_settled = demo_stage_wait(demo, "the events to be settled", all_are_settled, SETTLE_MS);
    progress_end(&demo->progress);
    return is_settled && demo_results_print(demo);
}

static bool never(struct demo *demo)
{
    (void)demo;
    return false;
}

/* path as it can be typed from here; owned. */
static char *from_here(const char *path)
{
    char here[4096];
    size_t size;

    if (!getcwd(here, sizeof(here)))
        return mem_string(path);
    size = strlen(here);
    return mem_string(strncmp(path, here, size) == 0 && path[size] == '/' ? path + size + 1 : path);
}

/* The samples' events are ordered by the application they are about. */
static void invite_to_application(const struct demo *demo, const struct demo_event *event)
{
    char *url = mem_printf("%s/applications/%s", demo->sandbox_url, json_get_string(event->report, "order_key", ""));

    report_note("  %-40s what %s has changed", url, event->sample->source);
    mem_free(url);
}

static void invite(const struct demo *demo)
{
    char *program = from_here(demo->program);

    fputc('\n', stderr);
    report_note("Everything stays up until Ctrl-C. To open:");
    report_note("  %-40s the sandbox, as a recruiter sees Pinpoint", demo->sandbox_url);
    for (size_t i = 0; i < DEMO_SAMPLES; i++)
        invite_to_application(demo, &demo->events[i]);
    report_note("  %-40s the receiver", demo->receiver_url);
    report_note("To try, from this directory:");
    report_note("  export HOOKLINE_CONFIG=%s", demo->place.config_path);
    report_note("  %s status", program);
    report_note("  %s show %s", program, demo->events[0].id);
    report_note("  %s send --source %s --wait examples/events/%s", program, demo_samples[0].source,
                demo_samples[0].event);
    mem_free(program);
}

/* Until Ctrl-C, which is how it is meant to end; false when a child has ended by itself. */
static bool stay(struct demo *demo)
{
    invite(demo);
    if (!demo_stage_wait(demo, "", never, 0))
        report_note("Stopping.");
    return demo->is_interrupted;
}

static int demo_run(const struct arguments *arguments)
{
    bool is_once = arguments_flag(arguments, "once");
    struct demo_place_options options = {
        .directory = arguments_text(arguments, "dir", DIRECTORY),
        .receiver_port = (unsigned)arguments_number(arguments, "port", is_once ? 0 : RECEIVER_PORT),
        .is_port_chosen = arguments_text(arguments, "port", NULL) != NULL,
        .sandbox_port = is_once ? 0 : SANDBOX_PORT,
    };
    struct demo demo = {0};

    if (options.receiver_port > 65535)
        return report_usage("demo: --port: expected 0 to 65535, got %u", options.receiver_port);
    bool is_well = perform(&demo, &options);
    if (is_well && !is_once)
        is_well = stay(&demo);
    for (size_t i = 0; i < DEMO_SAMPLES; i++)
        demo_event_clear(&demo.events[i]);
    demo_stage_close(&demo);
    return is_well ? EXIT_SUCCESS : EXIT_FAILURE;
}

const struct command demo_command = {
    .name = "demo",
    .group = GROUP_DEVELOP,
    .summary = "everything on this machine, with three events",
    .operands = "",
    .description =
        "Starts the sandbox and hookline serve, sends the events of three vendors, signed, and shows what they\n"
        "have changed. Stays up until Ctrl-C. Needs no network, and keeps to its own directory.",
    .example = "hookline demo --once",
    .options = demo_options,
    .reads_no_config = true,
    .run = demo_run,
};
