/*
 * mem.c - the only callers of malloc in our own code.
 *
 * Nothing here returns NULL for want of memory: the process says so in one line and ends.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include "base/log.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* _exit, for handlers registered with atexit might want memory too. */
_Noreturn static void end_for_want_of(size_t size)
{
    log_error("out of memory: %zu bytes more are not to be had", size);
    _exit(EXIT_FAILURE);
}

void *mem_new(size_t size)
{
    void *memory = calloc(1, size ? size : 1);

    if (!memory)
        end_for_want_of(size);
    return memory;
}

void *mem_resize(void *memory, size_t size)
{
    void *moved = realloc(memory, size ? size : 1);

    if (!moved)
        end_for_want_of(size);
    return moved;
}

char *mem_copy(const void *bytes, size_t size)
{
    char *copy;

    if (size == SIZE_MAX)
        end_for_want_of(size);
    copy = mem_resize(NULL, size + 1);
    if (size > 0)
        memcpy(copy, bytes, size);
    copy[size] = '\0';
    return copy;
}

char *mem_string(const char *text)
{
    return text ? mem_copy(text, strlen(text)) : NULL;
}

char *mem_printf(const char *format, ...)
{
    va_list args;
    int size;
    char *text;

    va_start(args, format);
    size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (size < 0)
        return mem_copy("", 0);
    text = mem_resize(NULL, (size_t)size + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)size + 1, format, args);
    va_end(args);
    return text;
}

void mem_free(void *memory)
{
    free(memory);
}

void mem_give_back(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
