/*
 * buf.h - the one growing buffer.
 *
 * It is made with a maximum. Going past it sets overflow and drops everything added from then on, so a caller
 * adds as often as it likes and tests once. There is always a NUL behind the bytes, not counted in size.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *data;      /* owned; "" (never NULL) after buf_init */
    size_t size;     /* bytes in use */
    size_t capacity; /* bytes allocated; 0 while data is the static "" */
    size_t max;      /* size never exceeds this */
    bool overflow;   /* something did not fit; stays set until buf_reset */
};

void buf_init(struct buf *buf, size_t max);
void buf_clear(struct buf *buf); /* frees; the buf may be used again as after buf_init */
void buf_reset(struct buf *buf); /* empties, keeps the memory, clears overflow */

/* Makes room for size more bytes, so that adding them does not grow the buf step by step; does nothing when they would
 * not fit. */
void buf_reserve(struct buf *buf, size_t size);

void buf_add(struct buf *buf, const void *bytes, size_t size);
void buf_add_char(struct buf *buf, char c);
void buf_add_string(struct buf *buf, const char *text);
void buf_addf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* text with everything but letters, digits and -._~ as %XX, as RFC 3986 wants in a path segment or query value. */
void buf_add_url_encoded(struct buf *buf, const char *text);

/* Drops the first size bytes. */
void buf_consume(struct buf *buf, size_t size);

/* The bytes as an owned string (for mem_free); the buf is empty afterwards. */
char *buf_take(struct buf *buf);
