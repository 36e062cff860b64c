/*
 * audit_strays.c - see audit_strays.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/audit_strays.h"

#include "base/mem.h"

void audit_strays_add_record(struct audit_strays *strays, const char *lane, const char *id)
{
    text_set_add(&strays->own, lane, id);
}

void audit_strays_add_seen(struct audit_strays *strays, const char *lane, const char *id)
{
    if (strays->seen_count == strays->seen_capacity) {
        strays->seen_capacity = strays->seen_capacity ? strays->seen_capacity * 2 : 256;
        strays->seen = mem_resize(strays->seen, strays->seen_capacity * sizeof(*strays->seen));
    }
    strays->seen[strays->seen_count++] = (struct sighting){mem_string(lane), mem_string(id)};
}

void audit_strays_compare(const struct audit_strays *strays, audit_stray_fn *fn, void *arg)
{
    for (size_t i = 0; i < strays->seen_count; i++)
        if (text_set_count(&strays->own, strays->seen[i].lane, strays->seen[i].id) == 0)
            fn(arg, strays->seen[i].lane, strays->seen[i].id);
}

void audit_strays_clear(struct audit_strays *strays)
{
    for (size_t i = 0; i < strays->seen_count; i++) {
        mem_free(strays->seen[i].lane);
        mem_free(strays->seen[i].id);
    }
    mem_free(strays->seen);
    text_set_clear(&strays->own);
    *strays = (struct audit_strays){0};
}
