/*
 * error.c - filling a struct error.
 *
 * The new text is made aside first: callers often wrap an error in itself, error_set(err, kind, "x: %s", err->text).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void fill(struct error *err, enum error_kind kind, const char *where, const char *format, va_list args)
{
    struct error next = {.kind = kind};

    if (!err)
        return;
    snprintf(next.where, sizeof(next.where), "%s", where);
    vsnprintf(next.text, sizeof(next.text), format, args);
    *err = next;
}

bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fill(err, kind, "", format, args);
    va_end(args);
    return false;
}

bool error_set_at(struct error *err, enum error_kind kind, const char *where, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fill(err, kind, where, format, args);
    va_end(args);
    return false;
}

/* A path that is too long keeps its front: that is the end that leads a person to the place. */
bool error_prefix(struct error *err, const char *format, ...)
{
    char where[sizeof(err->where)];
    va_list args;
    size_t used;

    if (!err)
        return false;
    va_start(args, format);
    vsnprintf(where, sizeof(where), format, args);
    va_end(args);
    used = strlen(where);
    if (used > 0 && err->where[0] != '\0' && err->where[0] != '[' && used + 1 < sizeof(where))
        where[used++] = '.';
    snprintf(where + used, sizeof(where) - used, "%s", err->where);
    memcpy(err->where, where, sizeof(where));
    return false;
}
