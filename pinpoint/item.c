/*
 * item.c - looking into an item, which may hold anything: it was written by a peer.
 *
 * Called by the catalogue and the handlers.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pinpoint/item.h"

#include "base/json.h"

#include <string.h>

#define ATTRIBUTE_MAX (1UL << 20) /* bytes; a longer attribute is no text that we look for */

const char *item_id(const cJSON *item)
{
    return json_get_string(item, "id", NULL);
}

const cJSON *item_attribute(const cJSON *item, const char *name)
{
    const cJSON *value = json_get(json_get(item, "attributes"), name);

    return cJSON_IsNull(value) ? NULL : value;
}

const char *item_text(const cJSON *item, const char *name)
{
    return json_get_string(json_get(item, "attributes"), name, "");
}

bool item_is(const cJSON *item, const char *name, const char *text)
{
    struct buf written;
    bool is_same;

    buf_init(&written, ATTRIBUTE_MAX);
    is_same =
        json_add_scalar(item_attribute(item, name), &written) && !written.overflow && strcmp(written.data, text) == 0;
    buf_clear(&written);
    return is_same;
}

const char *item_related_id(const cJSON *item, const char *relationship)
{
    return item_id(json_get(json_get(json_get(item, "relationships"), relationship), "data"));
}
