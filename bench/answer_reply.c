/*
 * answer_reply.c - the answers, each made once, when it is first asked for.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/answer_reply.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

#define API_TYPE "application/vnd.api+json"
#define TIMES    "\"created_at\":\"2026-01-15T10:30:00+00:00\",\"updated_at\":\"2026-01-15T10:30:00+00:00\""

enum { REPLY_SIZE = 1024 };

/* The first row whose method and end of the path fit; NULL fits all. To answer something else, add a row before the
 * last two. */
static struct row {
    const char *method;
    const char *path_end;
    const char *status;
    const char *document;
    char reply[REPLY_SIZE];
    size_t reply_size; /* 0 until it is made */
} rows[] = {
    {"POST", NULL, "201 Created",
     "{\"data\":{\"id\":\"1\",\"type\":\"comments\",\"attributes\":{" TIMES ",\"body_text\":\"Score 87\","
     "\"commentable_id\":\"1\",\"commentable_type\":\"Application\",\"private_comment\":false,\"user_id\":\"1\"},"
     "\"relationships\":{\"commentable\":{\"meta\":{\"included\":false}},\"user\":{\"meta\":{\"included\":false}}}},"
     "\"meta\":{}}",
     "", 0},
    {"GET", "/users", "200 OK",
     "{\"data\":[{\"id\":\"1\",\"type\":\"users\",\"attributes\":{" TIMES ",\"email\":\"system@acme.example\","
     "\"first_name\":\"Acme\",\"last_name\":\"Recruiting\",\"time_zone\":\"Europe/London\"}}],\"meta\":{}}",
     "", 0},
    {"GET", "/custom_fields", "200 OK",
     "{\"data\":[{\"id\":\"1\",\"type\":\"custom_fields\",\"attributes\":{" TIMES ",\"name\":\"Coding score\","
     "\"field_type\":\"integer\",\"resource_type\":\"application\",\"sample_value\":\"80\",\"description\":null,"
     "\"position\":1,\"required\":false,\"options\":null,\"unique_reference\":\"custom_field_1\"}}],\"meta\":{}}",
     "", 0},
    {"GET", NULL, "200 OK", "{\"data\":[],\"meta\":{}}", "", 0},
    {NULL, NULL, "200 OK", "{\"data\":{\"id\":\"1\",\"type\":\"applications\",\"attributes\":{" TIMES "}},\"meta\":{}}",
     "", 0},
};

static bool ends_with(struct piece path, const char *end)
{
    size_t size = strlen(end);

    return path.size >= size && memcmp(path.at + path.size - size, end, size) == 0;
}

static bool fits(const struct row *row, const struct answer_request *request)
{
    return (!row->method || piece_is(request->method, row->method)) &&
           (!row->path_end || ends_with(request->path, row->path_end));
}

static void make(struct row *row)
{
    int size = snprintf(row->reply, sizeof(row->reply),
                        "HTTP/1.1 %s\r\nContent-Type: " API_TYPE "\r\nContent-Length: %zu\r\n\r\n%s", row->status,
                        strlen(row->document), row->document);

    row->reply_size = (size_t)size;
}

struct piece answer_reply(const struct answer_request *request)
{
    struct row *row = rows;

    while (!fits(row, request)) /* the last row fits everything */
        row++;
    if (row->reply_size == 0)
        make(row);
    return (struct piece){row->reply, row->reply_size};
}
