/*
 * load_answer.c - status line, Content-Length, Connection. What has no length is not understood.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/load_answer.h"

#include <string.h>
#include <strings.h>

enum { LENGTH_DIGITS_MAX = 9 };

/* The value of the header called name (with its colon), or NULL; end is where the head ends. */
static const char *header_value(const char *head, const char *end, const char *name)
{
    size_t size = strlen(name);

    for (const char *line = strstr(head, "\r\n"); line && line < end; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, size) == 0)
            return line + 2 + size + strspn(line + 2 + size, " \t");
    }
    return NULL;
}

static bool read_length(const char *digits, size_t *length)
{
    size_t count = strspn(digits, "0123456789");

    *length = 0;
    if (count == 0 || count > LENGTH_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < count; i++)
        *length = *length * 10 + (size_t)(digits[i] - '0');
    return true;
}

static bool read_status(const char *text, int *status)
{
    const char *digits = text + strlen("HTTP/1.1 ");

    if (strncmp(text, "HTTP/1.", strlen("HTTP/1.")) != 0 || strspn(digits, "0123456789") != 3)
        return false;
    *status = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';
    return *status >= 200 && *status < 600;
}

enum load_reading load_answer_read(const char *text, size_t size, struct load_answer *answer)
{
    const char *end = strstr(text, "\r\n\r\n");
    const char *length, *connection;

    if (!end)
        return LOAD_MORE;
    length = header_value(text, end, "content-length:");
    if (!read_status(text, &answer->status) || !length || !read_length(length, &answer->body_size))
        return LOAD_STRANGE;
    connection = header_value(text, end, "connection:");
    answer->is_last = connection && strncasecmp(connection, "close", strlen("close")) == 0;
    answer->head_size = (size_t)(end - text) + 4;
    return size >= answer->head_size + answer->body_size ? LOAD_WHOLE : LOAD_MORE;
}
