/*
 * progress.c - two short lists of refs and a duration as JSON, kept beside the event by the queue, which does not look
 * into them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/progress.h"

#include "base/crypto.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

enum { REF_BYTES = 6 }; /* of a digest */

void progress_ref(const char *event_id, const char *action, size_t ordinal, char ref[REF_SIZE])
{
    uint8_t digest[SHA256_SIZE];
    char number[24];
    struct buf hex;

    _Static_assert(REF_SIZE == 2 * REF_BYTES + 1, "two digits a byte");
    snprintf(number, sizeof(number), "%zu", ordinal);
    struct bytes parts[] = {
        {event_id, strlen(event_id)}, {"/", 1}, {action, strlen(action)}, {"/", 1}, {number, strlen(number)}};
    crypto_sha256(parts, COUNT_OF(parts), digest);
    buf_init(&hex, REF_SIZE);
    crypto_hex_encode(digest, REF_BYTES, &hex);
    memcpy(ref, hex.data, REF_SIZE);
    buf_clear(&hex);
}

static bool has(const struct refs *refs, const char *ref)
{
    for (size_t i = 0; i < refs->count; i++) {
        if (strcmp(refs->at[i], ref) == 0)
            return true;
    }
    return false;
}

static void add(struct refs *refs, const char *ref)
{
    if (has(refs, ref))
        return;
    refs->at = mem_resize(refs->at, (refs->count + 1) * sizeof(*refs->at));
    memcpy(refs->at[refs->count++], ref, REF_SIZE);
}

static void read_refs(const cJSON *list, struct refs *refs)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, list)
    {
        if (cJSON_IsString(item) && strlen(item->valuestring) == REF_SIZE - 1)
            add(refs, item->valuestring);
    }
}

void progress_init(struct progress *progress, const char *text)
{
    cJSON *document = *text ? json_parse(text, strlen(text), &(struct error){0}) : NULL;

    *progress = (struct progress){.spent_ms = json_get_integer(document, "spent_ms", 0)};
    read_refs(json_get(document, "done"), &progress->done);
    read_refs(json_get(document, "in_doubt"), &progress->in_doubt);
    cJSON_Delete(document);
}

void progress_clear(struct progress *progress)
{
    mem_free(progress->done.at);
    mem_free(progress->in_doubt.at);
    *progress = (struct progress){0};
}

bool progress_is_done(const struct progress *progress, const char *ref)
{
    return has(&progress->done, ref);
}

bool progress_is_in_doubt(const struct progress *progress, const char *ref)
{
    return has(&progress->in_doubt, ref);
}

void progress_set_done(struct progress *progress, const char *ref)
{
    add(&progress->done, ref);
}

void progress_set_in_doubt(struct progress *progress, const char *ref)
{
    add(&progress->in_doubt, ref);
}

void progress_close(struct progress *progress)
{
    progress->spent_ms = 0;
    for (size_t i = 0; i < progress->done.count; i++)
        add(&progress->in_doubt, progress->done.at[i]);
    progress->done.count = 0;
}

/* Refs are hex digits: nothing in them needs an escape. */
static void add_list(struct buf *text, const char *name, const struct refs *refs)
{
    if (refs->count == 0)
        return;
    buf_add_string(text, text->size > 0 ? ",\"" : "{\"");
    buf_add_string(text, name);
    for (size_t i = 0; i < refs->count; i++) {
        buf_add_string(text, i > 0 ? "\",\"" : "\":[\"");
        buf_add(text, refs->at[i], REF_SIZE - 1);
    }
    buf_add_string(text, "\"]");
}

char *progress_print(const struct progress *progress)
{
    struct buf text;

    buf_init(&text, SIZE_MAX - 1);
    add_list(&text, "done", &progress->done);
    add_list(&text, "in_doubt", &progress->in_doubt);
    if (progress->spent_ms > 0) {
        buf_add_string(&text, text.size > 0 ? ",\"spent_ms\":" : "{\"spent_ms\":");
        json_add_integer(progress->spent_ms, &text);
    }
    if (text.size > 0)
        buf_add_char(&text, '}');
    return buf_take(&text);
}
