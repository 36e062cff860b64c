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

/* Takes the array called name out of document; an empty one when it has none. */
static cJSON *list_from(cJSON *document, const char *name)
{
    cJSON *list = json_get(document, name);

    return cJSON_IsArray(list) ? cJSON_DetachItemViaPointer(document, list) : cJSON_CreateArray();
}

void progress_init(struct progress *progress, const char *text)
{
    cJSON *document = *text ? json_parse(text, strlen(text), &(struct error){0}) : NULL;

    progress->done = list_from(document, "done");
    progress->in_doubt = list_from(document, "in_doubt");
    progress->spent_ms = json_get_integer(document, "spent_ms", 0);
    cJSON_Delete(document);
}

void progress_clear(struct progress *progress)
{
    cJSON_Delete(progress->done);
    cJSON_Delete(progress->in_doubt);
    *progress = (struct progress){0};
}

static bool has(const cJSON *list, const char *ref)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, list)
    {
        if (cJSON_IsString(item) && strcmp(item->valuestring, ref) == 0)
            return true;
    }
    return false;
}

bool progress_is_done(const struct progress *progress, const char *ref)
{
    return has(progress->done, ref);
}

bool progress_is_in_doubt(const struct progress *progress, const char *ref)
{
    return has(progress->in_doubt, ref);
}

void progress_set_done(struct progress *progress, const char *ref)
{
    if (!has(progress->done, ref))
        cJSON_AddItemToArray(progress->done, cJSON_CreateString(ref));
}

void progress_set_in_doubt(struct progress *progress, const char *ref)
{
    if (!has(progress->in_doubt, ref))
        cJSON_AddItemToArray(progress->in_doubt, cJSON_CreateString(ref));
}

void progress_close(struct progress *progress)
{
    cJSON *item;

    progress->spent_ms = 0;
    while ((item = cJSON_DetachItemFromArray(progress->done, 0))) {
        if (cJSON_IsString(item))
            progress_set_in_doubt(progress, item->valuestring);
        cJSON_Delete(item);
    }
}

static void add_list(cJSON *document, const char *name, cJSON *list)
{
    if (cJSON_GetArraySize(list) > 0)
        cJSON_AddItemReferenceToObject(document, name, list);
}

char *progress_print(const struct progress *progress)
{
    if (cJSON_GetArraySize(progress->done) == 0 && cJSON_GetArraySize(progress->in_doubt) == 0 &&
        progress->spent_ms == 0)
        return mem_string("");

    cJSON *document = cJSON_CreateObject();
    add_list(document, "done", progress->done);
    add_list(document, "in_doubt", progress->in_doubt);
    if (progress->spent_ms > 0)
        cJSON_AddNumberToObject(document, "spent_ms", (double)progress->spent_ms);
    char *text = json_print(document);
    cJSON_Delete(document);
    return text;
}
