/*
 * traffic.c - what a vendor and an operator do to a stage: signed posts, one or many, and commands.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/stage.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/process.h"
#include "http/signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <unistd.h>

#define HEADERS_MAX    8
#define FLOOD_AGAIN_MS 20

/* The lines of text as an array of strings ended by NULL; text is cut up. */
static void split_lines(char *text, const char *headers[HEADERS_MAX])
{
    size_t count = 0;

    while (*text && count < HEADERS_MAX - 1) {
        char *end = strchr(text, '\n');
        headers[count++] = text;
        if (!end)
            break;
        *end = '\0';
        text = end + 1;
    }
    headers[count] = NULL;
}

static char *signed_headers(const char *delivery_id, const char *body, size_t size)
{
    struct buf lines;

    buf_init(&lines, 4096);
    buf_add_string(&lines, "Content-Type: application/json\n");
    struct error err = {0};
    struct signature_key *key = signature_key_new(signature_scheme_named("standard-webhooks"), STAGE_SECRET, &err);
    signature_sign(key, delivery_id, clock_now_ms(), body, size, &lines);
    signature_key_free(key);
    return buf_take(&lines);
}

static void take_id(const char *body, char id[27])
{
    cJSON *document = json_parse(body, strlen(body), &(struct error){0});

    snprintf(id, 27, "%s", json_get_string(document, "id", ""));
    cJSON_Delete(document);
}

int stage_post(struct stage *stage, const char *source, const char *delivery_id, const char *body, char id[27])
{
    const char *headers[HEADERS_MAX];
    char *lines = signed_headers(delivery_id, body, strlen(body));
    char *url = mem_printf("http://127.0.0.1:%u/in/%s", stage->receiver_port, source);

    split_lines(lines, headers);
    struct stage_reply reply = stage_request(stage, "POST", url, headers, body);
    if (id)
        take_id(reply.body, id);
    mem_free(reply.body);
    mem_free(lines);
    mem_free(url);
    return reply.status;
}

void stage_send(struct stage *stage, const char *path, const char *delivery_id, const struct buf *body,
                http_response_fn *fn, void *arg)
{
    const char *headers[HEADERS_MAX];
    char *lines = signed_headers(delivery_id, body->data, body->size);
    char *url = mem_printf("http://127.0.0.1:%u%s", stage->receiver_port, path);

    split_lines(lines, headers);
    struct http_request request = {.method = "POST",
                                   .url = url,
                                   .headers = headers,
                                   .body = body->data,
                                   .body_size = body->size,
                                   .timeout_ms = STAGE_ANSWER_MS};
    http_client_send(stage->client, &request, fn, arg);
    mem_free(lines);
    mem_free(url);
}

/* ---- many at a time ---- */

struct flood {
    struct stage *stage;
    size_t next, count, accepted, open;
    stage_body_fn *fn;
    void *arg;
};

struct drop {
    struct flood *flood;
    struct timer *again;
    size_t n;
};

static void flood_send(struct flood *flood, size_t n);

static void flood_next(struct flood *flood)
{
    if (flood->next < flood->count)
        flood_send(flood, flood->next++);
    else if (flood->open == 0)
        loop_stop(flood->stage->loop);
}

/* As a sender would: the receiver was away. */
static void on_again(void *arg)
{
    struct drop *drop = arg;
    struct flood *flood = drop->flood;
    size_t n = drop->n;

    timer_free(drop->again);
    mem_free(drop);
    flood->open--;
    flood_send(flood, n);
}

static void on_flooded(void *arg, const struct http_response *response)
{
    struct drop *drop = arg;
    struct flood *flood = drop->flood;
    bool is_answered = response->outcome == HTTP_ANSWERED && response->status != 503;

    if (!is_answered) {
        drop->again = timer_new(flood->stage->loop, on_again, drop);
        timer_start(drop->again, FLOOD_AGAIN_MS);
        return;
    }
    flood->open--;
    mem_free(drop);
    flood->accepted += response->status == 202 || response->status == 200;
    flood_next(flood);
}

static void flood_send(struct flood *flood, size_t n)
{
    struct drop *drop = mem_new(sizeof(*drop));
    char delivery_id[32];
    struct buf body;

    *drop = (struct drop){.flood = flood, .n = n};
    buf_init(&body, 65536);
    flood->fn(flood->arg, n, &body);
    snprintf(delivery_id, sizeof(delivery_id), "load-%zu", n);
    flood->open++;
    stage_send(flood->stage, "/in/s", delivery_id, &body, on_flooded, drop);
    buf_clear(&body);
}

size_t stage_post_many(struct stage *stage, size_t count, size_t connections, stage_body_fn *fn, void *arg)
{
    return stage_post_range(stage, 0, count, connections, fn, arg);
}

size_t stage_post_range(struct stage *stage, size_t first, size_t count, size_t connections, stage_body_fn *fn,
                        void *arg)
{
    struct flood flood = {.stage = stage, .next = first, .count = first + count, .fn = fn, .arg = arg};

    for (size_t i = 0; i < connections && flood.next < flood.count; i++)
        flood_send(&flood, flood.next++);
    while (flood.open > 0)
        loop_run(stage->loop);
    return flood.accepted;
}

