/*
 * view.c - cells and words made of members of the queue's reports. Pure: it prints nothing.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/view.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

/* To add a state: its name in the queue's reports, how people call it, how it is meant. */
static const struct state {
    const char *name;
    const char *words;
    enum tone tone;
} states[] = {
    {"waiting", "waiting", TONE_PLAIN},
    {"in_flight", "in flight", TONE_WARN},
    {"retrying", "retrying", TONE_WARN},
    {"done", "done", TONE_GOOD},
    {"dead", "dead", TONE_BAD},
    {"active", "active", TONE_GOOD},
    {"limited", "limited", TONE_WARN},
    {"paused", "paused", TONE_WARN},
    {"suspended", "suspended", TONE_BAD},
    {"retry", "retry", TONE_WARN},
    {"give_back", "given back", TONE_PLAIN},
};

static const struct state *state_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        if (strcmp(states[i].name, name) == 0)
            return &states[i];
    }
    return NULL;
}

enum tone view_tone(const char *state)
{
    const struct state *found = state_find(state);

    return found ? found->tone : TONE_PLAIN;
}

const char *view_state(const char *state)
{
    const struct state *found = state_find(state);

    return found ? found->words : state;
}

const cJSON *view_account(const cJSON *status, const char *name)
{
    const cJSON *account;

    cJSON_ArrayForEach(account, json_get(status, "accounts"))
    {
        if (strcmp(json_get_string(account, "name", ""), name) == 0)
            return account;
    }
    return NULL;
}

void view_add_number(struct table *table, const cJSON *object, const char *name)
{
    const cJSON *number = json_get(object, name);
    struct buf text;

    buf_init(&text, VIEW_TEXT_SIZE);
    if (!cJSON_IsNumber(number) || !json_add_scalar(number, &text))
        buf_add_string(&text, "-");
    table_add(table, text.data);
    buf_clear(&text);
}

char *view_duration(const cJSON *object, const char *name, char text[VIEW_TEXT_SIZE])
{
    const cJSON *number = json_get(object, name);

    if (!cJSON_IsNumber(number)) {
        snprintf(text, VIEW_TEXT_SIZE, "-");
        return text;
    }
    return clock_format_duration((int64_t)number->valuedouble, text, VIEW_TEXT_SIZE);
}

void view_add_duration(struct table *table, const cJSON *object, const char *name)
{
    char text[VIEW_TEXT_SIZE];

    table_add(table, view_duration(object, name, text));
}

void view_add_age(struct table *table, const cJSON *object, const char *name)
{
    int64_t at_ms = json_get_integer(object, name, 0);
    int64_t age_ms = clock_now_ms() - at_ms;
    char text[VIEW_TEXT_SIZE];

    if (at_ms <= 0)
        table_add(table, "-");
    else
        table_add(table, clock_format_duration(age_ms > 0 ? age_ms : 0, text, sizeof(text)));
}

void view_add_string(struct table *table, const cJSON *object, const char *name)
{
    table_add(table, json_get_string(object, name, ""));
}

void view_add_state(struct table *table, const cJSON *object, const char *name)
{
    const char *state = json_get_string(object, name, "");

    table_add_toned(table, view_tone(state), view_state(state));
}
