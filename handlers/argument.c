/*
 * argument.c - texts, flags and ids among the arguments.
 *
 * Values come from events: each is checked here as if nobody had checked it before.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers/argument.h"

#include "base/json.h"
#include "base/mem.h"
#include "pinpoint/words.h"

#include <string.h>

#define SPACE " \t\r\n"

const struct argument *argument_named(const struct handler *handler, const char *name)
{
    for (const struct argument *argument = handler->arguments; argument->name; argument++)
        if (strcmp(argument->name, name) == 0)
            return argument;
    return NULL;
}

/* A copy of text without the space around it. */
static char *trimmed(const char *text)
{
    size_t size;

    text += strspn(text, SPACE);
    size = strlen(text);
    while (size > 0 && strchr(SPACE, text[size - 1]))
        size--;
    return mem_copy(text, size);
}

static char *refuse(char *text, struct error *err, const char *name, const char *problem)
{
    mem_free(text);
    error_set_at(err, ERROR_INVALID, name, "%s", problem);
    return NULL;
}

char *argument_text(const cJSON *value, const char *name, size_t max_characters, struct error *err)
{
    struct buf written;
    char *text, got[WORDS_VALUE_SIZE];

    buf_init(&written, SIZE_MAX - 1);
    if (!json_add_scalar(value, &written)) {
        error_set_at(err, ERROR_INVALID, name, "expected a text, got %s", words_value(value, got));
        return NULL;
    }
    text = trimmed(written.data);
    buf_clear(&written);
    if (!*text)
        return refuse(text, err, name, "is empty");
    if (words_length(text) > max_characters) {
        error_set_at(err, ERROR_INVALID, name, "has %zu characters: %zu is the most", words_length(text),
                     max_characters);
        mem_free(text);
        return NULL;
    }
    return text;
}

bool argument_flag(const struct action *action, const char *name, bool fallback)
{
    const cJSON *value = json_get(action->args, name);

    return cJSON_IsBool(value) ? cJSON_IsTrue(value) : fallback;
}

bool argument_is_template(const cJSON *value)
{
    return cJSON_IsString(value) && strstr(value->valuestring, "{{");
}

bool argument_id(const cJSON *value, char id[ARGUMENT_ID_SIZE])
{
    struct buf text;
    bool is_id;

    buf_init(&text, ARGUMENT_ID_SIZE - 1);
    is_id = (cJSON_IsString(value) || cJSON_IsNumber(value)) && json_add_scalar(value, &text) && !text.overflow &&
            text.size > 0 && strspn(text.data, "0123456789") == text.size && text.data[0] != '0';
    if (is_id)
        memcpy(id, text.data, text.size + 1);
    buf_clear(&text);
    return is_id;
}
