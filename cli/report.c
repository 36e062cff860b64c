/*
 * report.c - prints; called by every command. Knows no queue and no configuration.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report.h"

#include "base/json.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MESSAGE_MAX 2000 /* bytes */

static void say(const char *prefix, const char *format, va_list args)
{
    char text[MESSAGE_MAX];
    struct buf safe;

    vsnprintf(text, sizeof(text), format, args);
    buf_init(&safe, 3 * MESSAGE_MAX);
    terminal_add_safe(&safe, text);
    fflush(stdout);
    fprintf(stderr, "%s%s\n", prefix, safe.data);
    buf_clear(&safe);
}

int report_failure(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say("hookline: ", format, args);
    va_end(args);
    return EXIT_FAILURE;
}

int report_usage(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say("hookline: ", format, args);
    va_end(args);
    return EXIT_USAGE;
}

void report_note(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say("", format, args);
    va_end(args);
}

void progress_show(struct progress *progress, const char *text)
{
    if (strncmp(progress->shown, text, sizeof(progress->shown) - 1) == 0)
        return;
    snprintf(progress->shown, sizeof(progress->shown), "%s", text);
    if (terminal_is_one(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%.*s", (int)terminal_width(STDERR_FILENO) - 1, progress->shown);
    else
        fprintf(stderr, "%s\n", progress->shown);
}

void progress_end(struct progress *progress)
{
    if (*progress->shown && terminal_is_one(STDERR_FILENO))
        fputc('\n', stderr);
    progress->shown[0] = '\0';
}

int report_text(struct buf *text)
{
    fwrite(text->data, 1, text->size, stdout);
    buf_clear(text);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int report_json(const cJSON *value)
{
    char *text = json_print(value);

    puts(text);
    mem_free(text);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int report_table(struct table *table)
{
    struct buf text;

    buf_init(&text, REPORT_MAX);
    table_render(table, terminal_width(STDOUT_FILENO), terminal_has_colour(STDOUT_FILENO), &text);
    table_free(table);
    return report_text(&text);
}
