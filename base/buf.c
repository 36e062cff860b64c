/*
 * buf.c - the growing buffer: doubling up to its maximum, then sticky overflow.
 *
 * An empty buf owns nothing: data points to a shared "" and capacity is 0, so most bufs that stay empty cost nothing.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/mem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_CAPACITY = 64 };

/* Never written: whoever writes has called reserve, which replaces it. */
static char nothing[1];

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){.data = nothing, .max = max};
}

void buf_clear(struct buf *buf)
{
    if (buf->capacity > 0)
        mem_free(buf->data);
    buf_init(buf, buf->max);
}

void buf_reset(struct buf *buf)
{
    buf->size = 0;
    buf->overflow = false;
    if (buf->capacity > 0)
        buf->data[0] = '\0';
}

/* Room for size more bytes and the NUL; false, and overflow set, when the maximum forbids it. */
static bool reserve(struct buf *buf, size_t size)
{
    size_t needed, capacity;

    if (buf->overflow || size > buf->max - buf->size || buf->size + size == SIZE_MAX) {
        buf->overflow = true;
        return false;
    }
    needed = buf->size + size + 1;
    if (needed <= buf->capacity)
        return true;
    capacity = buf->capacity > SIZE_MAX / 2 ? needed : buf->capacity * 2;
    if (capacity < FIRST_CAPACITY)
        capacity = FIRST_CAPACITY;
    if (capacity > buf->max)
        capacity = needed; /* the last step: no more than what was asked for, doubling would pass the maximum */
    if (capacity < needed)
        capacity = needed;
    buf->data = mem_resize(buf->capacity > 0 ? buf->data : NULL, capacity);
    buf->capacity = capacity;
    return true;
}

void buf_reserve(struct buf *buf, size_t size)
{
    if (!buf->overflow && size <= buf->max - buf->size && reserve(buf, size))
        buf->data[buf->size] = '\0';
}

static void add_nul(struct buf *buf, size_t size)
{
    buf->size += size;
    buf->data[buf->size] = '\0';
}

void buf_add(struct buf *buf, const void *bytes, size_t size)
{
    if (size == 0 || !reserve(buf, size))
        return;
    memcpy(buf->data + buf->size, bytes, size);
    add_nul(buf, size);
}

void buf_add_char(struct buf *buf, char c)
{
    buf_add(buf, &c, 1);
}

void buf_add_string(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_addf(struct buf *buf, const char *format, ...)
{
    va_list args;
    int size;

    va_start(args, format);
    size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (size <= 0 || !reserve(buf, (size_t)size))
        return;
    va_start(args, format);
    vsnprintf(buf->data + buf->size, (size_t)size + 1, format, args);
    va_end(args);
    add_nul(buf, (size_t)size);
}

/* Not isalnum, which asks the locale. */
static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

void buf_add_url_encoded(struct buf *buf, const char *text)
{
    for (; *text; text++) {
        if (is_unreserved(*text))
            buf_add_char(buf, *text);
        else
            buf_addf(buf, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

void buf_consume(struct buf *buf, size_t size)
{
    assert(size <= buf->size);
    if (size == 0)
        return;
    buf->size -= size;
    memmove(buf->data, buf->data + size, buf->size + 1);
}

char *buf_take(struct buf *buf)
{
    char *text = buf->capacity > 0 ? buf->data : mem_copy("", 0);

    buf_init(buf, buf->max);
    return text;
}
