/*
 * conversation.h - a handler's talk with Pinpoint as a table: the answer that goes in, what the handler wants next.
 *
 * Included by the tests of handlers, after cmocka.h. JSON is written with ' for ", paths without %XX.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/json.h"
#include "base/mem.h"
#include "handlers/handler.h"

#include <stdio.h>
#include <string.h>

#define REF      "7f3a9c2b1d4e"
#define NOW      1700000600000
#define RECEIVED 1700000000000 /* 2023-11-14T22:13:20Z */

/* One step. */
struct turn {
    int status;         /* of the answer; 0 at the first step, which has none */
    const char *answer; /* its document, or NULL */
    const char *wants;  /* "GET /path?query", "DONE effect", or "FAIL words that the error holds" */
    const char *body;   /* of the request, or NULL for none */
};

struct conversation {
    struct action action;
    struct request request;
    struct catalogue *catalogue;
    cJSON *args;
};

static inline cJSON *quoted_json(const char *text)
{
    char *copy = mem_string(text);
    struct error err = {0};
    cJSON *value;

    for (char *at = copy; *at; at++)
        *at = *at == '\'' ? '"' : *at;
    value = json_parse(copy, strlen(copy), &err);
    if (!value)
        fail_msg("%s: %s", text, err.text);
    mem_free(copy);
    return value;
}

static inline void conversation_open(struct conversation *conversation, const char *handler, const char *args)
{
    struct error err = {0};

    *conversation = (struct conversation){.catalogue = catalogue_new(), .args = quoted_json(args)};
    if (!handler_check(handler_named(handler), conversation->args, &err))
        fail_msg("%s: %s", err.where, err.text);
    action_init(&conversation->action, handler_named(handler));
    conversation->action.args = conversation->args;
    conversation->action.ref = REF;
    conversation->action.catalogue = conversation->catalogue;
    conversation->action.now_ms = NOW;
    conversation->action.received_ms = RECEIVED;
}

static inline void conversation_close(struct conversation *conversation)
{
    action_clear(&conversation->action);
    request_clear(&conversation->request);
    catalogue_free(conversation->catalogue);
    cJSON_Delete(conversation->args);
}

/* Undoes %XX in place. */
static inline void undo_percent(char *text)
{
    char *to = text;
    unsigned byte;

    for (; *text; text++) {
        if (*text == '%' && sscanf(text + 1, "%2x", &byte) == 1) {
            *to++ = (char)byte;
            text += 2;
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
}

static inline void check_turn(const struct turn *turn, size_t number, const char *got, const char *body)
{
    bool is_failure = strncmp(turn->wants, "FAIL", 4) == 0 && strncmp(got, "FAIL", 4) == 0;
    cJSON *wanted = turn->body ? quoted_json(turn->body) : NULL;
    char *wanted_body = wanted ? json_print(wanted) : mem_string("none");

    if (is_failure ? !strstr(got, turn->wants + 5) : strcmp(got, turn->wants) != 0)
        fail_msg("step %zu: wanted %s\n            got %s", number, turn->wants, got);
    if (strcmp(body ? body : "none", wanted_body) != 0)
        fail_msg("step %zu: wanted %s\n            got %s", number, wanted_body, body);
    mem_free(wanted_body);
    cJSON_Delete(wanted);
}

/* What the handler does with one answer, as turn->wants says it; owned. */
static inline char *take_turn(struct conversation *conversation, const struct turn *turn)
{
    cJSON *document = turn->answer ? quoted_json(turn->answer) : NULL;
    struct response response = {turn->status, document};
    struct error err = {0};
    char *got = NULL;

    request_clear(&conversation->request);
    switch (conversation->action.handler->step(&conversation->action, turn->status ? &response : NULL,
                                               &conversation->request, &err)) {
    case STEP_SEND:
        got = mem_printf("%s %s", conversation->request.method, conversation->request.path);
        undo_percent(got);
        break;
    case STEP_DONE:
        got = mem_printf("DONE %s", conversation->action.effect);
        break;
    case STEP_FAIL:
        got = mem_printf("FAIL %s%s%s", err.where, *err.where ? ": " : "", err.text);
        break;
    }
    cJSON_Delete(document);
    return got;
}

static inline void converse(struct conversation *conversation, const struct turn *turns, size_t count)
{
    conversation->action.stage = 0;
    for (size_t i = 0; i < count; i++) {
        char *got = take_turn(conversation, &turns[i]);

        check_turn(&turns[i], i, got, conversation->request.body);
        mem_free(got);
    }
}

/* A list of count bare items: for pages that are full. Owned text with ' for ". */
static inline char *list_of(size_t count, const char *item)
{
    struct buf text;

    buf_init(&text, SIZE_MAX - 1);
    buf_add_string(&text, "{'data':[");
    for (size_t i = 0; i < count; i++)
        buf_addf(&text, "%s%s", i > 0 ? "," : "", item);
    buf_add_string(&text, "]}");
    return buf_take(&text);
}

#define CONVERSE(conversation, ...)                                                                                    \
    do {                                                                                                               \
        const struct turn turns[] = {__VA_ARGS__};                                                                     \
        converse(conversation, turns, COUNT_OF(turns));                                                                \
    } while (0)

/* A whole test: one action, from its first step to its last. */
#define TALK(handler, args, ...)                                                                                       \
    do {                                                                                                               \
        struct conversation talk;                                                                                      \
        conversation_open(&talk, handler, args);                                                                       \
        CONVERSE(&talk, __VA_ARGS__);                                                                                  \
        conversation_close(&talk);                                                                                     \
    } while (0)

#define NOT_FOUND "{'errors':[{'title':'Not Found','detail':'Record not found'}]}"
#define INVALID   "{'errors':[{'title':'Validation Error','detail':'Not so'}]}"
