/*
 * stage.c - starting and stopping the real thing for a test, and waiting without sleeping.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/stage.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/process.h"
#include "tests/fakes/free_port.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

static const char default_sources[] =
    "\"s\": {\"account\": \"acme\", \"verify\": {\"scheme\": \"standard-webhooks\", \"secrets\": [\"" STAGE_SECRET
    "\"]}, \"event\": {\"type\": \".type\", \"order_by\": \".data.application_id\"},"
    " \"rules\": [{\"on\": \"note\", \"do\": [{\"post_comment\": {\"application\": \"{{.data.application_id}}\","
    " \"text\": \"{{.data.text}}\"}}]}]}";

const char *stage_program(void)
{
    const char *path = getenv("HOOKLINE");

    return path ? path : "build/gcc/hookline";
}

static char *in_directory(const struct stage *stage, const char *name)
{
    return mem_printf("%s/%s", stage->directory, name);
}

static void write_account(FILE *file, const struct stage *stage, const struct stage_options *options, unsigned number)
{
    if (number > 1)
        fprintf(file, ",\n\"acme%u\": ", number);
    else
        fprintf(file, "\"acme\": ");
    fprintf(file, "{\"base_url\": \"http://127.0.0.1:%u\", \"api_key\": \"sandbox-key\", \"limits\": {%s}}",
            stage->sandbox_port, options->limits ? options->limits : "\"requests_per_second\": 0");
}

static void write_config(const struct stage *stage, const struct stage_options *options)
{
    char *path = in_directory(stage, "hookline.json");
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fprintf(file,
            "{%s\"receiver\": {\"listen\": \"127.0.0.1:%u\"%s}, \"workers\": {\"processes\": %u, \"drain\": \"5s\"},\n"
            "\"accounts\": {%s",
            options->more ? options->more : "", stage->receiver_port, options->receiver ? options->receiver : "",
            options->processes ? options->processes : 2, options->more_accounts ? options->more_accounts : "");
    for (unsigned number = 1; number == 1 || number <= options->accounts; number++)
        write_account(file, stage, options, number);
    fprintf(file, "},\n\"sources\": {%s}}\n", options->sources ? options->sources : default_sources);
    fclose(file);
    mem_free(path);
}

/* ---- running the loop ---- */

struct deadline {
    struct loop *loop;
    bool has_passed;
};

static void on_deadline(void *arg)
{
    struct deadline *deadline = arg;

    deadline->has_passed = true;
    loop_stop(deadline->loop);
}

void stage_pass(struct stage *stage, int64_t ms)
{
    struct deadline deadline = {stage->loop, false};
    struct timer *timer = timer_new(stage->loop, on_deadline, &deadline);

    timer_start(timer, ms);
    while (!deadline.has_passed)
        loop_run(stage->loop);
    timer_free(timer);
}

void stage_wait_for(struct stage *stage, int64_t most_ms, const char *what, stage_fn *fn, void *arg)
{
    int64_t until_ms = clock_monotonic_ms() + most_ms;

    while (!fn(stage, arg)) {
        if (clock_monotonic_ms() > until_ms)
            fail_msg("waited %lld s in vain: %s", (long long)most_ms / 1000, what);
        stage_pass(stage, 20);
    }
}

void stage_wait(struct stage *stage, const char *what, stage_fn *fn, void *arg)
{
    stage_wait_for(stage, STAGE_WAIT_MS, what, fn, arg);
}

/* ---- requests ---- */

struct pending {
    struct stage *stage;
    struct stage_reply reply;
    bool is_answered;
};

static void on_reply(void *arg, const struct http_response *response)
{
    struct pending *pending = arg;

    pending->reply.outcome = response->outcome;
    pending->reply.status = response->status;
    pending->reply.body = mem_copy(response->body, response->body_size);
    pending->is_answered = true;
    loop_stop(pending->stage->loop);
}

struct stage_reply stage_request(struct stage *stage, const char *method, const char *url, const char *const *headers,
                                 const char *body)
{
    struct pending pending = {.stage = stage};
    struct http_request request = {.method = method,
                                   .url = url,
                                   .headers = headers,
                                   .body = body,
                                   .body_size = body ? strlen(body) : 0,
                                   .timeout_ms = STAGE_ANSWER_MS};

    http_client_send(stage->client, &request, on_reply, &pending);
    while (!pending.is_answered)
        loop_run(stage->loop);
    return pending.reply;
}

cJSON *stage_sandbox(struct stage *stage, const char *path)
{
    const char *headers[] = {"X-API-KEY: sandbox-key", "Accept: application/vnd.api+json", NULL};
    char *url = mem_printf("http://127.0.0.1:%u%s", stage->sandbox_port, path);
    struct stage_reply reply = stage_request(stage, "GET", url, headers, NULL);

    if (reply.status != 200)
        fail_msg("GET %s: %d %s", url, reply.status, reply.body);
    cJSON *document = json_parse(reply.body, strlen(reply.body), &(struct error){0});
    assert_non_null(document);
    mem_free(reply.body);
    mem_free(url);
    return document;
}

/* ---- life ---- */

static void on_serve_exit(void *arg, int code, int number)
{
    struct stage *stage = arg;

    stage->serve_exit = code < 0 ? 1000 + number : code;
    stage->serve_signal = number;
    loop_stop(stage->loop);
}

static void on_sandbox_exit(void *arg, int code, int number)
{
    struct stage *stage = arg;

    stage->sandbox_exit = code < 0 ? 1000 + number : code;
    loop_stop(stage->loop);
}

