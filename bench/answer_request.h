/*
 * answer_request.h - one HTTP/1.1 request out of the bytes that have come, as far as the answering machine needs it.
 *
 * Called by answer_connection.c for what Hookline and its likes send: bodies have a Content-Length, nothing is chunked.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ANSWER_HEAD_MAX = 16 * 1024, ANSWER_BODY_MAX = 1024 * 1024 };

/* A piece of what was parsed; not ended by a NUL. */
struct piece {
    const char *at;
    size_t size;
};

struct answer_request {
    size_t size; /* head and body */
    struct piece method;
    struct piece path; /* without the query */
    struct piece api_key;
    struct piece body;
    uint64_t content_length;
};

enum answer_parsed {
    ANSWER_PARSED,
    ANSWER_INCOMPLETE, /* more bytes are needed */
    ANSWER_MALFORMED,  /* or too large, or chunked: the connection cannot go on */
};

/* Every piece points into data. */
enum answer_parsed answer_request_parse(const char *data, size_t size, struct answer_request *request);

bool piece_is(struct piece piece, const char *text);

/* Who is written to: the first segment of the path; but where that is "api", as the address of an account has no path
 * of its own, the API key. */
struct piece answer_request_segment(const struct answer_request *request);

/* The number in the body's first "@<digits>@", which says when the event was made (us since 1970); 0 for none. */
int64_t answer_request_marker(const struct answer_request *request);
