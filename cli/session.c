/*
 * session.c - opens what a command needs, and turns the queue's callbacks into calls that wait.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/session.h"

#include "base/closest.h"
#include "base/mem.h"
#include "cli/report.h"
#include "queue/inspect.h"
#include "queue/private_redis.h"
#include "queue/redis_url.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READY_TIMEOUT_MS 3000

const char *session_config_path(const struct arguments *arguments)
{
    const char *path = getenv("HOOKLINE_CONFIG");

    return arguments_text(arguments, "config", path && *path ? path : "hookline.json");
}

struct config *session_config(const struct arguments *arguments, bool compile_rules)
{
    struct error err = {0};
    struct config *config = config_load(session_config_path(arguments), compile_rules, &err);

    if (!config)
        report_usage("%s", err.text);
    return config;
}

char *session_queue_url(const struct config *config)
{
    return *config->redis_url ? mem_string(config->redis_url) : private_redis_url_of(config->data_dir);
}

static int not_running(const struct session *session, const struct redis_url *url)
{
    bool is_private = !*session->config->redis_url;
    char *shown = redis_url_describe(url);
    int code = report_failure("%s does not answer%s", shown, is_private ? ": is `hookline serve` up?" : "");

    mem_free(shown);
    return code;
}

static int wait_until_ready(struct session *session, const struct redis_url *url)
{
    struct inquiry inquiry;

    inquiry_init(&inquiry, session->loop);
    queue_when_ready(session->queue, READY_TIMEOUT_MS, inquiry_done, &inquiry);
    if (inquiry_wait(&inquiry))
        return EXIT_SUCCESS;
    return inquiry.err.kind == ERROR_REFUSED ? report_failure("%s", inquiry.err.text) : not_running(session, url);
}

/* A private server that is down has often left no socket: that is told without waiting for the time-out. */
static int open_queue(struct session *session, const char *text)
{
    struct queue_options options = session->config->queue;
    struct redis_url url = {0};
    struct error err = {0};
    int code = EXIT_SUCCESS;

    if (!redis_url_parse(text, &url, &err))
        return report_usage("the url of Redis: %s", err.text);
    options.url = text;
    options.stores_nothing = true;
    session->loop = loop_new();
    session->queue = queue_open(session->loop, &options, &err);
    if (!session->queue)
        code = report_usage("%s", err.text);
    else if (url.path && access(url.path, F_OK) != 0)
        code = not_running(session, &url);
    else
        code = wait_until_ready(session, &url);
    redis_url_clear(&url);
    return code;
}

int session_open(struct session *session, const struct arguments *arguments)
{
    struct error err = {0};

    *session = (struct session){.config = config_load_outline(session_config_path(arguments), &err)};
    if (!session->config)
        return report_usage("%s", err.text);
    char *url = session_queue_url(session->config);
    int code = open_queue(session, url);
    mem_free(url);
    if (code != EXIT_SUCCESS)
        session_close(session);
    return code;
}

void session_close(struct session *session)
{
    queue_close(session->queue);
    loop_free(session->loop);
    config_free(session->config);
    *session = (struct session){0};
}

int session_unknown(const struct config *config, const char *thing, const struct closest *closest)
{
    if (*closest->name)
        return report_usage("%s: no %s \"%s\": did you mean %s?", config->path, thing, closest->given, closest->name);
    return report_usage("%s: no %s \"%s\"", config->path, thing, closest->given);
}

const struct source *session_source(const struct config *config, const char *name)
{
    const struct source *source = config_source(config, name);
    struct closest closest;

    if (source)
        return source;
    closest_init(&closest, name);
    for (size_t i = 0; i < config->source_count; i++)
        closest_try(&closest, config->sources[i].name, strlen(config->sources[i].name));
    (void)session_unknown(config, "source", &closest);
    return NULL;
}

const struct account *session_account(const struct config *config, const char *name)
{
    const struct account *account = config_account(config, name);
    struct closest closest;

    if (account)
        return account;
    closest_init(&closest, name);
    for (size_t i = 0; i < config->account_count; i++)
        closest_try(&closest, config->accounts[i].name, strlen(config->accounts[i].name));
    (void)session_unknown(config, "account", &closest);
    return NULL;
}

void inquiry_init(struct inquiry *inquiry, struct loop *loop)
{
    *inquiry = (struct inquiry){.loop = loop};
}

void inquiry_clear(struct inquiry *inquiry)
{
    cJSON_Delete(inquiry->report);
    inquiry->report = NULL;
}

void inquiry_done(void *arg, const struct error *err)
{
    struct inquiry *inquiry = arg;

    inquiry->is_answered = true;
    inquiry->has_failed = err != NULL;
    if (err)
        inquiry->err = *err;
    if (inquiry->is_waiting)
        loop_stop(inquiry->loop);
}

void inquiry_report(void *arg, const cJSON *report, const struct error *err)
{
    struct inquiry *inquiry = arg;

    inquiry->report = report ? cJSON_Duplicate(report, true) : NULL;
    inquiry_done(inquiry, err);
}

bool inquiry_wait(struct inquiry *inquiry)
{
    inquiry->is_waiting = true;
    while (!inquiry->is_answered)
        loop_run(inquiry->loop);
    inquiry->is_waiting = false;
    return !inquiry->has_failed;
}

int session_report(const struct arguments *arguments, session_ask_fn *ask, session_print_fn *print)
{
    struct session session;
    struct inquiry inquiry;
    int code = session_open(&session, arguments);

    if (code != EXIT_SUCCESS)
        return code;
    inquiry_init(&inquiry, session.loop);
    ask(session.queue, arguments, inquiry_report, &inquiry);
    if (inquiry_wait(&inquiry))
        code = print(inquiry.report, arguments);
    else
        code = report_failure("%s", inquiry.err.text);
    inquiry_clear(&inquiry);
    session_close(&session);
    return code;
}

static void on_pause_over(void *arg)
{
    loop_stop(arg);
}

void session_pause(struct loop *loop, int64_t ms)
{
    struct timer *timer = timer_new(loop, on_pause_over, loop);

    timer_start(timer, ms);
    loop_run(loop);
    timer_free(timer);
}
