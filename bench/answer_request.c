/*
 * answer_request.c - the head line by line, then as much body as it says.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem */
#include "bench/answer_request.h"

#include "base/mem.h"

#include <string.h>
#include <strings.h>

enum { MARKER_DIGITS_MAX = 18 };

bool piece_is(struct piece piece, const char *text)
{
    return piece.size == strlen(text) && memcmp(piece.at, text, piece.size) == 0;
}

/* The digits at the start of piece as a number; how many there were (at most max) goes to count. */
static uint64_t read_number(struct piece piece, size_t max, size_t *count)
{
    uint64_t number = 0;

    for (*count = 0; *count < piece.size && *count < max; ++*count) {
        if (piece.at[*count] < '0' || piece.at[*count] > '9')
            break;
        number = number * 10 + (uint64_t)(piece.at[*count] - '0');
    }
    return number;
}

static bool read_content_length(struct answer_request *request, struct piece value)
{
    size_t digits;

    request->content_length = read_number(value, MARKER_DIGITS_MAX, &digits);
    return digits > 0 && digits == value.size && request->content_length <= ANSWER_BODY_MAX;
}

static bool read_api_key(struct answer_request *request, struct piece value)
{
    request->api_key = value;
    return true;
}

static bool refuse(struct answer_request *request, struct piece value)
{
    (void)request;
    (void)value;
    return false;
}

/* The headers that matter; all others are passed over. */
static const struct header {
    const char *name;
    size_t size;
    bool (*read)(struct answer_request *request, struct piece value);
} headers[] = {
    {"content-length", 14, read_content_length},
    {"x-api-key", 9, read_api_key},
    {"transfer-encoding", 17, refuse},
};

static bool read_header(struct answer_request *request, struct piece line)
{
    const char *colon = memchr(line.at, ':', line.size);

    if (!colon)
        return false;
    size_t name_size = (size_t)(colon - line.at);
    struct piece value = {colon + 1, line.size - name_size - 1};
    while (value.size > 0 && *value.at == ' ') {
        value.at++;
        value.size--;
    }
    for (size_t i = 0; i < COUNT_OF(headers); i++)
        if (name_size == headers[i].size && strncasecmp(line.at, headers[i].name, name_size) == 0)
            return headers[i].read(request, value);
    return true;
}

/* "POST /quiet/api/v1/comments?x=y HTTP/1.1" */
static bool read_request_line(struct answer_request *request, struct piece line)
{
    const char *space = memchr(line.at, ' ', line.size);
    const char *end = line.at + line.size;

    if (!space || space + 1 == end || space[1] != '/')
        return false;
    const char *path = space + 1;
    const char *path_end = memchr(path, ' ', (size_t)(end - path));
    if (!path_end)
        return false;
    const char *query = memchr(path, '?', (size_t)(path_end - path));
    request->method = (struct piece){line.at, (size_t)(space - line.at)};
    request->path = (struct piece){path, (size_t)((query ? query : path_end) - path)};
    return true;
}

/* head ends with the line break of its last line. */
static bool read_head(struct answer_request *request, struct piece head)
{
    const char *at = head.at, *end = head.at + head.size;
    bool is_good = true;

    for (const char *line_end; is_good && at < end; at = line_end + 2) {
        line_end = memmem(at, (size_t)(end - at), "\r\n", 2);
        if (!line_end)
            return false;
        struct piece line = {at, (size_t)(line_end - at)};
        is_good = at == head.at ? read_request_line(request, line) : read_header(request, line);
    }
    return is_good;
}

enum answer_parsed answer_request_parse(const char *data, size_t size, struct answer_request *request)
{
    const char *head_end = memmem(data, size < ANSWER_HEAD_MAX ? size : ANSWER_HEAD_MAX, "\r\n\r\n", 4);

    *request = (struct answer_request){0};
    if (!head_end)
        return size < ANSWER_HEAD_MAX ? ANSWER_INCOMPLETE : ANSWER_MALFORMED;
    size_t head_size = (size_t)(head_end - data) + 2;
    if (!read_head(request, (struct piece){data, head_size}))
        return ANSWER_MALFORMED;
    request->body = (struct piece){head_end + 4, (size_t)request->content_length};
    request->size = head_size + 2 + request->body.size;
    return request->size <= size ? ANSWER_PARSED : ANSWER_INCOMPLETE;
}

struct piece answer_request_segment(const struct answer_request *request)
{
    struct piece segment = {request->path.at + 1, request->path.size - 1};
    const char *slash = memchr(segment.at, '/', segment.size);

    if (slash)
        segment.size = (size_t)(slash - segment.at);
    return piece_is(segment, "api") && request->api_key.size > 0 ? request->api_key : segment;
}

int64_t answer_request_marker(const struct answer_request *request)
{
    struct piece rest = request->body;

    for (const char *sign; (sign = memchr(rest.at, '@', rest.size));) {
        size_t digits;

        rest = (struct piece){sign + 1, (size_t)(rest.at + rest.size - sign) - 1};
        uint64_t number = read_number(rest, MARKER_DIGITS_MAX, &digits);
        if (digits > 0 && digits < rest.size && rest.at[digits] == '@')
            return (int64_t)number;
    }
    return 0;
}
