/*
 * tags.c - {"tag":"Passed","context":"custom_green"} in, {"context":"custom_green","name":"Passed"} kept.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/tags.h"

#include "base/json.h"
#include "base/mem.h"

#include <string.h>

#define TAGS_MAX 200

static bool check_tag(struct write *write, const char *attribute, const cJSON *given)
{
    const cJSON *member;

    if (!json_get_string(given, "tag", "")[0] || !json_get_string(given, "context", "")[0])
        return reply_invalid(write->reply, "attributes", attribute, "needs a tag and a context");
    cJSON_ArrayForEach(member, given)
    {
        if (!schema_has_word("tag context", member->string))
            return reply_invalid(write->reply, "attributes", attribute, "takes a tag and a context only");
    }
    return true;
}

static int position_of(const cJSON *tags, const cJSON *given)
{
    const cJSON *tag;
    int position = 0;

    cJSON_ArrayForEach(tag, tags)
    {
        if (strcmp(json_get_string(tag, "name", ""), json_get_string(given, "tag", "")) == 0 &&
            strcmp(json_get_string(tag, "context", ""), json_get_string(given, "context", "")) == 0)
            return position;
        position++;
    }
    return -1;
}

static bool add_tag(struct write *write, cJSON *tags, const char *attribute, const cJSON *given)
{
    cJSON *tag;

    if (!check_tag(write, attribute, given))
        return false;
    if (position_of(tags, given) >= 0)
        return true;
    if (cJSON_GetArraySize(tags) >= TAGS_MAX)
        return reply_invalid(write->reply, "attributes", attribute, "would make more than %d tags", TAGS_MAX);
    tag = cJSON_CreateObject();
    cJSON_AddStringToObject(tag, "context", json_get_string(given, "context", ""));
    cJSON_AddStringToObject(tag, "name", json_get_string(given, "tag", ""));
    cJSON_AddItemToArray(tags, tag);
    return true;
}

static bool remove_tag(struct write *write, cJSON *tags, const char *attribute, const cJSON *given)
{
    int position;

    if (!check_tag(write, attribute, given))
        return false;
    position = position_of(tags, given);
    if (position >= 0)
        cJSON_DeleteItemFromArray(tags, position);
    return true;
}

static bool change_tags(struct write *write, cJSON *tags)
{
    const cJSON *several = json_get(write->attributes, "add_tags_with_context");
    const cJSON *one = json_get(write->attributes, "add_tag_with_context");
    const cJSON *removed = json_get(write->attributes, "remove_tag_with_context");
    const cJSON *given;

    cJSON_ArrayForEach(given, several)
    {
        if (!add_tag(write, tags, "add_tags_with_context", given))
            return false;
    }
    return (!cJSON_IsObject(one) || add_tag(write, tags, "add_tag_with_context", one)) &&
           (!cJSON_IsObject(removed) || remove_tag(write, tags, "remove_tag_with_context", removed));
}

bool take_tags(struct write *write)
{
    static const char *const commands[] = {"add_tags_with_context", "add_tag_with_context", "remove_tag_with_context"};
    const cJSON *now = write->record ? json_get(write->record->attributes, "tags") : NULL;
    cJSON *tags = now ? cJSON_Duplicate(now, true) : cJSON_CreateArray();
    bool is_asked = false;

    if (!change_tags(write, tags)) {
        cJSON_Delete(tags);
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        is_asked |= json_get(write->attributes, commands[i]) != NULL;
        cJSON_DeleteItemFromObjectCaseSensitive(write->attributes, commands[i]);
    }
    if (is_asked)
        cJSON_AddItemToObject(write->attributes, "tags", tags);
    else
        cJSON_Delete(tags);
    return true;
}