/* ---- commands ---- */

struct command {
    struct loop *loop;
    int code;
    bool has_ended;
};

static void on_command_exit(void *arg, int code, int number)
{
    struct command *command = arg;

    command->code = code < 0 ? 1000 + number : code;
    command->has_ended = true;
    loop_stop(command->loop);
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    struct buf text;
    char part[4096];
    size_t size;

    buf_init(&text, 8 << 20);
    while (file && (size = fread(part, 1, sizeof(part), file)) > 0)
        buf_add(&text, part, size);
    if (file)
        fclose(file);
    return buf_take(&text);
}

static int run_command(struct stage *stage, const char *const *argv, char **output)
{
    struct command command = {.loop = stage->loop};
    char *path = mem_printf("%s/command.out", stage->directory);
    struct error err = {0};

    unlink(path);
    struct process *process = process_open(stage->loop, argv, path, on_command_exit, &command, &err);
    if (!process)
        fail_msg("%s", err.text);
    while (!command.has_ended)
        loop_run(stage->loop);
    process_close(process);
    *output = read_file(path);
    mem_free(path);
    return command.code;
}

int stage_command(struct stage *stage, char **output, ...)
{
    const char *argv[24] = {stage_program()};
    char *config = mem_printf("%s/hookline.json", stage->directory);
    size_t count = 1;
    va_list args;

    va_start(args, output);
    while (count < 20 && (argv[count] = va_arg(args, const char *)))
        count++;
    va_end(args);
    argv[count++] = "--config";
    argv[count++] = config;
    argv[count] = NULL;
    int code = run_command(stage, argv, output);
    mem_free(config);
    return code;
}

cJSON *stage_command_json(struct stage *stage, const char *command, const char *argument)
{
    char *output = NULL;

    if (argument)
        stage_command(stage, &output, command, argument, "--json", NULL);
    else
        stage_command(stage, &output, command, "--json", NULL);
    cJSON *document = json_parse(output, strlen(output), &(struct error){0});
    mem_free(output);
    return document;
}

const char *stage_state(struct stage *stage, const char *id)
{
    static char state[24];
    cJSON *event = stage_command_json(stage, "show", id);

    snprintf(state, sizeof(state), "%s", json_get_string(event, "state", ""));
    cJSON_Delete(event);
    return state;
}

struct expected_state {
    const char *id, *state;
};

static bool has_state(struct stage *stage, void *arg)
{
    const struct expected_state *expected = arg;

    return strcmp(stage_state(stage, expected->id), expected->state) == 0;
}

void stage_wait_state(struct stage *stage, const char *id, const char *state)
{
    struct expected_state expected = {id, state};

    stage_wait(stage, state, has_state, &expected);
}

size_t stage_writes(struct stage *stage)
{
    cJSON *ledger = stage_sandbox(stage, "/sandbox/writes?limit=1");
    size_t count = (size_t)json_get_integer(ledger, "count", -1);

    cJSON_Delete(ledger);
    return count;
}

static bool has_writes(struct stage *stage, void *arg)
{
    return stage_writes(stage) >= *(const size_t *)arg;
}

void stage_wait_writes(struct stage *stage, size_t count)
{
    char what[64];

    snprintf(what, sizeof(what), "%zu writes in the sandbox", count);
    stage_wait(stage, what, has_writes, &count);
}

/* ---- processes ---- */

char *stage_log(struct stage *stage)
{
    char *path = mem_printf("%s/serve.log", stage->directory);
    char *log = read_file(path);

    mem_free(path);
    return log;
}

static bool is_child_with(const char *pid, pid_t parent, const char *text)
{
    char path[300], line[4096];
    int found_parent = 0;

    snprintf(path, sizeof(path), "/proc/%s/stat", pid);
    char *stat = read_file(path);
    const char *behind_name = strrchr(stat, ')');
    if (behind_name)
        sscanf(behind_name, ") %*c %d", &found_parent);
    mem_free(stat);
    if (found_parent != parent)
        return false;
    snprintf(path, sizeof(path), "/proc/%s/cmdline", pid);
    FILE *file = fopen(path, "r");
    size_t size = file ? fread(line, 1, sizeof(line) - 1, file) : 0;
    if (file)
        fclose(file);
    for (size_t i = 0; i < size; i++)
        line[i] = line[i] ? line[i] : ' ';
    line[size] = '\0';
    return strstr(line, text) != NULL;
}

size_t stage_pids(struct stage *stage, const char *text, pid_t *pids, size_t max)
{
    DIR *dir = opendir("/proc");
    const struct dirent *entry;
    size_t count = 0;

    while (dir && (entry = readdir(dir))) {
        long pid = strtol(entry->d_name, NULL, 10);
        if (pid > 0 && count < max && is_child_with(entry->d_name, process_pid(stage->serve), text))
            pids[count++] = (pid_t)pid;
    }
    if (dir)
        closedir(dir);
    return count;
}
