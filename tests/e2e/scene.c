/*
 * scene.c - see scene.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/scene.h"

#include "base/json.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>

#define PROCESSES_MAX 8

const char scene_two_comments[] =
    "\"s\": {\"account\": \"acme\", \"verify\": {\"scheme\": \"standard-webhooks\", \"secrets\": [\"" STAGE_SECRET
    "\"]}, \"event\": {\"type\": \".type\", \"order_by\": \".data.application_id\"},"
    " \"rules\": [{\"on\": \"note\", \"do\": ["
    "{\"post_comment\": {\"application\": \"{{.data.application_id}}\", \"text\": \"{{.data.text}} one\"}},"
    "{\"post_comment\": {\"application\": \"{{.data.application_id}}\", \"text\": \"{{.data.text}} two\"}}]}]}";

void scene_sandbox(struct stage *stage, const char *settings)
{
    char *url = mem_printf("http://127.0.0.1:%u/sandbox/faults", stage->sandbox_port);
    struct stage_reply reply = stage_request(stage, "POST", url, NULL, settings);

    if (reply.status != 200)
        fail_msg("the sandbox takes no %s: %d %s", settings, reply.status, reply.body);
    mem_free(reply.body);
    mem_free(url);
}

int scene_note(struct stage *stage, unsigned application, const char *text, char id[27])
{
    static unsigned deliveries;
    char *body = mem_printf("{\"type\":\"note\",\"data\":{\"application_id\":%u,\"text\":\"%s\"}}", application, text);
    char *delivery_id = mem_printf("scene-%u", ++deliveries);
    int status = stage_post(stage, "s", delivery_id, body, id);

    mem_free(delivery_id);
    mem_free(body);
    return status;
}

/* The comment of a write without the marker in its last line. */
static void add_words(struct buf *words, const cJSON *write)
{
    const cJSON *attributes = json_get(json_get(json_get(write, "body"), "data"), "attributes");
    const char *text = json_get_string(attributes, "body_text", "?");

    if (words->size > 0)
        buf_add_string(words, "; ");
    buf_add(words, text, strcspn(text, "\n"));
}

char *scene_written(struct stage *stage)
{
    cJSON *ledger = stage_sandbox(stage, "/sandbox/writes?limit=1000");
    const cJSON *write;
    struct buf words;

    buf_init(&words, 1 << 20);
    cJSON_ArrayForEach(write, json_get(ledger, "writes"))
    {
        add_words(&words, write);
    }
    cJSON_Delete(ledger);
    return buf_take(&words);
}

int64_t scene_write_ms(struct stage *stage, size_t n)
{
    char *path = mem_printf("/sandbox/writes?since=%zu&limit=1", n - 1);
    cJSON *ledger = stage_sandbox(stage, path);
    int64_t at_ms = json_get_integer(cJSON_GetArrayItem(json_get(ledger, "writes"), 0), "at_ms", -1);

    cJSON_Delete(ledger);
    mem_free(path);
    return at_ms;
}

static bool log_holds(struct stage *stage, void *arg)
{
    char *log = stage_log(stage);
    bool result = strstr(log, arg) != NULL;

    mem_free(log);
    return result;
}

void scene_wait_log(struct stage *stage, const char *text)
{
    stage_wait(stage, text, log_holds, (void *)text);
}

size_t scene_signal(struct stage *stage, const char *kind, int number)
{
    pid_t pids[PROCESSES_MAX];
    size_t count = stage_pids(stage, kind, pids, PROCESSES_MAX);

    for (size_t i = 0; i < count; i++)
        assert_int_equal(kill(pids[i], number), 0);
    return count;
}

pid_t scene_freeze_busy_worker(struct stage *stage)
{
    size_t count = scene_signal(stage, " worker ", SIGSTOP);
    cJSON *status = stage_command_json(stage, "status", NULL);
    const cJSON *worker;
    pid_t frozen = 0;

    cJSON_ArrayForEach(worker, json_get(status, "workers"))
    {
        pid_t pid = 0;
        if (stage_pids(stage, json_get_string(worker, "id", "?"), &pid, 1) != 1)
            continue;
        if (json_get_integer(worker, "in_flight", 0) > 0)
            frozen = pid;
        else
            assert_int_equal(kill(pid, SIGCONT), 0);
    }
    cJSON_Delete(status);
    assert_true(count > 1);
    assert_true(frozen > 0);
    return frozen;
}

long scene_ticks(pid_t pid)
{
    char path[64], text[1024] = "";
    unsigned long user = 0, system = 0;

    snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
    FILE *file = fopen(path, "r");
    size_t size = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
    if (file)
        fclose(file);
    text[size] = '\0';
    const char *behind_name = strrchr(text, ')');
    if (!behind_name ||
        sscanf(behind_name, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        fail_msg("process %ld is gone", (long)pid);
    return (long)(user + system);
}
