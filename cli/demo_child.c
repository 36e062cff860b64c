/*
 * demo_child.c - see demo_child.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo_child.h"

#include "base/buf.h"
#include "cli/report.h"
#include "worker/supervisor.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_TAIL_LINES 5
#define LOG_TAIL_BYTES 2000L

static void on_exit_of(void *arg, int code, int number)
{
    struct demo_child *child = arg;

    child->has_ended = true;
    child->code = code;
    child->signal = number;
    loop_stop(child->loop);
}

bool demo_child_start(struct demo_child *child, struct loop *loop, const char *const *argv, struct error *err)
{
    child->loop = loop;
    setenv(SUPERVISED_VARIABLE, "1", 1);
    child->process = process_open(loop, argv, child->log_path, on_exit_of, child, err);
    unsetenv(SUPERVISED_VARIABLE);
    return child->process != NULL;
}

static void on_patience_over(void *arg)
{
    struct demo_child *child = arg;

    (void)report_failure("%s does not end: killing it", child->name);
    process_signal(child->process, SIGKILL);
}

void demo_child_stop(struct demo_child *child, int64_t timeout_ms)
{
    if (!child->process)
        return;
    struct timer *patience = timer_new(child->loop, on_patience_over, child);
    timer_start(patience, timeout_ms);
    process_signal(child->process, SIGTERM);
    while (!child->has_ended)
        loop_run(child->loop);
    timer_free(patience);
    process_close(child->process);
    child->process = NULL;
}

/* The last lines of text, which ends with a line end. */
static const char *last_lines(const char *text, size_t size)
{
    unsigned ends = 0;

    for (size_t i = size; i-- > 0;) {
        if (text[i] == '\n' && ends++ == LOG_TAIL_LINES)
            return text + i + 1;
    }
    return text;
}

static void print_log(const struct demo_child *child)
{
    char text[LOG_TAIL_BYTES + 1];
    FILE *file = fopen(child->log_path, "rb");

    if (!file)
        return;
    if (fseek(file, -LOG_TAIL_BYTES, SEEK_END) != 0)
        rewind(file);
    size_t size = fread(text, 1, LOG_TAIL_BYTES, file);
    fclose(file);
    text[size] = '\0';
    for (char *line = (char *)last_lines(text, size), *end; *line; line = end) {
        end = line + strcspn(line, "\n");
        if (*end)
            *end++ = '\0';
        report_note("  %s", line);
    }
}

void demo_child_complain(const struct demo_child *child)
{
    (void)report_failure("%s ended with %s %d; its log, %s, ends:", child->name, child->signal ? "signal" : "exit code",
                         child->signal ? child->signal : child->code, child->log_path);
    print_log(child);
}
