/*
 * answer_question.c - the table of questions.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/answer_question.h"

#include "base/mem.h"

#include <string.h>

#define PREFIX "/bench/"

enum { BODY_MAX = 64 * 1024 };

static void reset(struct answer_stats *stats, struct buf *body)
{
    answer_stats_reset(stats);
    buf_add_string(body, "{}");
}

/* To answer another question, add its row. */
static const struct question {
    const char *method;
    const char *path;
    const char *type;
    void (*render)(struct answer_stats *stats, struct buf *body);
} questions[] = {
    {"GET", PREFIX "stats", "application/json", answer_stats_render},
    {"GET", PREFIX "again", "application/json", answer_stats_render_again},
    {"GET", PREFIX "count", "text/plain", answer_stats_render_count},
    {"POST", PREFIX "reset", "application/json", reset},
};

bool answer_question_is(const struct answer_request *request)
{
    size_t size = strlen(PREFIX);

    return request->path.size >= size && memcmp(request->path.at, PREFIX, size) == 0;
}

static const struct question *find(const struct answer_request *request)
{
    for (const struct question *each = questions; each < questions + COUNT_OF(questions); each++)
        if (piece_is(request->path, each->path) && piece_is(request->method, each->method))
            return each;
    return NULL;
}

void answer_question(struct answer_stats *stats, const struct answer_request *request, struct buf *reply)
{
    const struct question *question = find(request);
    struct buf body;

    if (!question) {
        buf_add_string(reply, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        return;
    }
    buf_init(&body, BODY_MAX);
    question->render(stats, &body);
    buf_addf(reply, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", question->type, body.size);
    buf_add(reply, body.data, body.size);
    buf_clear(&body);
}
