/*
 * scripts.c - puts scripts together from the files the build put into the program.
 *
 * Called when a connection loads its scripts. Redis has no modules for Lua, so what scripts share is included as text.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/scripts.h"

#include "base/buf.h"
#include "base/embedded.h"
#include "base/mem.h"

#include <assert.h>
#include <string.h>

#define INCLUDE "--@include "

enum { SCRIPT_BYTES_MAX = 1 << 20, FILE_NAME_MAX = 64 };

static const char *const names[] = {
    [SCRIPT_ENQUEUE] = "enqueue", [SCRIPT_EXCHANGE] = "exchange",
    [SCRIPT_EXTEND] = "extend",   [SCRIPT_RELEASE] = "release",
    [SCRIPT_UPKEEP] = "upkeep",   [SCRIPT_RESERVE] = "reserve",
    [SCRIPT_LIMITS] = "limits",   [SCRIPT_HOLD] = "hold",
    [SCRIPT_REPLAY] = "replay",   [SCRIPT_LIST] = "list",
    [SCRIPT_SHOW] = "show",       [SCRIPT_STATUS] = "status",
    [SCRIPT_AUDIT] = "audit",     [SCRIPT_AUDIT_EVENTS] = "audit_events",
    [SCRIPT_SHARDS] = "shards",   [SCRIPT_RESHARD] = "reshard",
    [SCRIPT_REPAIR] = "repair",
};

_Static_assert(COUNT_OF(names) == SCRIPT_COUNT, "each script has a name");

const char *script_name(enum script script)
{
    return names[script];
}

static const struct embedded *file_named(const char *name, size_t size)
{
    char text[FILE_NAME_MAX] = "";
    const struct embedded *file;

    assert(size < sizeof(text));
    memcpy(text, name, size);
    file = embedded_find(embedded_scripts, text);
    assert(file && "a script or what it includes is not in queue/scripts");
    return file;
}

static void add_line(struct buf *out, const char *line, size_t size)
{
    if (size > strlen(INCLUDE) && memcmp(line, INCLUDE, strlen(INCLUDE)) == 0) {
        const struct embedded *file = file_named(line + strlen(INCLUDE), size - strlen(INCLUDE));

        buf_add(out, file->data, file->size);
        return;
    }
    buf_add(out, line, size);
    buf_add_char(out, '\n');
}

char *script_text(enum script script)
{
    char *name = mem_printf("%s.lua", names[script]);
    const struct embedded *file = file_named(name, strlen(name));
    const char *line = file->data, *end;
    struct buf out;

    buf_init(&out, SCRIPT_BYTES_MAX);
    for (; (end = strchr(line, '\n')) != NULL; line = end + 1)
        add_line(&out, line, (size_t)(end - line));
    mem_free(name);
    assert(!out.overflow);
    return buf_take(&out);
}
