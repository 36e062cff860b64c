/*
 * summary_html.c - a check, not a parser: it reads tags one after another and refuses at the first doubt.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/summary_html.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { DEPTH_MAX = 64 };

static const char *const elements[] = {"div", "br", "strong", "em", "ul", "ol", "li", "a"};

struct reading {
    const char *at; /* behind what was read */
    const char *open[DEPTH_MAX];
    size_t depth;
    char *problem;
};

static bool refuse(struct reading *reading, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(struct reading *reading, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(reading->problem, SUMMARY_PROBLEM_SIZE, format, args);
    va_end(args);
    return false;
}

/* The allowed element whose name stands at reading->at, which moves behind it; or NULL. */
static const char *read_name(struct reading *reading)
{
    char name[24] = "";
    size_t size = 0;

    while (isalnum((unsigned char)reading->at[size]) || reading->at[size] == '-')
        size++;
    (void)snprintf(name, sizeof(name), "%.*s", (int)(size < 23 ? size : 23), reading->at);
    for (size_t i = 0; i < COUNT_OF(elements); i++) {
        if (strcasecmp(elements[i], name) == 0) {
            reading->at += size;
            return elements[i];
        }
    }
    (void)(name[0] ? refuse(reading, "contains the element %s", name)
                   : refuse(reading, "contains a < that begins no element"));
    return NULL;
}

static void skip_space(struct reading *reading)
{
    reading->at += strspn(reading->at, " \t\r\n");
}

static bool read_href(struct reading *reading)
{
    char quote;
    size_t size;

    skip_space(reading);
    if (strncasecmp(reading->at, "href=", 5) != 0)
        return refuse(reading, "contains an a without an href alone");
    quote = reading->at[5];
    if (quote != '"' && quote != '\'')
        return refuse(reading, "contains an href without quotes");
    reading->at += 6;
    size = strcspn(reading->at, quote == '"' ? "\"<>" : "'<>");
    if (reading->at[size] != quote || size < 9 || strncasecmp(reading->at, "https://", 8) != 0)
        return refuse(reading, "contains an href that is no https address");
    reading->at += size + 1;
    return true;
}

static bool read_open(struct reading *reading)
{
    const char *name = read_name(reading);
    bool is_void;

    if (!name || (strcmp(name, "a") == 0 && !read_href(reading)))
        return false;
    is_void = strcmp(name, "br") == 0;
    skip_space(reading);
    if (is_void && *reading->at == '/')
        reading->at++;
    if (*reading->at != '>')
        return refuse(reading, "contains attributes on %s", name);
    reading->at++;
    if (is_void)
        return true;
    if (reading->depth == DEPTH_MAX)
        return refuse(reading, "is nested too deeply");
    reading->open[reading->depth++] = name;
    return true;
}

static bool read_close(struct reading *reading)
{
    const char *name;

    reading->at++;
    name = read_name(reading);
    if (!name)
        return false;
    skip_space(reading);
    if (reading->depth == 0 || reading->open[reading->depth - 1] != name || *reading->at != '>')
        return refuse(reading, "closes %s, which is not open there", name);
    reading->at++;
    reading->depth--;
    return true;
}

bool summary_html_check(const char *html, char problem[SUMMARY_PROBLEM_SIZE])
{
    struct reading reading = {.at = html, .problem = problem};

    problem[0] = '\0';
    for (reading.at += strcspn(reading.at, "<"); *reading.at; reading.at += strcspn(reading.at, "<")) {
        reading.at++;
        if (!(*reading.at == '/' ? read_close(&reading) : read_open(&reading)))
            return false;
    }
    return reading.depth == 0 || refuse(&reading, "leaves %s open", reading.open[reading.depth - 1]);
}
