/*
 * response.c - the table of status codes, and Pinpoint's error documents in one line.
 *
 * Called for every answer. It knows nothing of retries, accounts or handlers: only what the API said.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "pinpoint/response.h"

#include "base/json.h"
#include "base/mem.h"
#include "pinpoint/item.h"
#include "pinpoint/request.h"
#include "pinpoint/words.h"

#include <string.h>

/* The first row that holds a status tells its meaning. What no row names (redirects, other 5xx, nonsense) comes from
 * something between us and the API: later may be better. */
static const struct row {
    int first, last;
    enum meaning meaning;
} meanings[] = {
    {200, 299, MEANING_OK},    {401, 401, MEANING_SUSPENDED}, {403, 403, MEANING_SUSPENDED}, {408, 408, MEANING_RETRY},
    {425, 425, MEANING_RETRY}, {429, 429, MEANING_LIMITED},   {400, 499, MEANING_REFUSED},
};

static const char *const meaning_names[] = {
    [MEANING_OK] = "ok",           [MEANING_RETRY] = "retry",
    [MEANING_LIMITED] = "limited", [MEANING_SUSPENDED] = "suspended",
    [MEANING_REFUSED] = "refused",
};

enum meaning response_meaning(int status)
{
    for (size_t i = 0; i < COUNT_OF(meanings); i++)
        if (status >= meanings[i].first && status <= meanings[i].last)
            return meanings[i].meaning;
    return MEANING_RETRY;
}

const char *meaning_name(enum meaning meaning)
{
    return meaning_names[meaning];
}

/* "Validation Error: Name can't be blank (/data/attributes/name)"; the title is left out when it is that of the error
 * before. */
static void add_error(const cJSON *error, const char *title_before, struct buf *out)
{
    const char *title = json_get_string(error, "title", "");
    const char *detail = json_get_string(error, "detail", "");
    const cJSON *source = json_get(error, "source");
    const char *place = json_get_string(source, "pointer", json_get_string(source, "parameter", ""));
    const char *gap = " ";

    if (*title && strcmp(title, title_before) != 0) {
        buf_addf(out, "%s%s", gap, title);
        gap = ": ";
    }
    if (*detail)
        buf_addf(out, "%s%s", gap, detail);
    if (*place)
        buf_addf(out, " (%s)", place);
}

void response_describe(const struct response *response, struct buf *out)
{
    const cJSON *errors = json_get(response->document, "errors");
    const cJSON *error;
    const char *title_before = "";
    struct buf words;

    buf_init(&words, WORDS_RAW_MAX);
    buf_addf(&words, "%d", response->status);
    cJSON_ArrayForEach(error, errors)
    {
        if (error != errors->child)
            buf_add_char(&words, ';');
        add_error(error, title_before, &words);
        title_before = json_get_string(error, "title", "");
    }
    words_add(words.data, RESPONSE_WORDS_MAX, out);
    buf_clear(&words);
}

const char *response_id(const struct response *response)
{
    return item_id(json_get(response->document, "data"));
}

const cJSON *response_list(const struct response *response)
{
    const cJSON *data = json_get(response->document, "data");

    return cJSON_IsArray(data) ? data : NULL;
}

bool response_is_last_page(const cJSON *list)
{
    return cJSON_GetArraySize(list) < REQUEST_PAGE_SIZE;
}