static bool is_up(struct stage *stage, unsigned port, const char *path)
{
    char *url = mem_printf("http://127.0.0.1:%u%s", port, path);
    struct stage_reply reply = stage_request(stage, "GET", url, NULL, NULL);
    bool result = reply.outcome == HTTP_ANSWERED && reply.status == 200;

    mem_free(reply.body);
    mem_free(url);
    return result;
}

static bool sandbox_is_up(struct stage *stage, void *arg)
{
    (void)arg;
    return is_up(stage, stage->sandbox_port, "/sandbox/stats");
}

static bool receiver_is_ready(struct stage *stage, void *arg)
{
    (void)arg;
    if (stage->serve_exit != -1)
        fail_msg("hookline serve ended with %d before it was ready", stage->serve_exit);
    return is_up(stage, stage->receiver_port, "/readyz");
}

static void start_sandbox(struct stage *stage, const struct stage_options *options)
{
    char listen[40];
    const char *argv[16] = {stage_program(), "sandbox", "--listen", listen};
    char *log = in_directory(stage, "sandbox.log");
    struct error err = {0};

    snprintf(listen, sizeof(listen), "127.0.0.1:%u", stage->sandbox_port);
    for (size_t i = 0; i < 8 && options->sandbox_args[i]; i++)
        argv[4 + i] = options->sandbox_args[i];
    stage->sandbox = process_open(stage->loop, argv, log, on_sandbox_exit, stage, &err);
    if (!stage->sandbox)
        fail_msg("%s", err.text);
    mem_free(log);
}

static void start_serve(struct stage *stage)
{
    char *config = in_directory(stage, "hookline.json");
    char *log = in_directory(stage, "serve.log");
    const char *argv[] = {stage_program(), "serve", "--config", config, NULL};
    struct error err = {0};

    stage->serve = process_open(stage->loop, argv, log, on_serve_exit, stage, &err);
    if (!stage->serve)
        fail_msg("%s", err.text);
    mem_free(config);
    mem_free(log);
}

void stage_open(struct stage *stage, const struct stage_options *options)
{
    *stage = (struct stage){.serve_exit = -1, .sandbox_exit = -1};
    stage->loop = loop_new();
    stage->client = http_client_new(stage->loop, &(struct http_client_options){.max_connections = 512});
    snprintf(stage->directory, sizeof(stage->directory), "/tmp/hookline-e2e-XXXXXX");
    assert_non_null(mkdtemp(stage->directory));
    stage->receiver_port = free_port();
    stage->sandbox_port = free_port();
    write_config(stage, options);
    start_sandbox(stage, options);
    start_serve(stage);
    stage_wait(stage, "the sandbox to answer", sandbox_is_up, NULL);
    stage_wait(stage, "the receiver to be ready", receiver_is_ready, NULL);
}

static bool serve_has_ended(struct stage *stage, void *arg)
{
    (void)arg;
    return stage->serve_exit != -1;
}

void stage_kill_serve(struct stage *stage)
{
    process_signal(stage->serve, SIGKILL);
    stage_wait(stage, "serve to end", serve_has_ended, NULL);
}

void stage_start_serve(struct stage *stage)
{
    if (stage->serve_exit == -1)
        return;
    process_close(stage->serve);
    stage->serve_exit = -1;
    start_serve(stage);
}

/* The port and the directory are free when the last serve's children have ended. */
static bool serves_again(struct stage *stage, void *arg)
{
    (void)arg;
    stage_start_serve(stage);
    return is_up(stage, stage->receiver_port, "/readyz") && stage_pids(stage, " receiver ", &(pid_t){0}, 1) == 1;
}

void stage_serve_again(struct stage *stage)
{
    stage_wait(stage, "serve to be ready again", serves_again, NULL);
}

static bool sandbox_has_ended(struct stage *stage, void *arg)
{
    (void)arg;
    return stage->sandbox_exit != -1;
}

void stage_remove_directory(const char *directory)
{
    DIR *dir = opendir(directory);
    const struct dirent *entry;

    if (!dir)
        return;
    while ((entry = readdir(dir))) {
        struct stat status;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *path = mem_printf("%s/%s", directory, entry->d_name);
        if (lstat(path, &status) == 0 && S_ISDIR(status.st_mode))
            stage_remove_directory(path);
        else
            unlink(path);
        mem_free(path);
    }
    closedir(dir);
    rmdir(directory);
}

/* serve starts again what ends by itself, so that an assertion or a sanitizer's finding is to be read only here. */
static void check_log(const struct stage *stage)
{
    static const char *const findings[] = {"Assertion `", "Sanitizer", "runtime error:"};
    char *path = in_directory(stage, "serve.log");
    FILE *file = fopen(path, "r");
    char line[4096];

    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        for (size_t i = 0; i < COUNT_OF(findings); i++) {
            if (strstr(line, findings[i]))
                fail_msg("%s: %s", path, line);
        }
    }
    fclose(file);
    mem_free(path);
}

void stage_close(struct stage *stage)
{
    char *output = NULL;
    int audit = stage_command(stage, &output, "audit", NULL);

    if (audit != 0)
        fail_msg("the audit found: %s", output);
    mem_free(output);
    process_signal(stage->serve, SIGTERM);
    stage_wait(stage, "serve to end", serve_has_ended, NULL);
    process_signal(stage->sandbox, SIGTERM);
    stage_wait(stage, "the sandbox to end", sandbox_has_ended, NULL);
    process_close(stage->serve);
    process_close(stage->sandbox);
    http_client_free(stage->client);
    loop_free(stage->loop);
    assert_int_equal(stage->serve_exit, 0);
    check_log(stage);
    stage_remove_directory(stage->directory);
}
