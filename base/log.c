/*
 * log.c - lines on standard error, each in one write so that those of several processes do not mix.
 *
 * Called from everywhere, also when memory has run out: nothing here allocates. errno survives.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096 };

static const char *const level_names[] = {
    [LOG_ERROR] = "error",
    [LOG_WARN] = "warn",
    [LOG_INFO] = "info",
    [LOG_DEBUG] = "debug",
};

static struct {
    const char *process;
    enum log_level level;
} settings = {"hookline", LOG_INFO};

void log_init(const char *process, enum log_level level)
{
    settings.process = process;
    settings.level = level;
}

int log_level_named(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(level_names); i++)
        if (strcmp(level_names[i], name) == 0)
            return (int)i;
    return -1;
}

/* Whether the character is a control: C0, DEL, or C1, which terminals obey as well (U+0080 to U+009F). */
static bool is_control(const char *at, size_t length)
{
    unsigned char first = (unsigned char)at[0];

    return first < 0x20 || first == 0x7f || (length == 2 && first == 0xc2 && (unsigned char)at[1] < 0xa0);
}

static void replace_controls(char *line, size_t size)
{
    for (size_t i = 0; i < size;) {
        size_t length = utf8_length(line + i, size - i);

        if (length == 0)
            length = 1;
        else if (!is_control(line + i, length)) {
            i += length;
            continue;
        }
        memset(line + i, '?', length);
        i += length;
    }
}

/* Where a line that is too long is cut, which is not inside a character. */
static size_t cut_at(const char *line, size_t size)
{
    while (size > 0 && ((unsigned char)line[size] & 0xc0) == 0x80)
        size--;
    return size;
}

static void write_whole(const char *line, size_t size)
{
    while (write(STDERR_FILENO, line, size) < 0 && errno == EINTR)
        ;
}

static size_t add_head(char *line, size_t size, enum log_level level)
{
    char now[CLOCK_TEXT_SIZE];
    int length = snprintf(line, size, "%s %-5s %s %ld: ", clock_format(clock_now_ms(), now), level_names[level],
                          settings.process, (long)getpid());

    return (size_t)length < size ? (size_t)length : size - 1;
}

void log_write(enum log_level level, const char *format, ...)
{
    static const char more[] = "...";
    char line[LINE_MAX_BYTES];
    int saved = errno, added;
    size_t size;
    va_list args;

    if (level > settings.level)
        return;
    size = add_head(line, sizeof(line), level);
    va_start(args, format);
    added = vsnprintf(line + size, sizeof(line) - size, format, args);
    va_end(args);
    if (added > 0 && (size_t)added >= sizeof(line) - size) {
        size = cut_at(line, sizeof(line) - sizeof(more) - 1);
        memcpy(line + size, more, sizeof(more));
        size += sizeof(more) - 1;
    } else if (added > 0) {
        size += (size_t)added;
    }
    replace_controls(line, size);
    line[size++] = '\n';
    write_whole(line, size);
    errno = saved;
}
