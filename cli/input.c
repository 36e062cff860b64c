/*
 * input.c - see input.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool input_read(const char *path, struct buf *out, struct error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "rb");
    char part[8192];
    size_t size;

    if (!file)
        return error_set(err, ERROR_SYSTEM, "cannot read %s: %s", path, strerror(errno));
    while (!out->overflow && (size = fread(part, 1, sizeof(part), file)) > 0)
        buf_add(out, part, size);
    int failed = ferror(file) ? errno : 0;
    if (!is_stdin)
        fclose(file);
    if (failed)
        return error_set(err, ERROR_SYSTEM, "cannot read %s: %s", path, strerror(failed));
    if (out->overflow)
        return error_set(err, ERROR_LIMIT, "%s is longer than %zu bytes", path, out->max);
    return true;
}
