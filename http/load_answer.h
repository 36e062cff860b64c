/*
 * load_answer.h - is this the whole of an HTTP/1.1 answer? For load_connection.c alone.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum load_reading { LOAD_MORE, LOAD_WHOLE, LOAD_STRANGE };

struct load_answer {
    int status;
    size_t head_size; /* the body begins behind it */
    size_t body_size;
    bool is_last; /* the server closes behind it */
};

/* text has size bytes and a NUL behind them. LOAD_MORE: the end is not there yet. */
enum load_reading load_answer_read(const char *text, size_t size, struct load_answer *answer);
